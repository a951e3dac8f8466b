//! Filters and orders of `/api/read/titles` and `/api/read/anime`.
//!
//! Never a test of lists without filters: those stand beside this one.

use accession_events::Position;
use accession_read_api::ReadOptions;
use http::StatusCode;
use serde_json::{Value, json};

use crate::asks::App;
use crate::given::{Catalogue, Subject, over_every_store};

over_every_store!(
    every_filter_narrows_and_all_of_them_hold_together,
    values_of_one_filter_are_alternatives_with_commas_or_sent_again,
    every_order_is_the_order_of_what_is_shown_and_turns_around,
    pages_of_a_filtered_list_show_each_title_once_whatever_their_size,
    a_filtered_list_is_in_the_order_of_the_whole_one,
    a_filtered_list_follows_changes_for_who_asks_for_their_position,
    an_unchanged_filtered_page_is_not_sent_again,
    anime_are_filtered_in_the_known_shape_and_by_offset,
    filters_that_cannot_be_understood_are_told_with_what_is_expected,
    without_an_index_filtered_lists_are_refused_and_others_are_not,
);

type Fits = fn(&Value) -> bool;

const KINDS: [&str; 3] = ["book", "series", "film"];
const STATUSES: [&str; 3] = ["ongoing", "completed", "upcoming"];
const GENRES: [&str; 4] = ["Fantasy", "Crime", "Slice of Life", "Poésie"];
const AUTHORS: [&str; 3] = ["Umberto Eco", "King, Jr., Martin Luther", "諫山創"];
const LANGUAGES: [&str; 3] = ["en", "en-GB", "fr"];

/// Sixty titles whose facts go round in circles of different length, some of them without a year or a rating.
async fn shelf(subject: &Subject) -> Catalogue {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    for number in 0..60usize {
        let year = 1970 + i64::try_from(number % 25).unwrap();
        let mut facts = vec![
            ("name", json!(format!("Name {:02}", (number * 37) % 50))),
            ("status", json!(STATUSES[number % 3])),
            (
                "genres",
                json!([GENRES[number % 4], GENRES[(number + 1) % 4]]),
            ),
            ("authors", json!([AUTHORS[number % 3]])),
            ("language", json!(LANGUAGES[(number / 2) % 3])),
        ];
        if number % 10 != 9 {
            facts.push(("release_year", json!(year)));
        }
        if number % 7 != 6 {
            let average = 100 + (number % 5) * 75;
            let votes = 100_000 + number * 3;
            facts.push((
                "audience_rating",
                json!({ "hundredths": average, "votes": votes }),
            ));
        }
        let kind = KINDS[(number / 3) % 3];
        let slug = format!("t-{number:02}");
        catalogue.add_title_with(number as u128 + 1, kind, &slug, &facts);
    }
    catalogue.write().await;
    catalogue
}

async fn list(app: &App, at: Position, path: &str) -> Value {
    let got = app.get_at(&format!("/api/read/{path}"), at).await;
    assert_eq!(got.status, StatusCode::OK, "{path}: {got:?}");
    assert_eq!(got.header("accession-position"), at.to_string());
    got.json()
}

