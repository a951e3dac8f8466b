//! Verifying an address, resetting a password: tokens that are good once, for a while, for one purpose.
//!
//! Never tells whether an address is somebody's.

use accession_secrets::challenges::ChallengePurpose;
use serde_json::json;

use crate::app::{Answered, App, PASSWORD};

const NEW: &str = "another horse another staple";

async fn verify(app: &App, token: &str) -> Answered {
    let body = json!({ "token": token });
    app.post("/api/v1/auth/verify-email")
        .json(&body)
        .send()
        .await
}

async fn reset(app: &App, token: &str, password: &str) -> Answered {
    let body = json!({ "token": token, "password": password });
    app.post("/api/v1/auth/reset-password")
        .json(&body)
        .send()
        .await
}

/// The token of the last event with this name.
async fn token(app: &App, purpose: ChallengePurpose, event: &str) -> String {
    let event = app.last(event).await;
    app.token_of(purpose, event["challenge"].as_str().unwrap())
}

async fn verification(app: &App) -> String {
    token(
        app,
        ChallengePurpose::VerifyEmail,
        "EmailVerificationRequested",
    )
    .await
}

async fn forgot(app: &App, email: &str) -> Answered {
    app.post("/api/v1/auth/forgot-password")
        .json(&json!({ "email": email }))
        .send()
        .await
}

#[tokio::test]
async fn an_address_is_verified_once_by_the_token_that_was_mailed() {
    for app in App::everywhere().await {
        app.register("ana@example.org")
            .send()
            .await
            .created_nothing();
        let token = verification(&app).await;
        verify(&app, &token).await.ok();
        assert_eq!(
            verify(&app, &token).await.problem(),
            (400, "challenge_not_open".into())
        );
        assert_eq!(
            app.last("EmailVerified").await["challenge"]
                .as_str()
                .map(str::len),
            Some(36)
        );
    }
}

#[tokio::test]
async fn of_a_hundred_parallel_uses_of_a_token_one_wins() {
    for app in App::everywhere().await {
        app.register("ana@example.org")
            .send()
            .await
            .created_nothing();
        assert_eq!(forgot(&app, "ana@example.org").await.status.as_u16(), 204);
        let token = token(
            &app,
            ChallengePurpose::ResetPassword,
            "PasswordResetRequested",
        )
        .await;
        let uses = (0..100).map(|_| reset(&app, &token, NEW));
        let answers = futures_util::future::join_all(uses).await;
        let won = answers
            .iter()
            .filter(|answer| answer.status.is_success())
            .count();
        assert_eq!(won, 1, "{answers:?}");
        let names = app.event_names().await;
        assert_eq!(
            names.iter().filter(|name| *name == "PasswordReset").count(),
            1
        );
    }
}

#[tokio::test]
async fn a_newer_question_makes_the_older_void() {
    let app = App::embedded().await;
    app.register("ana@example.org")
        .send()
        .await
        .created_nothing();
    let older = verification(&app).await;
    let body = json!({ "email": "ana@example.org" });
    let resent = app
        .post("/api/v1/auth/resend-verification")
        .json(&body)
        .send()
        .await;
    assert_eq!(resent.status.as_u16(), 204);
    let newer = verification(&app).await;
    assert_ne!(older, newer);
    assert_eq!(
        verify(&app, &older).await.problem(),
        (400, "challenge_not_open".into())
    );
    verify(&app, &newer).await.ok();
}

#[tokio::test]
async fn a_token_of_another_purpose_or_none_at_all_opens_nothing() {
    let app = App::embedded().await;
    app.register("ana@example.org")
        .send()
        .await
        .created_nothing();
    let verification = verification(&app).await;
    for token in [
        &*verification,
        "",
        " ",
        "nonsense",
        &"x".repeat(5_000),
        "' OR 1=1 --",
    ] {
        let answered = reset(&app, token, NEW).await;
        assert_eq!(
            answered.problem(),
            (400, "challenge_not_open".into()),
            "{token}"
        );
    }
    let changed = app
        .post("/api/v1/auth/confirm-email-change")
        .json(&json!({ "token": verification }))
        .send()
        .await;
    assert_eq!(changed.problem(), (400, "challenge_not_open".into()));
    verify(&app, &verification).await.ok();
}

