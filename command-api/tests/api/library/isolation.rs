//! A member of one library tries everything with the ids of another.
//!
//! Never 403: for a stranger there is no such library.

use serde_json::json;

use crate::app::{App, PASSWORD};

#[tokio::test]
async fn for_an_admin_of_another_library_there_is_no_such_library_on_any_route() {
    let app = App::embedded().await;
    let (ana, eve) = (app.proven("ana").await, app.proven("eve").await);
    let (theirs, own) = (
        app.library(&ana, "family").await,
        app.library(&eve, "family").await,
    );
    let bob = app.joins(&theirs, &ana, "bob", "viewer").await;
    let path = format!("/api/v1/libraries/{theirs}");
    let member = format!("{path}/members/{}", bob.account);
    let before = app.events().await.len();
    let child = json!({ "full_name": "L", "password": PASSWORD, "accepted_privacy_version": "1",
        "accepted_terms_version": "1" });
    let proof = json!({ "current_password": PASSWORD, "name": "Longbourn" });
    for call in [
        app.patch(&path).json(&json!({ "name": "Mine" })),
        app.post(format!("{path}/confirm-deletion")).json(&proof),
        app.delete(&path).json(&json!({ "confirmation": "x" })),
        app.post(format!("{path}/revoke-sessions")),
        app.post(format!("{path}/members"))
            .json(&json!({ "email": "e@example.org", "role": "admin" })),
        app.post(format!("{path}/members/children")).json(&child),
        app.patch(&member).json(&json!({ "role": "admin" })),
        app.delete(&member),
        app.post(format!("{path}/leave")),
        app.post(format!("{path}/invitations/accept")),
        app.post(format!("{path}/invitations/decline")),
        // One's own library in the path, and somebody else's member.
        app.patch(format!("/api/v1/libraries/{own}/members/{}", bob.account))
            .json(&json!({ "role": "admin" })),
        app.delete(format!("/api/v1/libraries/{own}/members/{}", bob.account)),
    ] {
        let answer = call.bearer(&eve.token).send().await;
        assert_eq!(answer.status, 404, "{answer:?}");
    }
    assert_eq!(app.events().await.len(), before);
}
