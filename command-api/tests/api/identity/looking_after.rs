//! What a person does with their own account: name, preferences, password, address, tour, and its end.
//!
//! Never without the password where it would hurt.

use accession_secrets::challenges::ChallengePurpose;
use serde_json::json;

use crate::app::{App, PASSWORD};

#[tokio::test]
async fn name_preferences_and_tour_are_changed_by_their_owner() {
    for app in App::everywhere().await {
        let ana = app.sign_up("ana").await;
        let name = json!({ "name": "Ana P." });
        let changed = app
            .patch("/api/v1/users/me")
            .bearer(&ana.token)
            .json(&name)
            .send()
            .await
            .ok();
        assert_eq!(changed.json()["id"], ana.account.to_string());
        let preferences = json!({ "language": "de", "theme_name": "sumi", "theme_mode": "dark", "annual_reading_goal": 24 });
        let put = || {
            app.put("/api/v1/users/me/preferences")
                .bearer(&ana.token)
                .json(&preferences)
        };
        let version = put().send().await.ok().version();
        assert_eq!(
            put().send().await.ok().version(),
            version,
            "the same again is no event"
        );
        let stale = put().if_match("\"1\"").send().await;
        assert_eq!(stale.problem(), (412, "stale_version".into()));
        for path in ["complete", "reset"] {
            app.post(format!("/api/v1/users/me/tour/{path}"))
                .bearer(&ana.token)
                .send()
                .await
                .ok();
        }
        assert!(
            app.event_names()
                .await
                .ends_with(&["TourCompleted".into(), "TourReset".into()])
        );
    }
}

#[tokio::test]
async fn preferences_have_their_limits() {
    let app = App::embedded().await;
    let ana = app.sign_up("ana").await;
    for (body, field) in [
        (json!({ "language": "xx" }), "language"),
        (
            json!({ "language": "en", "theme_name": "A theme" }),
            "theme_name",
        ),
        (
            json!({ "language": "en", "theme_mode": "loud" }),
            "theme_mode",
        ),
        (
            json!({ "language": "en", "annual_reading_goal": 0 }),
            "annual_reading_goal",
        ),
        (
            json!({ "language": "en", "annual_reading_goal": 10_001 }),
            "annual_reading_goal",
        ),
        (
            json!({ "language": "en", "annual_reading_goal": 99_999 }),
            "annual_reading_goal",
        ),
    ] {
        let put = app
            .put("/api/v1/users/me/preferences")
            .bearer(&ana.token)
            .json(&body)
            .send()
            .await;
        assert_eq!(put.status.as_u16(), 422, "{body}");
        assert_eq!(put.faults()[0].0, field, "{body}");
    }
}

#[tokio::test]
async fn another_address_needs_the_password_and_the_new_mailbox() {
    for app in App::everywhere().await {
        let ana = app.sign_up("ana").await;
        let ask = async |email: &str, password: &str| {
            let body = json!({ "new_email": email, "current_password": password });
            app.post("/api/v1/users/me/email/change")
                .bearer(&ana.token)
                .json(&body)
                .send()
                .await
        };
        assert_eq!(
            ask("new@example.org", "wrong").await.problem(),
            (403, "wrong_password".into())
        );
        assert_eq!(
            ask("ana@example.org", PASSWORD).await.problem(),
            (422, "same_email".into())
        );
        ask("new@example.org", PASSWORD).await.ok();
        let challenge = app.last("EmailChangeRequested").await["challenge"].clone();
        let token = app.token_of(ChallengePurpose::ChangeEmail, challenge.as_str().unwrap());
        let confirm = async || {
            let body = json!({ "token": token });
            app.post("/api/v1/auth/confirm-email-change")
                .json(&body)
                .send()
                .await
        };
        confirm().await.ok();
        assert_eq!(
            confirm().await.problem(),
            (400, "challenge_not_open".into())
        );
        assert_eq!(app.person("new@example.org").await.account, ana.account);
        // The former address is free for others.
        app.register("ana@example.org")
            .send()
            .await
            .created_nothing();
        assert_ne!(app.person("ana@example.org").await.account, ana.account);
    }
}

#[tokio::test]
async fn an_address_that_somebody_took_meanwhile_is_not_given_twice() {
    let app = App::embedded().await;
    let ana = app.sign_up("ana").await;
    let body = json!({ "new_email": "new@example.org", "current_password": PASSWORD });
    app.post("/api/v1/users/me/email/change")
        .bearer(&ana.token)
        .json(&body)
        .send()
        .await
        .ok();
    app.register("new@example.org")
        .send()
        .await
        .created_nothing();
    let challenge = app.last("EmailChangeRequested").await["challenge"].clone();
    let token = app.token_of(ChallengePurpose::ChangeEmail, challenge.as_str().unwrap());
    let confirmed = app
        .post("/api/v1/auth/confirm-email-change")
        .json(&json!({ "token": token }))
        .send()
        .await;
    assert_eq!(confirmed.problem(), (409, "email_taken".into()));
}

#[tokio::test]
async fn whoever_deletes_their_account_is_erased_and_may_come_back_as_somebody_new() {
    for app in App::everywhere().await {
        let ana = app.sign_up("ana").await;
        let delete = async |password: &str| {
            let body = json!({ "current_password": password });
            app.delete("/api/v1/users/me")
                .bearer(&ana.token)
                .json(&body)
                .send()
                .await
        };
        assert_eq!(
            delete("wrong").await.problem(),
            (403, "wrong_password".into())
        );
        delete(PASSWORD).await.ok();
        let names = app.event_names().await;
        assert!(
            names.contains(&"AccountDeleted".into()) && names.contains(&"SubjectErased".into()),
            "{names:?}"
        );
        assert_eq!(delete(PASSWORD).await.status.as_u16(), 401);
        let again = app.sign_up("ana").await;
        assert_ne!(again.account, ana.account);
    }
}
