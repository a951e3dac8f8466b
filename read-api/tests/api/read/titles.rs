//! `/api/read/titles`.
//!
//! Never a card twice or not at all, however small the pages are.

use http::StatusCode;
use serde_json::{Value, json};

use crate::asks::App;
use crate::given::{Catalogue, Subject, over_every_store};

over_every_store!(
    pages_of_any_size_make_up_the_whole_list_in_order,
    a_list_of_one_kind_holds_only_that_kind,
    a_cursor_belongs_to_its_list,
    bad_parameters_are_told_with_what_is_expected,
    an_unchanged_page_is_not_sent_again,
    a_deactivated_title_leaves_the_list_and_comes_back,
);

async fn walk(app: &App, list: &str, limit: usize) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = app
            .get(&format!("/api/read/titles?{list}&limit={limit}{cursor}"))
            .await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        let page = page.json();
        let found = page["items"].as_array().unwrap().clone();
        assert!(found.len() <= limit && !found.is_empty());
        items.extend(found);
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

async fn pages_of_any_size_make_up_the_whole_list_in_order(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    for number in 0..500 {
        // Every name is there twice, in another order than the additions.
        let name = format!("Name {:03}", (number * 7919) % 250);
        catalogue.add_title(number + 1, "book", &format!("slug-{number}"), &name);
    }
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let newest = walk(&app, "sort=newest", 200).await;
    assert_eq!(newest.len(), 500);
    let slugs: Vec<_> = newest
        .iter()
        .map(|card| card["slug"].as_str().unwrap().to_owned())
        .collect();
    let expected: Vec<_> = (0..500)
        .rev()
        .map(|number| format!("slug-{number}"))
        .collect();
    assert_eq!(slugs, expected);
    let by_title = walk(&app, "sort=title&kind=book", 200).await;
    assert_eq!(by_title.len(), 500);
    assert!(by_title.is_sorted_by_key(|card| card["name"].as_str().unwrap().to_owned()));
    for limit in [1, 7, 50, 125] {
        assert_eq!(walk(&app, "sort=newest", limit).await, newest, "{limit}");
        assert_eq!(
            walk(&app, "sort=title&kind=book", limit).await,
            by_title,
            "{limit}"
        );
    }
    let usual = app.get("/api/read/titles").await;
    assert_eq!(usual.json()["items"], json!(newest[..50]));
}

async fn a_list_of_one_kind_holds_only_that_kind(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    for (number, kind) in ["book", "series", "film", "book"].into_iter().enumerate() {
        catalogue.add_title(number as u128 + 1, kind, &format!("t-{number}"), kind);
    }
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    for (kind, slugs) in [
        ("book", vec!["t-3", "t-0"]),
        ("series", vec!["t-1"]),
        ("film", vec!["t-2"]),
    ] {
        let items = walk(&app, &format!("kind={kind}"), 10).await;
        let found: Vec<_> = items
            .iter()
            .map(|card| card["slug"].as_str().unwrap())
            .collect();
        assert_eq!(found, slugs, "{kind}");
    }
}

async fn a_cursor_belongs_to_its_list(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    for number in 0..3 {
        catalogue.add_title(number + 1, "book", &format!("t-{number}"), "Name");
    }
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let page = app.get("/api/read/titles?limit=1").await.json();
    let cursor = page["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!(
        app.get(&format!("/api/read/titles?cursor={cursor}"))
            .await
            .json()["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    for other in ["kind=book", "sort=title"] {
        let got = app
            .get(&format!("/api/read/titles?{other}&cursor={cursor}"))
            .await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{other}");
        assert!(got.detail().contains("another list"), "{got:?}");
    }
    let got = app.get("/api/read/titles?cursor=made-up").await;
    assert_eq!(
        (got.status, got.json()["errors"][0]["field"].clone()),
        (StatusCode::BAD_REQUEST, json!("cursor"))
    );
}

async fn bad_parameters_are_told_with_what_is_expected(subject: Subject) {
    Catalogue::in_store(&subject.store).await;
    let app = App::over(&subject.store).await;
    for (query, expected) in [
        ("limit=0", "from 1 to 200"),
        ("limit=201", "from 1 to 200"),
        ("limit=many", "from 1 to 200"),
        ("kind=movie", "some of book, series, film"),
        ("sort=best", "one of newest, oldest, title"),
        ("knd=book", "did you mean `kind`"),
        ("sort=title&sort=newest", "more than once"),
        ("min_position=soon", "Accession-Position"),
    ] {
        let got = app.get(&format!("/api/read/titles?{query}")).await;
        assert_eq!(
            (got.status, got.code()),
            (StatusCode::BAD_REQUEST, "malformed_request".into()),
            "{query}"
        );
        assert!(got.detail().contains(expected), "{query}: {}", got.detail());
    }
}

async fn an_unchanged_page_is_not_sent_again(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "a", "A");
    catalogue.add_title(2, "film", "b", "B");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let books = "/api/read/titles?kind=book";
    let etag = app.get(books).await.header("etag").to_owned();
    catalogue.rename(crate::given::id(2), "Another film");
    let position = catalogue.write().await.to_string();
    let at = ("accession-min-position", position.as_str());
    let same = app.get_with(books, &[("if-none-match", &etag), at]).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    catalogue.rename(title, "Another book");
    let position = catalogue.write().await.to_string();
    let at = ("accession-min-position", position.as_str());
    let other = app.get_with(books, &[("if-none-match", &etag), at]).await;
    assert_eq!(other.json()["items"][0]["name"], "Another book");
}

async fn a_deactivated_title_leaves_the_list_and_comes_back(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "a", "A");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let count = async |position| {
        let page = app.get_at("/api/read/titles", position).await;
        page.json()["items"].as_array().unwrap().len()
    };
    assert_eq!(count(catalogue.position()).await, 1);
    catalogue.tell(
        "catalog.title",
        title,
        "TitleDeactivated",
        &json!({ "reason": "entered twice" }),
    );
    assert_eq!(count(catalogue.write().await).await, 0);
    catalogue.tell("catalog.title", title, "TitleActivated", &json!({}));
    assert_eq!(count(catalogue.write().await).await, 1);
}
