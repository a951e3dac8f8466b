//! `POST /api/v1/editions/{id}/merge` and `…/merges/{merged}/undo`.
//!
//! The tree mirrors the URLs.

use serde_json::{Value, json};

use crate::app::{Answered, App};

const GAMES: &str = "9780439023481";
const FIRE: &str = "9780439023498";

async fn merge(app: &App, loser: &str, winner: &str) -> Answered {
    let path = format!("/api/v1/editions/{loser}/merge");
    let body = json!({ "into": winner, "reason": "the same printing" });
    app.post(path).by_curator().json(&body).send().await
}

async fn undo(app: &App, merged: &str, under: &str) -> Answered {
    let path = format!("/api/v1/editions/{under}/merges/{merged}/undo");
    app.post(path).by_curator().json(&json!({})).send().await
}

async fn imported(app: &App, source: &str, isbn: &str, pages: u32) -> Vec<Value> {
    let title = json!({ "source": source, "source_id": "t", "kind": "book", "name": "Emma" });
    app.import("titles", json!([title])).await;
    let edition = json!({ "source": source, "source_id": "e", "title_source_id": "t", "isbn": isbn,
        "page_count": pages });
    app.import("editions", json!([edition])).await
}

/// Two editions of one title, each by a source of its own.
async fn twins(app: &App) -> (String, String, String) {
    let id = |results: &[Value]| results[0]["id"].as_str().unwrap().to_owned();
    let one = id(&imported(app, "goodbooks", GAMES, 374).await);
    let title = app.last("EditionAdded").await["title_id"].clone();
    let other = id(&imported(app, "shop", FIRE, 384).await);
    let loser = app.last("EditionAdded").await["title_id"].clone();
    let refused = merge(app, &other, &one).await;
    assert_eq!(refused.problem(), (422, "other_title".into()));
    let title = title.as_str().unwrap().to_owned();
    let path = format!("/api/v1/titles/{}/merge", loser.as_str().unwrap());
    let sent = app.post(path).by_curator().json(&json!({ "into": title }));
    sent.send().await.ok();
    (one, other, title)
}

#[tokio::test]
async fn the_isbn_and_the_record_of_a_merged_edition_lead_to_the_winner_until_it_is_undone() {
    for app in App::everywhere().await {
        let (one, other, _) = twins(&app).await;
        let merged = merge(&app, &other, &one).await.ok();
        assert_eq!(merged.json()["id"], json!(one));
        let news = imported(&app, "shop", FIRE, 400).await;
        assert_eq!(
            (&news[0]["status"], &news[0]["id"]),
            (&json!("accepted"), &json!(one))
        );
        let again = merge(&app, &other, &one).await.ok();
        assert_eq!(again.json()["id"], json!(one));
        let back = undo(&app, &other, &one).await.ok().json();
        assert_eq!(back["id"], json!(other));
        let separated = app.last("EditionSeparated").await;
        assert_eq!(separated["fields"][0]["said"][0][1]["value"], json!(400));
        let gone = undo(&app, &other, &one).await;
        assert_eq!(gone.problem(), (409, "not_merged".into()));
        let after = imported(&app, "shop", FIRE, 410).await;
        assert_eq!(after[0]["id"], json!(other), "{after:?}");
    }
}

#[tokio::test]
async fn an_isbn_that_others_say_of_the_winner_stays_there_and_is_named() {
    for app in App::everywhere().await {
        let (one, other, _) = twins(&app).await;
        merge(&app, &other, &one).await.ok();
        let third =
            json!([{ "source": "third", "source_id": "t", "kind": "book", "name": "Emma" }]);
        app.import("titles", third).await;
        let by_isbn =
            json!([{ "source": "third", "source_id": "e", "title_source_id": "t", "isbn": FIRE }]);
        let by_isbn = app.import("editions", by_isbn).await;
        assert_eq!(by_isbn[0]["id"], json!(one), "{by_isbn:?}");
        let back = undo(&app, &other, &one).await.ok().json();
        assert_eq!(back["kept"][0]["what"], format!("isbn {FIRE}"), "{back}");
    }
}

#[tokio::test]
async fn a_merged_edition_refuses_changes_and_goes_along_with_its_title() {
    let app = App::embedded().await;
    let (one, other, title) = twins(&app).await;
    merge(&app, &other, &one).await.ok();
    let path = format!("/api/v1/editions/{other}");
    let sent = app.patch(path).by_curator();
    let refused = sent.json(&json!({ "publisher": "Nobody" })).send().await;
    assert_eq!(refused.problem(), (409, "edition_merged".into()));
    let winner = app.book("Emma, collected").await;
    let path = format!("/api/v1/titles/{title}/merge");
    let sent = app.post(path).by_curator().json(&json!({ "into": winner }));
    let merged = sent.send().await.ok().json();
    assert_eq!(merged["editions"].as_array().unwrap().len(), 2, "{merged}");
    undo(&app, &other, &one).await.ok();
    assert_eq!(
        app.last("EditionSeparated").await["title_id"],
        json!(winner)
    );
}

#[tokio::test]
async fn a_chain_of_merged_editions_is_undone_in_any_order() {
    let app = App::embedded().await;
    for inner_first in [true, false] {
        let title = app.book("Emma").await;
        let mut ids = Vec::new();
        for number in 0..3 {
            let body = json!({ "title_id": title, "name": format!("Edition {number}") });
            let sent = app.post("/api/v1/editions").by_curator().json(&body);
            ids.push(sent.send().await.created());
        }
        let [a, b, c] = [&ids[0], &ids[1], &ids[2]];
        merge(&app, a, b).await.ok();
        merge(&app, b, c).await.ok();
        let (first, under, second, last) = if inner_first {
            (a, c, b, c)
        } else {
            (b, c, a, b)
        };
        undo(&app, first, under).await.ok();
        undo(&app, second, last).await.ok();
        let over = undo(&app, a, b).await;
        assert_eq!(over.problem(), (409, "not_merged".into()));
    }
}
