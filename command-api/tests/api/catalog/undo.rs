//! `POST …/{id}/undo`.
//!
//! The tree mirrors the URLs.

use serde_json::{Value, json};

use crate::app::App;

fn undo(reason: &str) -> Value {
    json!({ "reason": reason })
}

async fn rename(app: &App, id: &str, name: &str) -> u64 {
    let path = format!("/api/v1/titles/{id}");
    let sent = app.patch(path).by_curator().json(&json!({ "name": name }));
    sent.send().await.ok().position()
}

#[tokio::test]
async fn an_undo_says_what_it_undid_and_the_log_keeps_both() {
    for app in App::everywhere().await {
        let id = app.book("Emma").await;
        let renamed = rename(&app, &id, "Emma (novel)").await;
        let path = format!("/api/v1/titles/{id}/undo");
        let done = app
            .post(&path)
            .by_curator()
            .json(&undo("a slip"))
            .send()
            .await
            .ok();
        assert_eq!(done.json()["undone"], json!([renamed]));
        assert_eq!((done.version(), done.position()), (3, renamed + 1));
        let last = app.events().await.pop().unwrap();
        let metadata = last.parsed_metadata();
        assert_eq!(
            metadata.undone_positions(),
            [accession_events::Position::new(renamed)]
        );
        assert_eq!(metadata.reason.as_deref(), Some("a slip"));
        assert!(last.payload.contains("Emma") && !last.payload.contains("novel"));
        // An undo is a change like any other.
        let again = app
            .post(&path)
            .by_curator()
            .json(&undo("it was right"))
            .send()
            .await
            .ok();
        assert_eq!(again.json()["undone"], json!([renamed + 1]));
        assert!(app.events().await.pop().unwrap().payload.contains("novel"));
    }
}

#[tokio::test]
async fn a_change_is_named_by_position_or_event_and_refused_while_a_later_one_depends_on_it() {
    let app = App::embedded().await;
    let id = app.book("Emma").await;
    let first = rename(&app, &id, "Emma 1").await;
    let second = rename(&app, &id, "Emma 2").await;
    let path = format!("/api/v1/titles/{id}/undo");
    let named = |position| json!({ "position": position, "reason": "a slip" });
    let refused = app
        .post(&path)
        .by_curator()
        .json(&named(first))
        .send()
        .await;
    assert_eq!(refused.problem(), (409, "undo_conflict".into()));
    let problem = refused.json();
    assert_eq!(problem["errors"][0]["field"], format!("position {second}"));
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains("TitleFactsAsserted") && detail.contains("curator:"),
        "{detail}"
    );
    let event_id = app.events().await.pop().unwrap().event_id;
    let by_event = json!({ "event_id": event_id, "reason": "a slip" });
    app.post(&path)
        .by_curator()
        .json(&by_event)
        .send()
        .await
        .ok();
    app.post(&path)
        .by_curator()
        .json(&named(first))
        .send()
        .await
        .ok();
    let once = app
        .post(&path)
        .by_curator()
        .json(&named(first))
        .send()
        .await;
    assert_eq!(once.problem(), (409, "already_undone".into()));
    let other = app.post(&path).by_curator().json(&named(99)).send().await;
    assert_eq!(other.problem(), (422, "no_such_change".into()));
}

#[tokio::test]
async fn the_usual_conditions_hold_for_an_undo() {
    let app = App::embedded().await;
    let id = app.book("Emma").await;
    rename(&app, &id, "Emma 1").await;
    let path = format!("/api/v1/titles/{id}/undo");
    let send = |version: &'static str, key: &'static str, reason: &'static str| {
        let call = app.post(&path).by_curator().if_match(version).key(key);
        call.json(&undo(reason)).send()
    };
    assert_eq!(
        send("\"1\"", "k1", "a slip").await.problem(),
        (412, "stale_version".into())
    );
    let done = send("\"2\"", "k2", "a slip").await.ok();
    let events = app.events().await.len();
    // The repeat of an undo undoes nothing more.
    let repeated = send("\"2\"", "k2", "a slip").await.ok();
    assert_eq!(
        (repeated.text, events),
        (done.text, app.events().await.len())
    );
    assert_eq!(
        send("\"2\"", "k2", "another").await.problem(),
        (422, "idempotency_key_reused".into())
    );
    for body in [
        json!({}),
        json!({ "reason": "" }),
        json!({ "reason": "x", "event_id": "x" }),
        json!({ "reason": "x", "position": 1, "event_id": "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c" }),
        json!({ "reason": "x", "positions": 1 }),
    ] {
        let refused = app.post(&path).by_curator().json(&body).send().await;
        assert!(
            [400, 422].contains(&refused.problem().0),
            "{body}: {refused:?}"
        );
    }
    let nobody = "/api/v1/titles/0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c/undo";
    let missing = app.post(nobody).by_curator().json(&undo("x")).send().await;
    assert_eq!(missing.problem(), (404, "not_found".into()));
}

