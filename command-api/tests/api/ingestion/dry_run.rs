//! `POST /api/v1/internal/import/dry-run`.
//!
//! Never an event: what is told is compared with what the same batches do afterwards.

use serde_json::{Value, json};

use crate::app::App;

async fn asks(app: &App, body: &Value) -> Value {
    let before = app.events().await.len();
    let path = "/api/v1/internal/import/dry-run";
    let told = app.post(path).by_importer().json(body).send().await.ok();
    assert_eq!(app.events().await.len(), before, "a dry run wrote an event");
    told.json()
}

fn title(name: &str, genres: &[&str]) -> Value {
    json!({ "source": "goodbooks", "source_id": "1", "kind": "book", "name": name, "genres": genres })
}

fn edition(id: &str, isbn: &str) -> Value {
    json!({ "source": "goodbooks", "source_id": id, "title_source_id": "1", "isbn": isbn })
}

const EMMA: &str = "9780141439587";

#[tokio::test]
async fn what_hangs_on_a_title_that_would_be_new_is_told_with_it() {
    for app in App::everywhere().await {
        let body = json!({
            "titles": [title("Emma", &["novel"])],
            "editions": [edition("e1", EMMA), edition("e2", EMMA)],
            "episodes": [
                { "source": "goodbooks", "title_source_id": "1", "source_episode_id": "1:1", "number": 1 },
                { "source": "goodbooks", "title_source_id": "9", "source_episode_id": "9:1", "number": 1 },
            ],
            "sources": [{ "source": "goodbooks", "source_episode_id": "1:1", "title_source_id": "1",
                "kind": "iframe", "url": "https://play.example/1", "name": "Voices", "priority": 1 }],
        });
        let told = asks(&app, &body).await;
        let each = |kind: &str| -> Vec<(Value, Value)> {
            let results = told[kind].as_array().unwrap().iter();
            results
                .map(|result| (result["new"].clone(), result["code"].clone()))
                .collect()
        };
        let new = (json!(true), Value::Null);
        assert_eq!(each("titles"), std::slice::from_ref(&new));
        assert_eq!(
            each("editions"),
            [new.clone(), (Value::Null, json!("isbn_taken"))]
        );
        assert_eq!(
            each("episodes"),
            [new.clone(), (Value::Null, json!("unknown_title"))]
        );
        assert_eq!(each("sources"), [new]);
    }
}

#[tokio::test]
async fn a_change_is_told_field_by_field_and_so_is_what_is_said_in_vain() {
    for app in App::everywhere().await {
        let real = app
            .import("titles", json!([title("Emma", &["novel"])]))
            .await;
        let id = real[0]["id"].as_str().unwrap();
        let described = json!({ "description": "A matchmaker learns." });
        app.patch(format!("/api/v1/titles/{id}"))
            .by_curator()
            .json(&described)
            .send()
            .await
            .ok();
        let mut changed = title("EMMA", &["novel", "comedy"]);
        changed["description"] = json!("A book.");
        let told = asks(&app, &json!({ "titles": [changed] })).await;
        let told = &told["titles"][0];
        assert_eq!(
            (&told["status"], &told["id"]),
            (&json!("accepted"), &json!(id))
        );
        assert_eq!(
            told["changes"],
            json!([
                { "field": "genres", "from": ["novel"], "to": ["novel", "comedy"] },
                { "field": "name", "from": "Emma", "to": "EMMA" },
            ])
        );
        assert_eq!(
            told["conflicts"],
            json!([{ "field": "description", "says": "A book.", "stands": "A matchmaker learns." }])
        );
        let same = asks(&app, &json!({ "titles": [title("Emma", &["novel"])] })).await;
        assert_eq!(same["titles"][0]["status"], "unchanged");
    }
}

#[tokio::test]
async fn a_dry_run_has_a_bound_and_its_bad_items_reject_themselves() {
    let app = App::embedded().await;
    let nameless = json!({ "source": "goodbooks", "source_id": "2", "kind": "book" });
    let body = json!({ "titles": [nameless, 5, title("Emma", &[])] });
    let told = asks(&app, &body).await;
    let codes: Vec<&Value> = told["titles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["code"])
        .collect();
    assert_eq!(
        codes,
        [&json!("missing"), &json!("wrong_type"), &Value::Null]
    );
    assert_eq!(asks(&app, &json!({})).await["titles"], json!([]));
    let many: Vec<Value> = (0..1001).map(|_| title("Emma", &[])).collect();
    let path = "/api/v1/internal/import/dry-run";
    let many = json!({ "titles": many });
    let refused = app.post(path).by_importer().json(&many).send().await;
    assert_eq!(refused.faults(), [("titles".into(), "too_many".into())]);
}
