//! `/api/read/search` for editions and people.
//!
//! Never a test of titles: those stand in `search`.

use accession_events::Position;
use http::StatusCode;
use serde_json::{Value, json};

use crate::asks::App;
use crate::given::{Catalogue, Subject, id, over_every_store};

over_every_store!(
    an_edition_is_found_by_isbn_publisher_and_name_and_carries_its_title,
    editions_come_and_go_with_their_title_and_by_themselves,
    editions_do_not_stand_among_titles,
    people_are_found_by_words_of_their_names_and_lead_to_their_titles,
    pages_of_editions_and_people_show_each_once,
    questions_for_editions_and_people_are_refused_as_those_for_titles,
);

async fn shelf(subject: &Subject) -> Catalogue {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let books = [
        ("rose", "The Name of the Rose", "Umberto Eco"),
        ("pendulum", "Foucault's Pendulum", "Umberto Eco"),
        ("hobbit", "The Hobbit", "J.R.R. Tolkien"),
        (
            "left-hand",
            "The Left Hand of Darkness",
            "Ursula K. Le Guin",
        ),
    ];
    for (number, (slug, name, author)) in (1u128..).zip(books) {
        let facts = [("name", json!(name)), ("authors", json!([author]))];
        catalogue.add_title_with(number, "book", slug, &facts);
    }
    for (number, title, isbn, name, publisher) in [
        (51, 1, "9780156001311", "The Name of the Rose", "Harcourt"),
        (52, 1, "9788845246340", "Il nome della rosa", "Bompiani"),
        (
            53,
            3,
            "9780618260300",
            "The Hobbit, or There and Back Again",
            "Houghton Mifflin",
        ),
        (54, 4, "9780441478125", "The Left Hand of Darkness", "Ace"),
    ] {
        let facts = [
            ("isbn", json!(isbn)),
            ("name", json!(name)),
            ("publisher", json!(publisher)),
        ];
        catalogue.add_edition_with(number, id(title), &facts);
    }
    catalogue.write().await;
    catalogue
}

async fn found(app: &App, at: Position, query: &str) -> Value {
    let got = app.get_at(&format!("/api/read/search?{query}"), at).await;
    assert_eq!(got.status, StatusCode::OK, "{query}: {got:?}");
    assert_eq!(got.header("accession-position"), at.to_string());
    got.json()
}

fn editions(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    let edition = |item: &Value| {
        assert_eq!(item["what"], "edition");
        assert_eq!(item["edition"]["title_id"], item["title"]["id"], "{item}");
        item["edition"]["id"].as_str().unwrap().to_owned()
    };
    items.map(edition).collect()
}

fn people(page: &Value) -> Vec<(&str, u64)> {
    let items = page["items"].as_array().unwrap().iter();
    let people = items.inspect(|item| assert_eq!(item["what"], "person"));
    people
        .map(|item| &item["person"])
        .map(|person| {
            (
                person["name"].as_str().unwrap(),
                person["titles"].as_u64().unwrap(),
            )
        })
        .collect()
}

async fn an_edition_is_found_by_isbn_publisher_and_name_and_carries_its_title(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let (app, at) = (App::over(&subject.store).await, catalogue.position());
    let (harcourt, bompiani) = (id(51).to_string(), id(52).to_string());
    for query in [
        "q=9780156001311",
        "q=0-15-600131-4",
        "q=isbn:978-0-15-600131-1",
        "q=harcourt",
        "q=harcuort",
        "q=rose%20harc",
        "q=harcourt%20eco",
        "q=%22name%20of%20the%20rose%22%20-bompiani",
    ] {
        let page = found(&app, at, &format!("what=edition&{query}")).await;
        assert_eq!(editions(&page), [harcourt.as_str()], "{query}");
        assert_eq!(page["items"][0]["title"]["slug"], "rose");
    }
    let page = found(&app, at, "what=edition&q=nome%20della%20rosa").await;
    assert_eq!(editions(&page), [bompiani.as_str()]);
    let marked = &page["items"][0]["highlights"];
    assert_eq!(marked["name"], json!([[3, 7], [8, 13], [14, 18]]));
    let page = found(&app, at, "what=edition&q=harcuort").await;
    assert_eq!(page["did_you_mean"], "harcourt");
    assert_eq!(page["items"][0]["highlights"]["publisher"], json!([[0, 8]]));
    let page = found(
        &app,
        at,
        "what=edition&author=umberto%20eco&facets=author,kind",
    )
    .await;
    assert_eq!((editions(&page).len(), &page["total"]), (2, &json!(2)));
    let counted = json!([{ "value": "Umberto Eco", "count": 2 }]);
    assert_eq!(page["facets"]["author"], counted);
}

