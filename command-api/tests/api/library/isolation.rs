//! A member of one library tries everything with the ids of another.
//!
//! Never 403: for a stranger there is no such library.

use accession_secrets::challenges::ChallengePurpose;
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

#[tokio::test]
async fn an_id_of_another_library_in_a_path_or_body_is_nobodys_in_ones_own() {
    let app = App::embedded().await;
    let (ana, eve) = (app.proven("ana").await, app.proven("eve").await);
    let theirs = app.library(&ana, "family").await;
    let own = app.library(&eve, "family").await;
    let invited = app
        .post(format!("/api/v1/libraries/{theirs}/members"))
        .bearer(&ana.token)
        .json(&json!({ "email": "lydia@example.org", "role": "viewer" }))
        .send()
        .await;
    let invitation = invited.json()["invitation_id"].as_str().unwrap().to_owned();
    let child = json!({ "full_name": "Kitty", "password": PASSWORD, "accepted_privacy_version": "1",
        "accepted_terms_version": "1" });
    let added = app
        .post(format!("/api/v1/libraries/{theirs}/members/children"))
        .bearer(&ana.token)
        .json(&child)
        .send()
        .await;
    let kitty = app.person(added.json()["email"].as_str().unwrap()).await;
    let token = app.token_of(ChallengePurpose::Invitation, &invitation);
    let log_in = json!({ "email": "eve@example.org", "password": PASSWORD });
    let session = app.post("/api/v1/auth/login").json(&log_in).send().await;
    let session = session.json()["access_token"].as_str().unwrap().to_owned();
    let before = app.events().await.len();
    let member = |id: &str| format!("/api/v1/libraries/{own}/members/{id}");
    let kitty = kitty.account.to_string();
    for call in [
        // Their invitation and their child, as if they were one's own library's.
        app.delete(member(&invitation)),
        app.delete(member(&kitty)),
        app.patch(member(&kitty)).json(&json!({ "role": "viewer" })),
        app.patch(member(&kitty))
            .json(&json!({ "status": "suspended" })),
        app.delete(member(&ana.account.to_string())),
        // Their library as the one that one works in.
        app.post("/api/v1/auth/context/select")
            .json(&json!({ "library_id": theirs })),
        // Their invitation, under another address.
        app.post("/api/v1/auth/invitations/accept")
            .json(&json!({ "token": token, "email": "eve@example.org", "full_name": "Eve", "password": PASSWORD,
                "accepted_privacy_version": "1", "accepted_terms_version": "1" })),
        app.post(format!("/api/v1/libraries/{theirs}/invitations/accept")),
        app.post(format!("/api/v1/libraries/{theirs}/invitations/decline")),
    ] {
        let answer = call.bearer(&session).send().await;
        let refused = [403, 404].contains(&answer.status.as_u16());
        let told = ["Longbourn", "Kitty", "lydia", "ana@"];
        let told = told.iter().any(|text| answer.text.contains(text));
        assert!(refused && !told, "{answer:?}");
    }
    assert_eq!(app.events().await.len(), before);
}