/// All cards of a list, page by page.
async fn walk(app: &App, at: Position, query: &str, limit: usize) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = list(app, at, &format!("titles?{query}&limit={limit}{cursor}")).await;
        let found = page["items"].as_array().unwrap();
        assert!(found.len() <= limit);
        items.extend(found.iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

fn slugs(cards: &[Value]) -> Vec<&str> {
    let slugs = cards.iter().map(|card| card["slug"].as_str().unwrap());
    slugs.collect()
}

fn has(card: &Value, list: &str, value: &str) -> bool {
    card[list].as_array().unwrap().contains(&json!(value))
}

async fn every_filter_narrows_and_all_of_them_hold_together(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let (app, at) = (App::over(&subject.store).await, catalogue.position());
    let all = walk(&app, at, "", 200).await;
    let year = |card: &Value| card["year"].as_i64();
    let filters: [(&str, Fits); 9] = [
        ("kind=film,series", |card| card["kind"] != "book"),
        ("status=ongoing", |card| card["status"] == "ongoing"),
        ("genre=slice%20OF%20life", |card| {
            has(card, "genres", "Slice of Life")
        }),
        ("genre=poesie", |card| has(card, "genres", "Poésie")),
        ("author=umberto%20eco", |card| {
            has(card, "authors", "Umberto Eco")
        }),
        ("author=%22King,%20Jr.,%20Martin%20Luther%22", |card| {
            has(card, "authors", "King, Jr., Martin Luther")
        }),
        ("language=en", |card| card["language"] != "fr"),
        ("language=en-gb", |card| card["language"] == "en-GB"),
        (
            "kind=film&genre=crime&author=%E8%AB%AB%E5%B1%B1%E5%89%B5&status=upcoming",
            |card| {
                card["kind"] == "film"
                    && has(card, "genres", "Crime")
                    && has(card, "authors", "諫山創")
                    && card["status"] == "upcoming"
            },
        ),
    ];
    for (query, fits) in filters {
        let found = walk(&app, at, query, 50).await;
        let expected: Vec<Value> = all.iter().filter(|card| fits(card)).cloned().collect();
        assert!(
            !expected.is_empty() && expected.len() < all.len(),
            "{query}"
        );
        assert_eq!(slugs(&found), slugs(&expected), "{query}");
        assert_eq!(found, expected, "{query}");
    }
    for (query, first, last) in [
        ("year=1980", 1980, 1980),
        ("year=1980..1990", 1980, 1990),
        ("year=..1975", 0, 1975),
        ("year=1990..", 1990, 9999),
    ] {
        let found = walk(&app, at, query, 50).await;
        let within = |card: &Value| year(card).is_some_and(|year| (first..=last).contains(&year));
        assert_eq!(
            found.len(),
            all.iter().filter(|card| within(card)).count(),
            "{query}"
        );
        assert!(!found.is_empty() && found.iter().all(within), "{query}");
    }
}

async fn values_of_one_filter_are_alternatives_with_commas_or_sent_again(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let (app, at) = (App::over(&subject.store).await, catalogue.position());
    for (one, other) in [
        ("kind=film,book", "kind=film&kind=book"),
        ("year=1971,1980..1982", "year=1980..1982&year=1971"),
        ("genre=crime,fantasy", "genre=crime&genre=Fantasy"),
        (
            "status=ongoing,upcoming&kind=film",
            "status=upcoming&kind=film&status=ongoing",
        ),
    ] {
        let found = walk(&app, at, one, 200).await;
        assert!(found.len() > 5, "{one}");
        assert_eq!(found, walk(&app, at, other, 200).await, "{one}");
    }
}

/// What a list is sorted by; nothing for what comes last either way.
fn sorted_by(card: &Value, order: &str) -> Option<(f64, String)> {
    let number = |value: &Value| value.as_f64().map(|number| (number, String::new()));
    match order {
        "title" => Some((0.0, card["name"].as_str().unwrap().to_owned())),
        "year" => number(&card["year"]),
        "rating" => number(&card["rating"]["average"]),
        _ => Some((
            card["rating"]["votes"].as_f64().unwrap_or(0.0),
            String::new(),
        )),
    }
}

async fn every_order_is_the_order_of_what_is_shown_and_turns_around(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let (app, at) = (App::over(&subject.store).await, catalogue.position());
    for filter in ["", "&status=ongoing,completed"] {
        for order in ["title", "year", "rating", "popularity"] {
            for turned in [false, true] {
                let minus = if turned { "-" } else { "" };
                let cards = walk(&app, at, &format!("sort={minus}{order}{filter}"), 200).await;
                assert_eq!(cards.len(), if filter.is_empty() { 60 } else { 40 });
                let keys: Vec<_> = cards.iter().map(|card| sorted_by(card, order)).collect();
                let known = keys.iter().take_while(|key| key.is_some()).count();
                assert!(
                    keys[known..].iter().all(Option::is_none),
                    "{minus}{order}: {keys:?}"
                );
                let in_order =
                    keys[..known].is_sorted_by(
                        |one, other| {
                            if turned { one >= other } else { one <= other }
                        },
                    );
                assert!(in_order, "{minus}{order}: {keys:?}");
            }
        }
    }
    let newest = walk(&app, at, "sort=newest", 200).await;
    let mut oldest = walk(&app, at, "sort=oldest", 200).await;
    oldest.reverse();
    assert_eq!(slugs(&newest), slugs(&oldest));
    let popular = walk(&app, at, "sort=popular", 200).await;
    assert_eq!(popular, walk(&app, at, "sort=-popularity", 200).await);
}

async fn pages_of_a_filtered_list_show_each_title_once_whatever_their_size(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let (app, at) = (App::over(&subject.store).await, catalogue.position());
    for order in [
        "newest",
        "oldest",
        "title",
        "-title",
        "year",
        "-year",
        "rating",
        "-rating",
        "popularity",
        "-popularity",
    ] {
        let query = format!("sort={order}&genre=fantasy,crime");
        let whole = walk(&app, at, &query, 200).await;
        assert_eq!(whole.len(), 45, "{order}");
        for limit in [1, 7, 44, 45] {
            assert_eq!(
                walk(&app, at, &query, limit).await,
                whole,
                "{order} by {limit}"
            );
        }
    }
    let page = list(&app, at, "titles?genre=crime&limit=3").await;
    let cursor = page["next_cursor"].as_str().unwrap();
    for other in [
        "genre=fantasy",
        "genre=crime&kind=book",
        "genre=crime&sort=year",
        "",
    ] {
        let got = app
            .get(&format!("/api/read/titles?{other}&cursor={cursor}"))
            .await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{other}");
        assert!(
            got.detail().contains("another list"),
            "{other}: {}",
            got.detail()
        );
    }
}

async fn a_filtered_list_is_in_the_order_of_the_whole_one(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let (app, at) = (App::over(&subject.store).await, catalogue.position());
    for order in ["newest", "oldest"] {
        let mut whole = walk(&app, at, &format!("sort={order}"), 200).await;
        whole.retain(|card| card["status"] == "upcoming");
        let found = walk(&app, at, &format!("sort={order}&status=upcoming"), 200).await;
        assert_eq!(slugs(&found), slugs(&whole), "{order}");
    }
}

async fn a_filtered_list_follows_changes_for_who_asks_for_their_position(subject: Subject) {
    let mut catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let genre = "titles?genre=unheard&sort=title";
    for number in 1..=5u128 {
        let title = crate::given::id(number);
        let facts = crate::given::curated(&[("genres", json!(["Unheard"]))]);
        catalogue.tell("catalog.title", title, "TitleFactsAsserted", &facts);
        let at = catalogue.write().await;
        let page = list(&app, at, genre).await;
        assert_eq!(page["items"].as_array().unwrap().len() as u128, number);
    }
    let reason = json!({ "reason": "entered twice" });
    let title = crate::given::id(2);
    catalogue.tell("catalog.title", title, "TitleDeactivated", &reason);
    let at = catalogue.write().await;
    assert_eq!(
        list(&app, at, genre).await["items"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    let curator = app
        .get_as_curator(&format!("/api/read/{genre}"))
        .await
        .json();
    assert_eq!(curator["items"].as_array().unwrap().len(), 4);
    let ahead = Position::new(at.get() + 1);
    let got = app.get_at(&format!("/api/read/{genre}"), ahead).await;
    assert_eq!(
        (got.status, got.code()),
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "projection_behind".to_owned()
        )
    );
}

async fn an_unchanged_filtered_page_is_not_sent_again(subject: Subject) {
    let mut catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let path = "/api/read/titles?genre=crime&sort=-year";
    let etag = app
        .get_at(path, catalogue.position())
        .await
        .header("etag")
        .to_owned();
    catalogue.add_title(900, "book", "another", "Another");
    let position = catalogue.write().await.to_string();
    let headers = [
        ("if-none-match", etag.as_str()),
        ("accession-min-position", position.as_str()),
    ];
    let same = app.get_with(path, &headers).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    catalogue.rename(crate::given::id(2), "A new name");
    let position = catalogue.write().await.to_string();
    let headers = [
        ("if-none-match", etag.as_str()),
        ("accession-min-position", position.as_str()),
    ];
    assert_eq!(app.get_with(path, &headers).await.status, StatusCode::OK);
}

async fn anime_are_filtered_in_the_known_shape_and_by_offset(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let (app, at) = (App::over(&subject.store).await, catalogue.position());
    let all = list(&app, at, "anime?limit=100").await;
    let all = all.as_array().unwrap();
    let filters: [(&str, Fits); 4] = [
        ("year=1985", |card| card["year"] == 1985),
        ("status=completed", |card| card["status"] == "completed"),
        ("genre=Slice%20of%20Life", |card| {
            has(card, "genres", "Slice of Life")
        }),
        ("genre=crime&status=ongoing&year=1970..1990", |card| {
            has(card, "genres", "Crime")
                && card["status"] == "ongoing"
                && card["year"].as_i64().is_some_and(|year| year <= 1990)
        }),
    ];
    for (query, fits) in filters {
        let found = list(&app, at, &format!("anime?{query}&limit=100")).await;
        let expected: Vec<&Value> = all.iter().filter(|card| fits(card)).collect();
        assert!(!expected.is_empty(), "{query}");
        assert_eq!(found, json!(expected), "{query}");
        let mut walked = Vec::new();
        for skip in (0..expected.len()).step_by(3) {
            let page = list(&app, at, &format!("anime?{query}&skip={skip}&limit=3")).await;
            walked.extend(page.as_array().unwrap().clone());
        }
        assert_eq!(json!(walked), json!(expected), "{query}");
        let beyond = list(&app, at, &format!("anime?{query}&skip=20000")).await;
        assert_eq!(beyond, json!([]));
    }
    let films = list(&app, at, "anime?kind=film&sort=-title&limit=100").await;
    let names = films
        .as_array()
        .unwrap()
        .iter()
        .map(|card| card["title"].as_str().unwrap());
    let names: Vec<&str> = names.collect();
    assert_eq!(names.len(), 18);
    assert!(names.is_sorted_by(|one, other| one >= other), "{names:?}");
}

async fn filters_that_cannot_be_understood_are_told_with_what_is_expected(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let (app, at) = (App::over(&subject.store).await, catalogue.position());
    let (long, many) = ("x".repeat(10_000), "a,".repeat(60).replace(',', "x,"));
    let numbers: Vec<String> = (0..60).map(|number| number.to_string()).collect();
    for list in ["titles", "anime"] {
        for (query, told) in [
            ("kind=movie".to_owned(), "expected some of"),
            ("kind=film,movie".to_owned(), "series, film"),
            ("status=done".to_owned(), "ongoing, completed, upcoming"),
            ("year=soon".to_owned(), "1980..1990"),
            ("year=1990..1980".to_owned(), "1980..1990"),
            ("year=..".to_owned(), "1980..1990"),
            ("year=99999".to_owned(), "1980..1990"),
            ("year=1980,199x".to_owned(), "`199x`"),
            ("sort=best".to_owned(), "-rating"),
            ("sort=relevance".to_owned(), "expected one of newest"),
            ("sort=title&sort=year".to_owned(), "more than once"),
            ("gnre=crime".to_owned(), "did you mean `genre`"),
            (format!("author={long}"), "10000 characters"),
            (format!("genre={}", numbers.join(",")), "60 values"),
            ("limit=0&genre=crime".to_owned(), "from 1"),
        ] {
            let got = app.get(&format!("/api/read/{list}?{query}")).await;
            assert_eq!(
                (got.status, got.code()),
                (StatusCode::BAD_REQUEST, "malformed_request".to_owned()),
                "{list}?{query}"
            );
            assert!(
                got.detail().contains(told),
                "{list}?{query}: {}",
                got.detail()
            );
        }
        for query in [
            "genre=*",
            "genre=%22left%20open",
            "author=/.*/",
            "author=((((",
            "genre=%00",
            "language=..",
            "genre=genre:crime",
        ] {
            let got = app.get_at(&format!("/api/read/{list}?{query}"), at).await;
            assert_eq!(got.status, StatusCode::OK, "{list}?{query}");
        }
        let same = format!("/api/read/{list}?genre={many}");
        assert_eq!(
            app.get_at(&same, at).await.status,
            StatusCode::OK,
            "one value sixty times"
        );
    }
    let book = app.get("/api/read/anime?kind=book").await;
    assert!(
        book.detail().contains("expected some of series, film"),
        "{}",
        book.detail()
    );
}

async fn without_an_index_filtered_lists_are_refused_and_others_are_not(subject: Subject) {
    shelf(&subject).await;
    let options = ReadOptions {
        search: false,
        ..ReadOptions::default()
    };
    let app = App::with(&subject.store, &options).await;
    for list in ["titles", "anime"] {
        for plain in ["", "sort=title", "sort=oldest", "kind=film&sort=-title"] {
            let got = app.get(&format!("/api/read/{list}?{plain}")).await;
            assert_eq!(got.status, StatusCode::OK, "{list}?{plain}");
        }
        for filtered in [
            "genre=crime",
            "year=1980",
            "sort=year",
            "kind=film,series&genre=x",
        ] {
            let got = app.get(&format!("/api/read/{list}?{filtered}")).await;
            assert_eq!(
                got.status,
                StatusCode::SERVICE_UNAVAILABLE,
                "{list}?{filtered}"
            );
            assert!(got.detail().contains("`search`"), "{}", got.detail());
        }
    }
}
