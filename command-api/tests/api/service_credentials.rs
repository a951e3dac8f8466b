//! `/api/v1/admin/service-credentials`: issued, used, replaced and revoked over HTTP.
//!
//! Never reads a secret from anywhere but the one answer that tells it.

use http::StatusCode;
use serde_json::json;

use crate::app::{App, NOBODY};

const PATH: &str = "/api/v1/admin/service-credentials";

struct Made {
    id: String,
    text: String,
}

async fn issue(app: &App, scopes: &[&str]) -> Made {
    let body = json!({ "name": "nightly", "scopes": scopes });
    let answer = app.post(PATH).by_admin().json(&body).send().await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    made(&answer.json())
}

fn made(body: &serde_json::Value) -> Made {
    let text = |key: &str| body[key].as_str().unwrap().to_owned();
    Made {
        id: text("id"),
        text: text("credential"),
    }
}

/// What somebody with this credential hears who asks for an import run that is not there.
async fn knock(app: &App, credential: &str) -> u16 {
    let path = format!("/api/v1/internal/import/runs/{NOBODY}");
    app.get(path)
        .bearer(credential)
        .send()
        .await
        .status
        .as_u16()
}

#[tokio::test]
async fn a_credential_opens_what_its_scopes_say_from_its_answer_on_until_it_is_revoked() {
    for app in App::everywhere().await {
        let (importer, notifier) = (
            issue(&app, &["import"]).await,
            issue(&app, &["notify"]).await,
        );
        assert_eq!(knock(&app, &importer.text).await, 404);
        assert_eq!(knock(&app, &notifier.text).await, 403);
        let list = app.get(PATH).by_admin().send().await.ok();
        let list = list.json();
        let item = |id: &str| {
            let items = list["items"].as_array().unwrap();
            items.iter().find(|item| item["id"] == id).unwrap().clone()
        };
        assert_eq!(item(&importer.id)["scopes"], json!(["import"]));
        assert_eq!(item(&importer.id)["good"], true);
        assert!(item(&importer.id)["last_used_at"].is_string());
        let (_, secret) = importer.text.rsplit_once('_').unwrap();
        assert!(
            !list.to_string().contains(secret),
            "the list tells a secret"
        );
        let path = format!("{PATH}/{}", importer.id);
        app.delete(&path).by_admin().send().await.ok();
        assert_eq!(knock(&app, &importer.text).await, 401);
        app.delete(&path).by_admin().send().await.ok();
        let names = app.event_names().await;
        assert_eq!(
            names,
            [
                "ServiceCredentialIssued",
                "ServiceCredentialIssued",
                "ServiceCredentialRevoked"
            ],
            "a second revocation says nothing new"
        );
    }
}

#[tokio::test]
async fn a_rotated_credential_is_good_for_the_overlap_and_no_longer() {
    let app = App::embedded().await;
    for (overlap, old) in [(3600, 404), (0, 401)] {
        let first = issue(&app, &["import"]).await;
        let path = format!("{PATH}/{}/rotate", first.id);
        let body = json!({ "overlap_seconds": overlap });
        let answer = app.post(&path).by_admin().json(&body).send().await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        let second = made(&answer.json());
        assert!(answer.json()["old_good_until"].is_string());
        assert_eq!(knock(&app, &second.text).await, 404);
        assert_eq!(knock(&app, &first.text).await, old, "overlap {overlap}");
        let again = app.post(&path).by_admin().json(&body).send().await;
        assert!([404, 409].contains(&again.status.as_u16()), "{again:?}");
    }
    let first = issue(&app, &["import"]).await;
    let path = format!("{PATH}/{}/rotate", first.id);
    let second = made(&app.post(&path).by_admin().send().await.json());
    app.delete(format!("{PATH}/{}", first.id))
        .by_admin()
        .send()
        .await
        .ok();
    assert_eq!(
        knock(&app, &first.text).await,
        401,
        "revoked within its overlap"
    );
    assert_eq!(knock(&app, &second.text).await, 404);
}

#[tokio::test]
async fn a_repeat_under_the_same_key_makes_nothing_and_tells_no_secret() {
    let app = App::embedded().await;
    let body = json!({ "name": "nightly", "scopes": ["import"] });
    let send = || app.post(PATH).by_admin().key("once").json(&body).send();
    let first = made(&send().await.json());
    let repeat = send().await;
    assert_eq!(repeat.status, StatusCode::CREATED);
    assert_eq!(repeat.header("idempotency-replayed"), "true");
    assert_eq!(repeat.json()["id"], first.id);
    assert!(repeat.json()["credential"].is_null(), "{repeat:?}");
    assert_eq!(app.event_names().await, ["ServiceCredentialIssued"]);
}

#[tokio::test]
async fn what_cannot_be_a_credential_is_refused_with_its_field() {
    let app = App::embedded().await;
    for (body, field) in [
        (json!({ "name": " ", "scopes": ["import"] }), "name"),
        (
            json!({ "name": "x".repeat(201), "scopes": ["import"] }),
            "name",
        ),
        (json!({ "name": "x", "scopes": [] }), "scopes"),
        (
            json!({ "name": "x", "scopes": ["import", "everything"] }),
            "scopes[1]",
        ),
    ] {
        let answer = app.post(PATH).by_admin().json(&body).send().await;
        assert_eq!(answer.status.as_u16(), 422, "{body}");
        assert_eq!(answer.faults()[0].0, field, "{body}");
    }
    let rotate = app
        .post(format!("{PATH}/{NOBODY}/rotate"))
        .by_admin()
        .send()
        .await;
    assert_eq!(rotate.status.as_u16(), 404);
    let long = json!({ "overlap_seconds": 2_592_001 });
    let first = issue(&app, &["jobs"]).await;
    let path = format!("{PATH}/{}/rotate", first.id);
    let answer = app.post(path).by_admin().json(&long).send().await;
    assert_eq!(
        answer.faults(),
        [("overlap_seconds".into(), "too_large".into())]
    );
}
