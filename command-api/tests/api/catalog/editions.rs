//! `/api/v1/editions`.
//!
//! What an edition decides is tested beside it; here is what a client sees of it.

use serde_json::json;

use crate::app::{App, NOBODY};

const GAMES: &str = "978-0-439-02348-1";

#[tokio::test]
async fn an_edition_is_added_edited_withdrawn_and_reinstated() {
    for app in App::everywhere().await {
        let title = app.book("The Hunger Games").await;
        let body = json!({ "title_id": title, "isbn": GAMES, "publisher": "Scholastic", "page_count": 374 });
        let added = app
            .post("/api/v1/editions")
            .by_curator()
            .json(&body)
            .send()
            .await;
        let id = added.clone().created();
        assert_eq!(added.header("location"), format!("/api/read/editions/{id}"));
        assert_eq!(added.json()["title_id"], title.as_str());
        let path = format!("/api/v1/editions/{id}");
        app.patch(&path)
            .by_curator()
            .json(&json!({ "isbn": null, "format": "hardcover" }))
            .send()
            .await
            .ok();
        app.put(format!("{path}/locks/publisher"))
            .by_curator()
            .send()
            .await
            .ok();
        app.delete(format!("{path}/locks/publisher"))
            .by_curator()
            .send()
            .await
            .ok();
        app.delete(&path)
            .by_curator()
            .json(&json!({ "reason": "never printed" }))
            .send()
            .await
            .ok();
        app.post(format!("{path}/reinstate"))
            .by_curator()
            .send()
            .await
            .ok();
        assert_eq!(
            app.event_names().await[1..],
            [
                "EditionAdded",
                "EditionFactsAsserted",
                "EditionFactsWithdrawn",
                "EditionIsbnReleased",
                "EditionFieldLocked",
                "EditionFieldUnlocked",
                "EditionWithdrawn",
                "EditionReinstated",
            ]
        );
    }
}

#[tokio::test]
async fn an_isbn_belongs_to_one_edition_until_nobody_says_it_any_longer() {
    for app in App::everywhere().await {
        let title = app.book("The Hunger Games").await;
        let add = |isbn: &str| {
            app.post("/api/v1/editions")
                .by_curator()
                .json(&json!({ "title_id": title, "isbn": isbn }))
                .send()
        };
        let first = add(GAMES).await.created();
        let taken = add("0439023483").await;
        assert_eq!(taken.problem(), (409, "isbn_taken".into()));
        assert!(
            taken.json()["detail"].as_str().unwrap().contains(&first),
            "{taken:?}"
        );
        let path = format!("/api/v1/editions/{first}");
        app.patch(path)
            .by_curator()
            .json(&json!({ "isbn": null }))
            .send()
            .await
            .ok();
        add("0439023483").await.created();
    }
}

#[tokio::test]
async fn an_edition_needs_a_title_that_is_there() {
    let app = App::embedded().await;
    let add = |body| app.post("/api/v1/editions").by_curator().json(&body).send();
    let unknown = add(json!({ "title_id": NOBODY })).await;
    assert_eq!(unknown.problem(), (422, "unknown_title".into()));
    assert_eq!(
        add(json!({ "title_id": "x" })).await.faults(),
        [("title_id".into(), "bad_id".into())]
    );
    assert_eq!(
        add(json!({})).await.faults(),
        [("title_id".into(), "missing".into())]
    );
    assert!(app.events().await.is_empty());
}

#[tokio::test]
async fn bad_isbns_and_page_counts_are_refused() {
    let app = App::embedded().await;
    let title = app.book("The Hunger Games").await;
    for isbn in [
        "978-0-439-02348-2",
        "123",
        "",
        "ISBN",
        "04390234830000000000",
    ] {
        let body = json!({ "title_id": title, "isbn": isbn });
        let answer = app
            .post("/api/v1/editions")
            .by_curator()
            .json(&body)
            .send()
            .await;
        assert_eq!(
            answer.faults(),
            [("isbn".into(), "bad_isbn".into())],
            "{isbn}"
        );
    }
    let body = json!({ "title_id": title, "page_count": 0 });
    let answer = app
        .post("/api/v1/editions")
        .by_curator()
        .json(&body)
        .send()
        .await;
    assert_eq!(
        answer.faults(),
        [("page_count".into(), "out_of_range".into())]
    );
}
