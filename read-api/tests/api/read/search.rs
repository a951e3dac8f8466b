//! `/api/read/search` and `/api/read/suggest`.
//!
//! Never a test of how well typos are forgiven: that is measured over thousands of queries in `bench/`.

mod directory;
mod doubts;
mod trouble;

use accession_events::Position;
use http::StatusCode;
use serde_json::{Value, json};

use crate::asks::App;
use crate::given::{Catalogue, Subject, over_every_store};

over_every_store!(
    a_title_is_found_with_a_typo_and_its_parts_are_marked,
    fields_and_filters_narrow_and_facets_count_what_is_left,
    an_isbn_in_any_spelling_finds_the_title_of_its_edition,
    a_change_is_found_by_who_asks_for_its_position,
    a_hidden_title_is_found_no_more_and_comes_back,
    pages_of_any_size_and_order_show_each_title_once,
    a_wish_that_cannot_be_understood_is_told_with_what_is_expected,
    another_generation_answers_after_its_promotion,
    a_box_is_offered_titles_and_authors,
    without_read_models_nothing_is_found_and_that_is_said,
);

async fn shelf(subject: &Subject) -> Catalogue {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let books = [
        (
            "the-hunger-games",
            "The Hunger Games",
            "Suzanne Collins",
            "Dystopia",
            2008,
        ),
        (
            "catching-fire",
            "Catching Fire",
            "Suzanne Collins",
            "Dystopia",
            2009,
        ),
        (
            "the-name-of-the-rose",
            "The Name of the Rose",
            "Umberto Eco",
            "Mystery",
            1980,
        ),
        (
            "les-miserables",
            "Les Misérables",
            "Victor Hugo",
            "Classic",
            1862,
        ),
    ];
    for (number, (slug, name, author, genre, year)) in (1u128..).zip(books) {
        let facts = [
            ("name", json!(name)),
            ("authors", json!([author])),
            ("genres", json!([genre])),
            ("release_year", json!(year)),
        ];
        catalogue.add_title_with(number, "book", slug, &facts);
    }
    catalogue.add_title(5, "series", "attack-on-titan", "進撃の巨人");
    catalogue.write().await;
    catalogue
}

/// What is found by everything up to a position.
async fn found(app: &App, at: Position, query: &str) -> Value {
    let got = app.get_at(&format!("/api/read/search?{query}"), at).await;
    assert_eq!(got.status, StatusCode::OK, "{query}: {got:?}");
    assert_eq!(got.header("accession-position"), at.to_string());
    got.json()
}

fn slugs(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|item| item["title"]["slug"].as_str().unwrap())
        .collect()
}

async fn a_title_is_found_with_a_typo_and_its_parts_are_marked(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let page = found(&app, catalogue.position(), "q=the%20hungre%20games").await;
    assert_eq!(slugs(&page), ["the-hunger-games"]);
    assert_eq!(page["did_you_mean"], "the hunger games");
    assert_eq!(
        page["items"][0]["highlights"]["name"],
        json!([[0, 3], [11, 16]])
    );
    let page = found(&app, catalogue.position(), "q=miserables").await;
    assert_eq!(page["items"][0]["highlights"]["name"], json!([[4, 14]]));
    let page = found(&app, catalogue.position(), "q=%E5%B7%A8%E4%BA%BA").await;
    assert_eq!(slugs(&page), ["attack-on-titan"]);
}

