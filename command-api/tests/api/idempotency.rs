//! `Idempotency-Key` on every kind of write.
//!
//! Never asks how it is done, only that a repeat does nothing and is answered as the first was.

use serde_json::{Value, json};

use crate::app::{Answered, App};

fn same(first: &Answered, again: &Answered) {
    assert_eq!(first.status, again.status, "{again:?}");
    assert_eq!(first.text, again.text);
    for name in ["etag", "accession-position", "location", "content-type"] {
        assert_eq!(first.header(name), again.header(name), "{name}");
    }
    assert_eq!(
        (
            first.header("idempotency-replayed"),
            again.header("idempotency-replayed")
        ),
        ("", "true")
    );
}

#[tokio::test]
async fn a_repeat_is_answered_as_the_first_was_and_does_nothing() {
    for app in App::everywhere().await {
        let emma = json!({ "kind": "book", "name": "Emma" });
        let add = |body: &Value| {
            app.post("/api/v1/titles")
                .by_curator()
                .key("k1")
                .json(body)
                .send()
        };
        let first = add(&emma).await;
        let id = first.clone().created();
        same(&first, &add(&emma).await);
        let altered = add(&json!({ "kind": "book", "name": "Persuasion" })).await;
        assert_eq!(altered.problem(), (422, "idempotency_key_reused".into()));

        let path = format!("/api/v1/titles/{id}");
        let edit = || {
            app.patch(&path)
                .by_curator()
                .key("k2")
                .if_match("\"1\"")
                .json(&json!({ "year": 1815 }))
                .send()
        };
        let first = edit().await.ok();
        app.patch(&path)
            .by_curator()
            .json(&json!({ "year": 1816 }))
            .send()
            .await
            .ok();
        same(&first, &edit().await);
        assert_eq!(app.events().await.len(), 3);
    }
}

#[tokio::test]
async fn a_repeat_of_what_changed_nothing_is_answered_the_same_too() {
    for app in App::everywhere().await {
        let path = format!("/api/v1/titles/{}/activate", app.book("Emma").await);
        let activate = || app.post(&path).by_curator().key("k").send();
        let first = activate().await.ok();
        app.book("Persuasion").await;
        same(&first, &activate().await);
    }
}

#[tokio::test]
async fn keys_of_two_callers_never_meet() {
    let app = App::embedded().await;
    let add = |name: &str| {
        app.post("/api/v1/titles")
            .key("k")
            .json(&json!({ "kind": "book", "name": name }))
    };
    add("Emma").by_curator().send().await.created();
    add("Persuasion").by_admin().send().await.created();
    assert_eq!(app.events().await.len(), 2);
}

#[tokio::test]
async fn a_hundred_posts_at_once_under_one_key_make_one_title() {
    for app in App::everywhere().await {
        let body = json!({ "kind": "book", "name": "Emma" });
        let posts = (0..100).map(|_| {
            app.post("/api/v1/titles")
                .by_curator()
                .key("k")
                .json(&body)
                .send()
        });
        let answers = futures_util::future::join_all(posts).await;
        let ids: std::collections::BTreeSet<_> = answers
            .iter()
            .map(|answer| answer.clone().created())
            .collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(app.events().await.len(), 1);
        let fresh = answers
            .iter()
            .filter(|answer| answer.header("idempotency-replayed").is_empty())
            .count();
        assert_eq!(fresh, 1);
    }
}

#[tokio::test]
async fn a_refused_request_uses_its_key_up_only_when_it_is_accepted() {
    let app = App::embedded().await;
    let id = app.book("Emma").await;
    let slug = |slug: &str| {
        app.put(format!("/api/v1/titles/{id}/slug"))
            .by_curator()
            .key("k")
            .json(&json!({ "slug": slug }))
            .send()
    };
    assert_eq!(slug("Bad Slug").await.status.as_u16(), 422);
    slug("good-slug").await.ok();
}

#[tokio::test]
async fn import_batches_runs_and_sources_are_answered_again_under_their_key() {
    for app in App::everywhere().await {
        let item = json!({ "items": [{ "source": "s", "source_id": "1", "kind": "series", "name": "A" }] });
        let batch = || {
            app.post("/api/v1/internal/import/titles:batch")
                .by_importer()
                .key("k1")
                .json(&item)
                .send()
        };
        let first = batch().await.ok();
        assert_eq!(first.json()["results"][0]["status"], "accepted");
        same(&first, &batch().await);

        let new_run = json!({ "source": "s", "input": "f" });
        let run = || {
            app.post("/api/v1/internal/import/runs")
                .by_importer()
                .key("k2")
                .json(&new_run)
                .send()
        };
        let first = run().await;
        assert_eq!(first.status.as_u16(), 201);
        same(&first, &run().await);

        let anime = json!({ "source_name": "s", "source_id": "2", "title": "B" });
        let legacy = || {
            app.post("/api/v1/internal/import/anime")
                .by_importer()
                .key("k3")
                .json(&anime)
                .send()
        };
        let first = legacy().await.ok();
        assert!(
            first.json()["message"]
                .as_str()
                .unwrap()
                .ends_with("imported")
        );
        same(&first, &legacy().await);

        let title = first.json()["message"]
            .as_str()
            .unwrap()
            .split(' ')
            .nth(1)
            .unwrap()
            .to_owned();
        let episode = app.episode(&title, 1).await;
        let source = json!({ "episode_id": episode, "kind": "mp4", "url": "https://v.example/1.mp4", "name": "m" });
        let add = || {
            app.post("/api/v1/sources")
                .by_curator()
                .key("k4")
                .json(&source)
                .send()
        };
        let first = add().await;
        assert_eq!(first.status.as_u16(), 201);
        same(&first, &add().await);
    }
}
