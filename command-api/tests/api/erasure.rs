//! `POST /api/v1/admin/accounts/{id}/erase`: who may, whom, and what is told of somebody unknown.
//!
//! What an erasure does is tested beside the use case.

use serde_json::json;

use crate::app::{App, NOBODY};

fn path(id: &str) -> String {
    format!("/api/v1/admin/accounts/{id}/erase")
}

#[tokio::test]
async fn an_administrator_says_why_and_nobody_unknown_is_erased() {
    for app in App::everywhere().await {
        let erase = async |id: &str, body| app.post(path(id)).by_admin().json(&body).send().await;
        let unknown = erase(NOBODY, json!({ "reason": "asked" })).await;
        assert_eq!(unknown.problem(), (404, "not_found".to_owned()));
        let no_id = erase("nobody", json!({ "reason": "asked" })).await;
        assert_eq!(no_id.problem().0, 404);
        let free_text = erase(NOBODY, json!({ "reason": "Ana was rude to Ben" })).await;
        assert!(free_text.status.is_client_error(), "{free_text:?}");
        let curator = app.post(path(NOBODY)).by_curator();
        let curator = curator.json(&json!({ "reason": "asked" })).send().await;
        assert_eq!(curator.problem().0, 403);
        assert_eq!(app.event_names().await, Vec::<String>::new());
    }
}