#[tokio::test]
async fn the_creation_of_a_title_is_undone_only_when_nothing_stands_under_it() {
    for app in App::everywhere().await {
        let id = app.book("Emma").await;
        let edition = app.post("/api/v1/editions").by_curator();
        let edition = edition.json(&json!({ "title_id": id, "isbn": "9780439023481" }));
        let edition = edition.send().await.created();
        let episode = app.episode(&id, 1).await;
        let path = format!("/api/v1/titles/{id}/undo");
        let refused = app
            .post(&path)
            .by_curator()
            .json(&undo("twice"))
            .send()
            .await;
        assert_eq!(refused.problem(), (409, "undo_conflict".into()));
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(&format!("edition {edition}")), "{detail}");
        assert!(detail.contains(&format!("episode {episode}")), "{detail}");
        for part in [format!("editions/{edition}"), format!("episodes/{episode}")] {
            let path = format!("/api/v1/{part}/undo");
            app.post(path)
                .by_curator()
                .json(&undo("twice"))
                .send()
                .await
                .ok();
        }
        app.post(&path)
            .by_curator()
            .json(&undo("twice"))
            .send()
            .await
            .ok();
        let names = app.event_names().await;
        let last: Vec<&str> = names.iter().rev().take(3).map(String::as_str).collect();
        assert_eq!(
            last,
            ["TitleDeactivated", "EpisodeDetached", "EditionWithdrawn"]
        );
    }
}

#[tokio::test]
async fn an_isbn_that_went_to_another_edition_is_not_taken_back() {
    for app in App::everywhere().await {
        let id = app.book("Emma").await;
        let add = async |isbn: &str| {
            let body = json!({ "title_id": id, "isbn": isbn });
            app.post("/api/v1/editions")
                .by_curator()
                .json(&body)
                .send()
                .await
                .created()
        };
        let edition = add("9780439023481").await;
        let path = format!("/api/v1/editions/{edition}");
        let corrected = json!({ "isbn": "9780439023498" });
        app.patch(&path)
            .by_curator()
            .json(&corrected)
            .send()
            .await
            .ok();
        let other = add("9780439023481").await;
        let refused = app
            .post(format!("{path}/undo"))
            .by_curator()
            .json(&undo("it was right"))
            .send()
            .await;
        assert_eq!(refused.problem(), (409, "isbn_taken".into()));
        assert!(refused.json()["detail"].as_str().unwrap().contains(&other));
    }
}

#[tokio::test]
async fn what_an_import_said_can_be_undone_and_the_same_content_does_not_bring_it_back() {
    let app = App::embedded().await;
    let item = json!([{ "source": "goodbooks", "source_id": "1", "kind": "book", "name": "Emma", "year": 1815 }]);
    let added = app.import("titles", item).await;
    let id = added[0]["id"].as_str().unwrap().to_owned();
    let item = json!([{ "source": "goodbooks", "source_id": "1", "kind": "book", "name": "Emma", "year": 1999 }]);
    app.import("titles", item.clone()).await;
    let path = format!("/api/v1/titles/{id}/undo");
    app.post(&path)
        .by_curator()
        .json(&undo("wrong year"))
        .send()
        .await
        .ok();
    let last = app.events().await.pop().unwrap();
    assert!(
        last.payload.contains("1815") && !last.payload.contains("1999"),
        "{}",
        last.payload
    );
    let again = app.import("titles", item).await;
    assert_eq!(again[0]["status"], "unchanged", "{again:?}");
}