async fn editions_come_and_go_with_their_title_and_by_themselves(subject: Subject) {
    let mut catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let count = async |at, query: &str| {
        let page = found(&app, at, &format!("what=edition&{query}")).await;
        page["total"].as_u64().unwrap()
    };
    assert_eq!(count(catalogue.position(), "").await, 4);
    let reason = json!({ "reason": "entered twice" });
    catalogue.tell("catalog.title", id(1), "TitleDeactivated", &reason);
    let at = catalogue.write().await;
    assert_eq!((count(at, "").await, count(at, "q=harcourt").await), (2, 0));
    catalogue.tell("catalog.title", id(1), "TitleActivated", &json!({}));
    let at = catalogue.write().await;
    assert_eq!((count(at, "").await, count(at, "q=harcourt").await), (4, 1));
    catalogue.rename(id(1), "Another name");
    catalogue.add_edition(55, id(1), "9780747532743");
    let at = catalogue.write().await;
    assert_eq!((count(at, "").await, count(at, "q=another").await), (5, 3));
    let withdrawn = json!({ "title_id": id(1), "reason": "entered twice" });
    catalogue.tell("catalog.edition", id(51), "EditionWithdrawn", &withdrawn);
    let at = catalogue.write().await;
    assert_eq!((count(at, "").await, count(at, "q=harcourt").await), (4, 0));
}

async fn editions_do_not_stand_among_titles(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let (app, at) = (App::over(&subject.store).await, catalogue.position());
    for query in [
        "",
        "q=rose",
        "q=9780156001311",
        "q=hobbit&what=title",
        "author=umberto%20eco",
    ] {
        let page = found(&app, at, query).await;
        let items = page["items"].as_array().unwrap();
        assert!(!items.is_empty(), "{query}");
        assert!(items.iter().all(|item| item["what"] == "title"), "{query}");
        assert_eq!(page["total"], items.len(), "{query}");
    }
    let page = found(&app, at, "facets=author").await;
    assert_eq!(
        page["facets"]["author"][0],
        json!({ "value": "Umberto Eco", "count": 2 })
    );
    let list = app
        .get_at("/api/read/titles?author=umberto%20eco", at)
        .await
        .json();
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}

async fn people_are_found_by_words_of_their_names_and_lead_to_their_titles(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let (app, at) = (App::over(&subject.store).await, catalogue.position());
    for (typed, name) in [
        ("umberto%20eco", "Umberto Eco"),
        ("eco", "Umberto Eco"),
        ("eco%20umb", "Umberto Eco"),
        ("umbreto", "Umberto Eco"),
        ("tolkien%20j", "J.R.R. Tolkien"),
        ("tolkein", "J.R.R. Tolkien"),
        ("ursula%20guin", "Ursula K. Le Guin"),
        ("guin%20ursula", "Ursula K. Le Guin"),
        ("ursla%20guin", "Ursula K. Le Guin"),
    ] {
        let page = found(&app, at, &format!("what=person&q={typed}")).await;
        let there = people(&page);
        assert_eq!(there.len(), 1, "{typed}: {page}");
        assert_eq!(there[0].0, name, "{typed}");
        let author = format!("%22{}%22", name.replace(' ', "%20"));
        let titles = app
            .get_at(&format!("/api/read/titles?author={author}"), at)
            .await
            .json();
        assert_eq!(
            titles["items"].as_array().unwrap().len() as u64,
            there[0].1,
            "{typed}"
        );
    }
    let page = found(&app, at, "what=person&q=umbreto").await;
    assert_eq!(page["did_you_mean"], "umberto eco");
    let page = found(&app, at, "what=person&q=eco").await;
    assert_eq!(page["items"][0]["highlights"]["name"], json!([[8, 11]]));
    let nobody = found(&app, at, "what=person&q=eco&kind=film").await;
    assert_eq!(nobody["items"], json!([]));
    let everybody = found(&app, at, "what=person").await;
    assert_eq!(people(&everybody)[0], ("Umberto Eco", 2));
    assert_eq!(people(&everybody).len(), 3);
}

