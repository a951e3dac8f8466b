//! What administrators do with other people's accounts.
//!
//! Never with their own.

use accession_service::access::Role;
use serde_json::json;

use crate::app::{App, NOBODY};

#[tokio::test]
async fn whoever_is_disabled_is_out_at_once_and_back_when_enabled() {
    for app in App::everywhere().await {
        let ana = app.sign_up("ana").await;
        let admin = |what: &str| {
            app.post(format!("/api/v1/admin/accounts/{}/{what}", ana.account))
                .by_admin()
        };
        admin("disable")
            .json(&json!({ "reason": "spam" }))
            .send()
            .await
            .ok();
        let tour = || {
            app.post("/api/v1/users/me/tour/complete")
                .bearer(&ana.token)
                .send()
        };
        assert_eq!(tour().await.status.as_u16(), 401);
        let log = format!("{:?}", app.events().await);
        assert!(!log.contains("spam"), "a reason is about a person");
        admin("enable").send().await.ok();
        assert_eq!(
            tour().await.status.as_u16(),
            401,
            "former sessions stay over"
        );
        let again = app.person("ana@example.org").await;
        app.post("/api/v1/users/me/tour/complete")
            .bearer(&again.token)
            .send()
            .await
            .ok();
    }
}

#[tokio::test]
async fn a_role_counts_from_the_next_request_on_and_no_longer_when_it_is_taken_away() {
    let app = App::embedded().await;
    let ana = app.sign_up("ana").await;
    let role = async |role: Option<&str>| {
        let path = format!("/api/v1/admin/accounts/{}/role", ana.account);
        app.post(path)
            .by_admin()
            .json(&json!({ "role": role }))
            .send()
            .await
            .ok()
    };
    let book = || {
        let body = json!({ "kind": "book", "name": "Emma" });
        app.post("/api/v1/titles")
            .bearer(&ana.token)
            .json(&body)
            .send()
    };
    assert_eq!(book().await.status.as_u16(), 403);
    role(Some("curator")).await;
    assert_eq!(book().await.status.as_u16(), 201);
    role(None).await;
    assert_eq!(book().await.status.as_u16(), 403);
}

#[tokio::test]
async fn nobody_changes_their_own_account_or_one_that_is_not_there() {
    let app = App::embedded().await;
    let ana = app.sign_up("ana").await;
    let own = app.token(Some(Role::Admin), |claims| {
        claims.sub = ana.account.to_string();
    });
    for (what, body) in [
        ("disable", json!({ "reason": "x" })),
        ("role", json!({ "role": null })),
    ] {
        let path = format!("/api/v1/admin/accounts/{}/{what}", ana.account);
        let answered = app.post(path).bearer(&own).json(&body).send().await;
        assert_eq!(answered.problem(), (409, "own_account".into()), "{what}");
        let path = format!("/api/v1/admin/accounts/{NOBODY}/{what}");
        let answered = app.post(path).by_admin().json(&body).send().await;
        assert_eq!(answered.problem(), (404, "not_found".into()), "{what}");
    }
    let unknown = json!({ "role": "emperor" });
    let path = format!("/api/v1/admin/accounts/{}/role", ana.account);
    let answered = app.post(path).by_admin().json(&unknown).send().await;
    assert_eq!(answered.faults(), [("role".into(), "unknown_value".into())]);
}
