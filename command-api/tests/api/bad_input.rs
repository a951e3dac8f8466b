//! Bodies and headers that nobody should send, on every route that takes them.
//!
//! Never expects a particular sentence, only status, code and field.

use serde_json::json;

use crate::app::App;
use crate::authorisation::routes;

#[tokio::test]
async fn every_body_is_strict_json() {
    let app = App::embedded().await;
    for route in routes().iter().filter(|route| route.needs_body) {
        let Some(_) = route.of_its_own(&app) else {
            continue;
        };
        let send = |text: &'static str, kind: &str| {
            let call = route.of_its_own(&app).unwrap();
            call.text(text).header("content-type", kind).send()
        };
        let json = "application/json";
        assert_eq!(
            send("{", json).await.problem(),
            (400, "malformed_json".into()),
            "{route:?}"
        );
        assert_eq!(
            send("", json).await.problem(),
            (400, "empty_body".into()),
            "{route:?}"
        );
        assert_eq!(
            send("{} x", json).await.status.as_u16() / 100,
            4,
            "{route:?}"
        );
        assert_eq!(
            send("{}", "text/plain").await.problem(),
            (415, "unsupported_media_type".into()),
            "{route:?}"
        );
        assert_eq!(send("[]", json).await.status.as_u16(), 422, "{route:?}");
        assert_eq!(send("null", json).await.status.as_u16(), 422, "{route:?}");
        let unknown = send(r#"{"nobody_knows_this": 1}"#, json).await;
        assert_eq!(
            unknown.faults(),
            [("nobody_knows_this".into(), "unknown_field".into())],
            "{route:?}"
        );
    }
}

#[tokio::test]
async fn a_body_without_a_content_type_is_refused() {
    let app = App::embedded().await;
    let answer = app
        .post("/api/v1/titles")
        .by_curator()
        .text(r#"{"kind":"book","name":"Emma"}"#)
        .send()
        .await;
    assert_eq!(answer.problem(), (415, "unsupported_media_type".into()));
}

#[tokio::test]
async fn optional_bodies_are_strict_too() {
    let app = App::embedded().await;
    let id = app.book("Emma").await;
    let path = format!("/api/v1/titles/{id}/deactivate");
    let wrong = app
        .post(&path)
        .by_curator()
        .json(&json!({ "reasn": "x" }))
        .send()
        .await;
    assert_eq!(wrong.faults(), [("reasn".into(), "unknown_field".into())]);
    let long = app
        .post(&path)
        .by_curator()
        .json(&json!({ "reason": "x".repeat(201) }))
        .send()
        .await;
    assert_eq!(long.faults(), [("reason".into(), "too_long".into())]);
    app.post(&path).by_curator().send().await.ok();
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused() {
    let app = App::embedded().await;
    for route in routes().iter().filter(|route| route.needs_body) {
        let Some(call) = route.of_its_own(&app) else {
            continue;
        };
        let answer = call
            .text(vec![b' '; 10 * 1024 * 1024])
            .header("content-type", "application/json")
            .send()
            .await;
        assert_eq!(
            answer.problem(),
            (413, "body_too_large".into()),
            "{route:?}"
        );
    }
}

#[tokio::test]
async fn wrong_types_are_named_with_their_path() {
    let app = App::embedded().await;
    let add = |body| app.post("/api/v1/titles").by_curator().json(&body).send();
    for (body, field, code) in [
        (json!({ "kind": "book", "name": 5 }), "name", "wrong_type"),
        (
            json!({ "kind": "bok", "name": "Emma" }),
            "kind",
            "unknown_value",
        ),
        (json!({ "kind": "book" }), "name", "missing"),
        (
            json!({ "kind": "book", "name": "Emma", "year": "1815" }),
            "year",
            "wrong_type",
        ),
        (
            json!({ "kind": "book", "name": "Emma", "authors": ["A", 5] }),
            "authors[1]",
            "wrong_type",
        ),
        (
            json!({ "kind": "book", "name": "Emma", "rating": { "hundredths": -1, "votes": 1 } }),
            "rating.hundredths",
            "bad_value",
        ),
        (
            json!({ "kind": "book", "name": "Emma", "rating": { "votes": 1 } }),
            "rating.hundredths",
            "missing",
        ),
    ] {
        let answer = add(body).await;
        assert_eq!(answer.problem(), (422, "invalid_request".into()));
        assert_eq!(answer.faults(), [(field.into(), code.into())]);
    }
}

#[tokio::test]
async fn too_long_texts_and_control_characters_are_refused() {
    let app = App::embedded().await;
    for (name, code) in [
        ("x".repeat(501), "too_long"),
        ("a\u{7}b".into(), "bad_character"),
        (String::new(), "empty"),
    ] {
        let body = json!({ "kind": "book", "name": name });
        let answer = app
            .post("/api/v1/titles")
            .by_curator()
            .json(&body)
            .send()
            .await;
        assert_eq!(answer.faults(), [("name".into(), code.into())]);
    }
}

#[tokio::test]
async fn a_bad_key_is_refused_before_anything_is_done() {
    let app = App::embedded().await;
    let body = json!({ "kind": "book", "name": "Emma" });
    for key in ["", " ", &"k".repeat(201)] {
        let answer = app
            .post("/api/v1/titles")
            .by_curator()
            .key(key)
            .json(&body)
            .send()
            .await;
        assert_eq!(
            answer.problem(),
            (400, "bad_idempotency_key".into()),
            "{key}"
        );
    }
    assert!(app.events().await.is_empty());
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let app = App::embedded().await;
    assert_eq!(
        app.get("/api/v1/nothing").send().await.problem(),
        (404, "no_such_route".into())
    );
    assert_eq!(
        app.put("/api/v1/titles").send().await.problem(),
        (405, "method_not_allowed".into())
    );
}