async fn pages_of_editions_and_people_show_each_once(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    for number in 0..30u128 {
        let facts = [
            ("name", json!(format!("Tale {number}"))),
            ("authors", json!([format!("Ann Author{}", number % 12)])),
        ];
        catalogue.add_title_with(number + 1, "book", &format!("tale-{number}"), &facts);
        let facts = [
            ("name", json!(format!("Tale {number}"))),
            ("publisher", json!("Ace")),
        ];
        catalogue.add_edition_with(number + 100, id(number + 1), &facts);
    }
    let at = catalogue.write().await;
    let app = App::over(&subject.store).await;
    for (list, count) in [
        ("what=edition&q=ace", 30),
        ("what=edition&sort=-title", 30),
        ("what=person&q=ann", 12),
        ("what=person", 12),
    ] {
        let whole = found(&app, at, &format!("{list}&limit=200")).await;
        let whole = whole["items"].as_array().unwrap().clone();
        assert_eq!(whole.len(), count, "{list}");
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = found(&app, at, &format!("{list}&limit=7{cursor}")).await;
            walked.extend(page["items"].as_array().unwrap().clone());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(walked, whole, "{list}");
    }
}

async fn questions_for_editions_and_people_are_refused_as_those_for_titles(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let (app, at) = (App::over(&subject.store).await, catalogue.position());
    let (long, many) = ("x".repeat(10_000), "a%20".repeat(60));
    let first = found(&app, at, "what=edition&limit=1").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    for (query, told) in [
        (
            "what=loan".to_owned(),
            "expected one of title, edition, person, copy",
        ),
        (
            "what=edition,person".to_owned(),
            "expected one of title, edition, person",
        ),
        (format!("what=title&cursor={cursor}"), "another list"),
        (format!("what=person&cursor={cursor}"), "another list"),
        ("what=person&sort=title".to_owned(), "not a parameter"),
        ("what=person&facets=kind".to_owned(), "not a parameter"),
        ("what=person&genre=crime".to_owned(), "not a parameter"),
        (
            "what=person&q=eco%20year:1980".to_owned(),
            "words of their name",
        ),
        (
            "what=person&q=eco%20-umberto".to_owned(),
            "words of their name",
        ),
    ] {
        let got = app.get(&format!("/api/read/search?{query}")).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(got.detail().contains(told), "{query}: {}", got.detail());
    }
    for what in ["edition", "person"] {
        for (query, told) in [
            (format!("q={long}"), "10000 characters"),
            (format!("q={many}"), "60 words"),
            ("q=*".to_owned(), "would match everything"),
            ("q=isbn:12".to_owned(), "no ISBN"),
            ("limit=1000".to_owned(), "200"),
            ("kind=movie".to_owned(), "expected some of book"),
        ] {
            let got = app
                .get(&format!("/api/read/search?what={what}&{query}"))
                .await;
            assert_eq!(got.status, StatusCode::BAD_REQUEST, "{what} {query}");
            assert!(got.detail().contains(told), "{query}: {}", got.detail());
        }
        for query in [
            "%22the%20name",
            "/.*/",
            "((((",
            "%22",
            "a%20b%20c",
            "%1f",
            "ace*",
        ] {
            found(&app, at, &format!("what={what}&q={query}")).await;
        }
    }
}
