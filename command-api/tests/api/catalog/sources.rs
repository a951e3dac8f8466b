//! `/api/v1/sources`.
//!
//! What an episode decides about its sources is tested beside it; here is what a client sees of it.

use serde_json::{Value, json};

use crate::app::{App, NOBODY};

fn source(episode: &str) -> Value {
    json!({ "episode_id": episode, "kind": "m3u8", "url": "https://video.example/1.m3u8", "name": "mirror", "priority": 5 })
}

#[tokio::test]
async fn a_source_is_added_changed_switched_off_and_removed() {
    for app in App::everywhere().await {
        let title = app.book("A").await;
        let episode = app.episode(&title, 1).await;
        let added = app
            .post("/api/v1/sources")
            .by_curator()
            .json(&source(&episode))
            .send()
            .await;
        let id = added.clone().created();
        assert_eq!(
            added.json(),
            json!({ "id": id, "episode_id": episode, "version": 2, "position": 3 })
        );
        assert_eq!(
            added.header("location"),
            format!("/api/read/titles/{title}/episodes")
        );
        let path = format!("/api/v1/sources/{id}");
        app.patch(&path)
            .by_curator()
            .json(&json!({ "kind": "mp4", "priority": -1 }))
            .send()
            .await
            .ok();
        let off = json!({ "is_active": false });
        let switched = app
            .post(format!("{path}/state"))
            .by_curator()
            .json(&off)
            .if_match("\"3\"")
            .send()
            .await
            .ok();
        assert_eq!(switched.version(), 4);
        app.delete(&path).by_curator().send().await.ok();
        assert_eq!(
            app.delete(&path).by_curator().send().await.problem(),
            (404, "not_found".into())
        );
        assert_eq!(
            app.event_names().await[2..],
            [
                "VideoSourceAdded",
                "VideoSourceFactsAsserted",
                "VideoSourceFactsAsserted",
                "VideoSourceRemoved",
            ]
        );
    }
}

#[tokio::test]
async fn a_second_source_of_the_same_address_and_name_is_refused() {
    for app in App::everywhere().await {
        let episode = app.episode(&app.book("A").await, 1).await;
        let add = || {
            app.post("/api/v1/sources")
                .by_curator()
                .json(&source(&episode))
                .send()
        };
        add().await.created();
        assert_eq!(add().await.problem(), (409, "source_exists".into()));
    }
}

#[tokio::test]
async fn a_source_needs_an_episode_that_is_there() {
    let app = App::embedded().await;
    let add = app
        .post("/api/v1/sources")
        .by_curator()
        .json(&source(NOBODY))
        .send()
        .await;
    assert_eq!(add.problem(), (422, "unknown_episode".into()));
    let off = json!({ "is_active": false });
    let state = app
        .post(format!("/api/v1/sources/{NOBODY}/state"))
        .by_curator()
        .json(&off)
        .send()
        .await;
    assert_eq!(state.problem(), (404, "not_found".into()));
}