#[tokio::test]
async fn nobody_learns_from_an_answer_whether_an_address_is_somebodys() {
    let app = App::embedded().await;
    app.register("ana@example.org")
        .send()
        .await
        .created_nothing();
    for path in [
        "/api/v1/auth/forgot-password",
        "/api/v1/auth/resend-verification",
    ] {
        let ask = |email: &str| app.post(path).json(&json!({ "email": email })).send();
        let (known, unknown) = (
            ask("ana@example.org").await,
            ask("nobody@example.org").await,
        );
        assert_eq!((known.status.as_u16(), &*known.text), (204, ""), "{path}");
        assert_eq!(
            (unknown.status.as_u16(), &*unknown.text),
            (204, ""),
            "{path}"
        );
        let names = |answered: &Answered| -> Vec<String> {
            answered.headers.keys().map(ToString::to_string).collect()
        };
        assert_eq!(names(&known), names(&unknown));
    }
}

#[tokio::test]
async fn a_reset_sets_the_password_and_ends_every_session() {
    let app = App::embedded().await;
    let ana = app.sign_up("ana").await;
    forgot(&app, "ana@example.org").await;
    let token = token(
        &app,
        ChallengePurpose::ResetPassword,
        "PasswordResetRequested",
    )
    .await;
    let weak = reset(&app, &token, "password123").await;
    assert_eq!(weak.faults(), [("password".into(), "weak_password".into())]);
    reset(&app, &token, NEW).await.ok();
    let tour = app
        .post("/api/v1/users/me/tour/complete")
        .bearer(&ana.token)
        .send()
        .await;
    assert_eq!(tour.status.as_u16(), 401, "{tour:?}");
    let ana = app.person("ana@example.org").await;
    let with = async |password: &str| {
        let body =
            json!({ "current_password": password, "new_password": "a third horse and its staple" });
        app.post("/api/v1/users/me/password")
            .bearer(&ana.token)
            .json(&body)
            .send()
            .await
    };
    assert_eq!(
        with(PASSWORD).await.problem(),
        (403, "wrong_password".into())
    );
    with(NEW).await.ok();
}

#[tokio::test]
async fn a_mailbox_is_not_flooded_and_the_newest_link_stays_good() {
    for app in App::everywhere().await {
        app.register("ana@example.org")
            .send()
            .await
            .created_nothing();
        for _ in 0..12 {
            assert_eq!(forgot(&app, "ana@example.org").await.status.as_u16(), 204);
            let resend = app.post("/api/v1/auth/resend-verification");
            let resend = resend.json(&json!({ "email": "ana@example.org" }));
            assert_eq!(resend.send().await.status.as_u16(), 204);
        }
        let names = app.event_names().await;
        for event in ["PasswordResetRequested", "EmailVerificationRequested"] {
            let mails = names.iter().filter(|name| *name == event).count();
            assert_eq!(mails, 5, "{event}");
        }
        verify(&app, &verification(&app).await).await.ok();
        let newest = token(
            &app,
            ChallengePurpose::ResetPassword,
            "PasswordResetRequested",
        )
        .await;
        reset(&app, &newest, NEW).await.ok();
    }
}

#[tokio::test]
async fn what_is_asked_for_without_a_token_is_done_once_under_its_key() {
    for app in App::everywhere().await {
        app.register("ana@example.org")
            .send()
            .await
            .created_nothing();
        for path in ["forgot-password", "resend-verification"] {
            let ask = |email: &str, key: &str| {
                let call = app.post(format!("/api/v1/auth/{path}")).key(key);
                call.json(&json!({ "email": email })).send()
            };
            let before = app.events().await.len();
            for key in ["k1", "k1", "k2", "k1"] {
                assert_eq!(ask("ana@example.org", key).await.status.as_u16(), 204);
            }
            assert_eq!(app.events().await.len(), before + 2, "{path}");
            // The key of another address: neither told nor in the way.
            assert_eq!(ask("bob@example.org", "k1").await.status.as_u16(), 204);
        }
        let used = verification(&app).await;
        let prove = |key: &str| {
            let call = app.post("/api/v1/auth/verify-email").key(key);
            call.json(&json!({ "token": used })).send()
        };
        let first = prove("v").await.ok();
        let again = prove("v").await.ok();
        assert_eq!(first.json(), again.json());
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(
            prove("w").await.problem(),
            (400, "challenge_not_open".into())
        );
        let offered = token(
            &app,
            ChallengePurpose::ResetPassword,
            "PasswordResetRequested",
        )
        .await;
        let choose = || {
            let call = app.post("/api/v1/auth/reset-password").key("r");
            call.json(&json!({ "token": offered, "password": NEW }))
                .send()
        };
        assert_eq!(choose().await.ok().json(), choose().await.ok().json());
        let resets = app.event_names().await;
        assert_eq!(
            resets
                .iter()
                .filter(|name| *name == "PasswordReset")
                .count(),
            1
        );
    }
}
