//! `/api/read/genres` and `/api/read/authors`.
//!
//! Never a count that the filtered list does not have.

use std::fmt::Write as _;

use accession_events::Position;
use http::StatusCode;
use serde_json::{Value, json};

use crate::asks::App;
use crate::given::{Catalogue, Subject, over_every_store};

over_every_store!(
    counts_are_those_of_the_filtered_lists,
    names_are_found_by_the_beginning_of_a_word_and_paged_in_both_orders,
    counts_follow_changes_and_leave_out_what_is_hidden,
    questions_that_cannot_be_understood_are_told_with_what_is_expected,
);

const GENRES: [&str; 4] = ["Fantasy", "Science Fiction", "Science, Popular", "Poésie"];

async fn shelf(subject: &Subject) -> Catalogue {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    for number in 0..40usize {
        let facts = [
            ("name", json!(format!("Name {number}"))),
            (
                "genres",
                json!([GENRES[number % 4], GENRES[(number * number) % 3]]),
            ),
            (
                "authors",
                json!([
                    format!("Ann{} Author{}", number % 5, number % 7),
                    "Umberto Eco"
                ]),
            ),
        ];
        let kind = ["book", "series", "film"][number % 3];
        catalogue.add_title_with(number as u128 + 1, kind, &format!("t-{number}"), &facts);
    }
    catalogue.write().await;
    catalogue
}

async fn page(app: &App, at: Position, path: &str) -> Value {
    let got = app.get_at(&format!("/api/read/{path}"), at).await;
    assert_eq!(got.status, StatusCode::OK, "{path}: {got:?}");
    assert_eq!(got.header("accession-position"), at.to_string());
    got.json()
}

fn names(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["name"].as_str().unwrap()).collect()
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        write!(encoded, "%{byte:02X}").unwrap();
        encoded
    })
}

async fn counts_are_those_of_the_filtered_lists(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let (app, at) = (App::over(&subject.store).await, catalogue.position());
    for (list, filter) in [("genres", "genre"), ("authors", "author")] {
        for kinds in ["book,series,film", "film", "series,book"] {
            let counted = page(&app, at, &format!("{list}?kind={kinds}&limit=200")).await;
            let items = counted["items"].as_array().unwrap();
            assert!(items.len() >= 4, "{list} {kinds}");
            for item in items {
                let name = encoded(&format!("\"{}\"", item["name"].as_str().unwrap()));
                let titles = format!("titles?kind={kinds}&{filter}={name}&limit=200");
                let titles = page(&app, at, &titles).await;
                let there = titles["items"].as_array().unwrap().len();
                assert_eq!(item["titles"], json!(there), "{item} of {kinds}");
            }
        }
    }
}

async fn names_are_found_by_the_beginning_of_a_word_and_paged_in_both_orders(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let (app, at) = (App::over(&subject.store).await, catalogue.position());
    let found = page(&app, at, "genres?q=sci").await;
    assert_eq!(names(&found), ["Science Fiction", "Science, Popular"]);
    assert_eq!(
        names(&page(&app, at, "genres?q=fict").await),
        ["Science Fiction"]
    );
    assert_eq!(names(&page(&app, at, "genres?q=poesie").await), ["Poésie"]);
    assert_eq!(
        names(&page(&app, at, "authors?q=eco%20u").await),
        ["Umberto Eco"]
    );
    assert_eq!(
        names(&page(&app, at, "authors?limit=1").await),
        ["Umberto Eco"]
    );
    for query in [
        "sort=name",
        "sort=count",
        "q=author&sort=name",
        "q=a",
        "kind=film,book",
    ] {
        let whole = page(&app, at, &format!("authors?{query}&limit=200")).await;
        assert!(names(&whole).len() > 20, "{query}");
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let part = page(&app, at, &format!("authors?{query}&limit=4{cursor}")).await;
            walked.extend(names(&part).into_iter().map(str::to_owned));
            match part["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(walked, names(&whole), "{query}");
    }
    let by_name = page(&app, at, "authors?sort=name&limit=200").await;
    assert!(names(&by_name).is_sorted());
}

async fn counts_follow_changes_and_leave_out_what_is_hidden(subject: Subject) {
    let mut catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let count = async |at| page(&app, at, "authors?q=eco").await["items"].clone();
    let told = |titles: u64| json!([{ "name": "Umberto Eco", "titles": titles }]);
    assert_eq!(count(catalogue.position()).await, told(40));
    let (first, second) = (crate::given::id(1), crate::given::id(2));
    catalogue.tell(
        "catalog.title",
        first,
        "TitleDeactivated",
        &json!({ "reason": "twice" }),
    );
    let facts = crate::given::curated(&[("authors", json!(["Somebody Else"]))]);
    catalogue.tell("catalog.title", second, "TitleFactsAsserted", &facts);
    assert_eq!(count(catalogue.write().await).await, told(38));
    catalogue.tell("catalog.title", first, "TitleActivated", &json!({}));
    assert_eq!(count(catalogue.write().await).await, told(39));
    let path = "/api/read/authors?q=somebody";
    let etag = app.get(path).await.header("etag").to_owned();
    let same = app.get_with(path, &[("if-none-match", &etag)]).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
}

async fn questions_that_cannot_be_understood_are_told_with_what_is_expected(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let (app, at) = (App::over(&subject.store).await, catalogue.position());
    let first = page(&app, at, "genres?limit=1").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    for list in ["genres", "authors"] {
        for (query, told) in [
            (format!("q={}", "x".repeat(10_000)), "10000 characters"),
            ("kind=movie".to_owned(), "book, series, film"),
            ("sort=best".to_owned(), "count or name"),
            ("limit=201".to_owned(), "from 1 to 200"),
            ("cursor=x".to_owned(), "not one that this server"),
            (format!("sort=name&cursor={cursor}"), "another list"),
            ("genre=x".to_owned(), "not a parameter"),
        ] {
            let got = app.get(&format!("/api/read/{list}?{query}")).await;
            assert_eq!(got.status, StatusCode::BAD_REQUEST, "{list}?{query}");
            assert!(got.detail().contains(told), "{query}: {}", got.detail());
        }
        for query in ["q=*", "q=%22", "q=/.*/", "q=((", "q=%1f", "q=%00", "q=.."] {
            let found = page(&app, at, &format!("{list}?{query}")).await;
            assert!(names(&found).is_empty(), "{list}?{query}: {found}");
        }
    }
}
