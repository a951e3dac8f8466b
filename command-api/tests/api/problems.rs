//! Problem bodies as they read: kept, so that a change of words is seen.
//!
//! The trace id is replaced, being different each time.

use serde_json::{Value, json};

use crate::app::{Answered, App, NOBODY};

fn shown(answer: &Answered) -> Value {
    let mut body = answer.json();
    assert_eq!(body["trace_id"].as_str().map(str::len), Some(32));
    body["trace_id"] = "…".into();
    body
}

#[tokio::test]
async fn problem_bodies_read_as_they_always_did() {
    let app = App::embedded().await;
    let add = |body: Value| app.post("/api/v1/titles").by_curator().json(&body).send();
    insta::assert_json_snapshot!("no_token", shown(&app.post("/api/v1/titles").send().await));
    insta::assert_json_snapshot!(
        "wrong_role",
        shown(&app.post("/api/v1/titles").by_importer().send().await)
    );
    insta::assert_json_snapshot!(
        "unknown_field",
        shown(&add(json!({ "kind": "book", "nmae": "Emma" })).await)
    );
    insta::assert_json_snapshot!(
        "faults",
        shown(&add(json!({ "kind": "book", "name": "", "year": 9999 })).await)
    );
    let path = format!("/api/v1/titles/{NOBODY}/activate");
    insta::assert_json_snapshot!(
        "not_found",
        shown(&app.post(path).by_curator().send().await)
    );
    let activate = app
        .post(format!(
            "/api/v1/titles/{}/activate",
            app.book("Emma").await
        ))
        .by_curator();
    insta::assert_json_snapshot!(
        "stale_version",
        shown(&activate.if_match("\"9\"").send().await)
    );
}