async fn fields_and_filters_narrow_and_facets_count_what_is_left(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let at = catalogue.position();
    let page = found(&app, at, "q=author:collins%20year:2009..2010").await;
    assert_eq!(slugs(&page), ["catching-fire"]);
    let page = found(&app, at, "kind=series").await;
    assert_eq!(slugs(&page), ["attack-on-titan"]);
    let page = found(
        &app,
        at,
        "genre=dystopia&facets=author,genre,year,kind&sort=-year",
    )
    .await;
    assert_eq!(slugs(&page), ["catching-fire", "the-hunger-games"]);
    assert_eq!(
        (&page["total"], &page["total_is_exact"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(
        page["facets"]["author"],
        json!([{ "value": "Suzanne Collins", "count": 2 }])
    );
    assert_eq!(page["facets"]["year"].as_array().unwrap().len(), 2);
}

async fn an_isbn_in_any_spelling_finds_the_title_of_its_edition(subject: Subject) {
    let mut catalogue = shelf(&subject).await;
    catalogue.add_edition(50, crate::given::id(1), "9780439023481");
    let at = catalogue.write().await;
    let app = App::over(&subject.store).await;
    for spelling in [
        "9780439023481",
        "0-439-02348-3",
        "978-0-439-02348-1",
        "isbn:0439023483",
    ] {
        let page = found(&app, at, &format!("q={spelling}")).await;
        assert_eq!(slugs(&page), ["the-hunger-games"], "{spelling}");
    }
}

async fn a_change_is_found_by_who_asks_for_its_position(subject: Subject) {
    let mut catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    for number in 0..20 {
        let name = format!("Fresh number{number}");
        catalogue.rename(crate::given::id(2), &name);
        let at = catalogue.write().await;
        let page = found(&app, at, &format!("q=number{number}")).await;
        assert_eq!(page["items"][0]["title"]["name"], name);
    }
    let ahead = Position::new(catalogue.position().get() + 1);
    let got = app.get_at("/api/read/search?q=fresh", ahead).await;
    assert_eq!(got.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(got.code(), "projection_behind");
}

async fn a_hidden_title_is_found_no_more_and_comes_back(subject: Subject) {
    let mut catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let title = crate::given::id(3);
    assert_eq!(
        found(&app, catalogue.position(), "q=rose").await["total"],
        1
    );
    let reason = json!({ "reason": "entered twice" });
    catalogue.tell("catalog.title", title, "TitleDeactivated", &reason);
    let at = catalogue.write().await;
    assert_eq!(found(&app, at, "q=rose").await["total"], 0);
    let offered = app.get_at("/api/read/suggest?q=eco", at).await;
    assert_eq!(offered.json()["authors"], json!([]));
    catalogue.tell("catalog.title", title, "TitleActivated", &json!({}));
    let at = catalogue.write().await;
    assert_eq!(found(&app, at, "q=rose").await["total"], 1);
}

async fn pages_of_any_size_and_order_show_each_title_once(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    for number in 0..60 {
        let name = format!("Tale {:02}", (number * 37) % 30);
        catalogue.add_title(number + 1, "book", &format!("tale-{number}"), &name);
    }
    let at = catalogue.write().await;
    let app = App::over(&subject.store).await;
    for list in [
        "q=tale",
        "sort=title",
        "sort=newest",
        "sort=year",
        "q=tale&sort=popular",
    ] {
        let whole = found(&app, at, &format!("{list}&limit=200")).await;
        assert_eq!(slugs(&whole).len(), 60, "{list}");
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = found(&app, at, &format!("{list}&limit=7{cursor}")).await;
            walked.extend(slugs(&page).into_iter().map(str::to_owned));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(walked, slugs(&whole), "{list}");
    }
}

async fn a_wish_that_cannot_be_understood_is_told_with_what_is_expected(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let first = found(&app, catalogue.position(), "q=the&limit=1").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let (long, many) = ("x".repeat(10_000), "a%20".repeat(60));
    for (query, told) in [
        (format!("q={long}"), "10000 characters"),
        (format!("q={many}"), "60 words"),
        ("q=*".to_owned(), "would match everything"),
        ("q=year:soon".to_owned(), "no year"),
        ("year=soon".to_owned(), "1980..1990"),
        ("year=1980%20kind:film".to_owned(), "1980..1990"),
        ("kind=book,boook".to_owned(), "expected some of book"),
        ("status=done".to_owned(), "ongoing"),
        ("q=isbn:12".to_owned(), "no ISBN"),
        ("sort=loudest".to_owned(), "relevance"),
        ("facets=colour".to_owned(), "genre"),
        ("limit=1000".to_owned(), "200"),
        (format!("q=other&cursor={cursor}"), "another list"),
        (
            format!("q=the&author={}&cursor={cursor}", "x".repeat(400)),
            "another list",
        ),
    ] {
        let got = app.get(&format!("/api/read/search?{query}")).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(got.detail().contains(told), "{query}: {}", got.detail());
    }
    for query in ["%22the%20name", "/.*/", "((((", "%22", "-"] {
        let got = app.get(&format!("/api/read/search?q={query}")).await;
        assert_eq!(got.status, StatusCode::OK, "{query}");
    }
}

async fn another_generation_answers_after_its_promotion(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    assert_eq!(
        found(&app, catalogue.position(), "q=rose").await["total"],
        1
    );
    let mut rebuilt = catalogue.rebuilt(2).await;
    rebuilt.promote().await;
    rebuilt.rename(crate::given::id(3), "Il nome della rosa");
    let at = rebuilt.write().await;
    accession_testkit::eventually(crate::asks::LONG, || async {
        let got = app.get_at("/api/read/search?q=rosa", at).await;
        if got.status == StatusCode::OK && got.json()["total"] == 1 {
            Ok(())
        } else {
            Err(format!("{got:?}"))
        }
    })
    .await;
}

async fn a_box_is_offered_titles_and_authors(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let got = app
        .get_at("/api/read/suggest?q=coll", catalogue.position())
        .await;
    assert_eq!(got.status, StatusCode::OK, "{got:?}");
    let offered = got.json();
    assert_eq!(
        offered["authors"],
        json!([{ "name": "Suzanne Collins", "titles": 2 }])
    );
    assert_eq!(offered["titles"].as_array().unwrap().len(), 2);
    let got = app.get("/api/read/suggest?q=coll&limit=21").await;
    assert_eq!(got.status, StatusCode::BAD_REQUEST);
}

async fn without_read_models_nothing_is_found_and_that_is_said(subject: Subject) {
    let app = App::over(&subject.store).await;
    let got = app.get("/api/read/search?q=rose").await;
    assert_eq!(
        (got.status, got.code()),
        (StatusCode::NOT_FOUND, "read_model_not_built".to_owned())
    );
}
