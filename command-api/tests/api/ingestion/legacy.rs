//! The three bodies of system 004.
//!
//! Never compares with that system: its rules are written down here.

use serde_json::{Value, json};

use crate::app::{Answered, App};

async fn send(app: &App, what: &str, body: &Value) -> Answered {
    app.post(format!("/api/v1/internal/import/{what}"))
        .by_importer()
        .json(body)
        .send()
        .await
}

fn anime() -> Value {
    json!({ "source_name": "rpc", "source_id": "17", "title": "Кин-дза-дза!", "alternative_titles": ["Kin-dza-dza!"],
        "description": "A film", "year": 1986, "status": "completed", "poster": "https://p.example/17.jpg", "genres": ["comedy"] })
}

fn video(kind: &str) -> Value {
    json!({ "source_name": "rpc", "source_episode_id": "17:1",
        "player": { "type": kind, "url": "https://v.example/1.m3u8", "source_name": "mirror", "priority": 3 } })
}

#[tokio::test]
async fn a_series_its_episodes_and_its_videos_are_imported() {
    for app in App::everywhere().await {
        let imported = send(&app, "anime", &anime()).await.ok();
        let keys: Vec<_> = imported
            .json()
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        assert_eq!(keys, ["message", "success"]);
        assert_eq!(imported.json()["success"], true);

        let episodes = json!({ "source_name": "rpc", "anime_source_id": "17", "episodes": [
            { "source_episode_id": "17:0", "number": 0 },
            { "source_episode_id": "17:1", "number": 1, "title": "Pilot", "is_available": true },
            { "source_episode_id": "17:2", "number": 2, "title": "x".repeat(501) },
        ]});
        let told = send(&app, "episodes", &episodes).await.ok().json();
        assert_eq!(
            (&told["success"], &told["total"], &told["imported"]),
            (&json!(false), &json!(3), &json!(2))
        );
        assert!(
            told["errors"][0]
                .as_str()
                .unwrap()
                .starts_with("17:2: title:"),
            "{told}"
        );

        assert_eq!(
            send(&app, "video", &video("hls")).await.ok().json()["success"],
            true
        );
        let names = app.event_names().await;
        assert_eq!(
            names,
            [
                "TitleAdded",
                "EpisodeAdded",
                "EpisodeAdded",
                "VideoSourceAdded"
            ]
        );
        let added = &app.events().await[3];
        assert!(
            added.payload.contains("m3u8") && !added.payload.contains("hls"),
            "{}",
            added.payload
        );

        for (what, body) in [
            ("anime", anime()),
            ("video", video("m3u8")),
            ("episodes", episodes),
        ] {
            send(&app, what, &body).await.ok();
        }
        assert_eq!(app.events().await.len(), 4, "the same again makes no event");
    }
}

#[tokio::test]
async fn what_is_left_out_stands_as_it_was_said() {
    let app = App::embedded().await;
    send(&app, "anime", &anime()).await.ok();
    let short =
        json!({ "source_name": "rpc", "source_id": "17", "title": "Kin-dza-dza!", "year": null });
    send(&app, "anime", &short).await.ok();
    assert_eq!(
        app.event_names().await,
        ["TitleAdded", "TitleFactsAsserted"]
    );
}

#[tokio::test]
async fn importing_never_shows_what_a_curator_has_hidden() {
    for app in App::everywhere().await {
        let message = send(&app, "anime", &anime()).await.ok().json()["message"]
            .as_str()
            .unwrap()
            .to_owned();
        let id = message.split(' ').nth(1).unwrap();
        app.post(format!("/api/v1/titles/{id}/deactivate"))
            .by_curator()
            .send()
            .await
            .ok();
        let mut again = anime();
        again["title"] = "Kin-dza-dza".into();
        send(&app, "anime", &again).await.ok();
        assert_eq!(
            app.event_names().await,
            ["TitleAdded", "TitleDeactivated", "TitleFactsAsserted"]
        );
    }
}

#[tokio::test]
async fn unknown_parents_are_not_found_and_bad_fields_have_their_own_names() {
    let app = App::embedded().await;
    assert_eq!(
        send(&app, "video", &video("mp4")).await.problem(),
        (404, "unknown_episode".into())
    );
    let episodes = json!({ "source_name": "rpc", "anime_source_id": "17",
        "episodes": [{ "source_episode_id": "17:1", "number": 1 }] });
    assert_eq!(
        send(&app, "episodes", &episodes).await.problem(),
        (404, "unknown_title".into())
    );
    let none = json!({ "source_name": "rpc", "anime_source_id": "17", "episodes": [] });
    assert_eq!(
        send(&app, "episodes", &none).await.faults(),
        [("episodes".into(), "bad_length".into())]
    );
    let mut bad = anime();
    bad["year"] = 1899.into();
    assert_eq!(
        send(&app, "anime", &bad).await.faults(),
        [("year".into(), "bad_year".into())]
    );
    bad["year"] = Value::Null;
    bad["title"] = "".into();
    bad["source_name"] = "R P C".into();
    let names: Vec<_> = send(&app, "anime", &bad)
        .await
        .faults()
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(names, ["source_name", "title"]);
    let flash = send(&app, "video", &video("flash")).await;
    assert_eq!(
        flash.faults(),
        [("player.type".into(), "unknown_value".into())]
    );
}
