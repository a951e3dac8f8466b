//! `/api/v1/episodes`.
//!
//! What an episode decides is tested beside it; here is what a client sees of it.

use serde_json::json;

use crate::app::{App, NOBODY};

#[tokio::test]
async fn an_episode_is_added_edited_detached_and_attached_elsewhere() {
    for app in App::everywhere().await {
        let (title, other) = (app.book("A").await, app.book("B").await);
        let id = app.episode(&title, 1).await;
        let path = format!("/api/v1/episodes/{id}");
        let edit = json!({ "number": 2, "name": "Pilot", "is_available": true });
        assert_eq!(
            app.patch(&path)
                .by_curator()
                .json(&edit)
                .send()
                .await
                .ok()
                .version(),
            3
        );
        app.put(format!("{path}/locks/is_available"))
            .by_curator()
            .send()
            .await
            .ok();
        app.delete(format!("{path}/locks/available"))
            .by_curator()
            .send()
            .await
            .ok();
        let attach = |title: &str| {
            app.post(format!("{path}/attach"))
                .by_curator()
                .json(&json!({ "title_id": title }))
                .send()
        };
        assert_eq!(
            attach(&other).await.problem(),
            (409, "episode_attached".into())
        );
        app.post(format!("{path}/detach"))
            .by_curator()
            .send()
            .await
            .ok();
        assert_eq!(
            attach(NOBODY).await.problem(),
            (422, "unknown_title".into())
        );
        let renumber = app
            .patch(&path)
            .by_curator()
            .json(&json!({ "number": 9 }))
            .send()
            .await;
        assert_eq!(renumber.problem(), (422, "episode_detached".into()));
        assert_eq!(attach(&other).await.ok().json()["title_id"], other.as_str());
        assert_eq!(
            app.event_names().await[2..],
            [
                "EpisodeAdded",
                "EpisodeRenumbered",
                "EpisodeFactsAsserted",
                "EpisodeFieldLocked",
                "EpisodeFieldUnlocked",
                "EpisodeDetached",
                "EpisodeAttached",
            ]
        );
    }
}

#[tokio::test]
async fn a_number_belongs_to_one_episode_of_a_title() {
    for app in App::everywhere().await {
        let title = app.book("A").await;
        let first = app.episode(&title, 1).await;
        let body = json!({ "title_id": title, "number": 1 });
        let taken = app
            .post("/api/v1/episodes")
            .by_curator()
            .json(&body)
            .send()
            .await;
        assert_eq!(taken.problem(), (409, "episode_number_taken".into()));
        app.post(format!("/api/v1/episodes/{first}/detach"))
            .by_curator()
            .send()
            .await
            .ok();
        app.episode(&title, 1).await;
        let back = json!({ "title_id": title });
        let attach = app
            .post(format!("/api/v1/episodes/{first}/attach"))
            .by_curator()
            .json(&back)
            .send()
            .await;
        assert_eq!(attach.problem(), (409, "episode_number_taken".into()));
    }
}
