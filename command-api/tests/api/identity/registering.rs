//! `POST /api/v1/auth/register`.
//!
//! Never tells a taken address from a free one.

use serde_json::{Value, json};

use crate::app::{App, PASSWORD};

fn body() -> Value {
    json!({
        "email": "ana@example.org", "password": PASSWORD, "name": "Ana",
        "accepted_privacy_version": "1", "accepted_terms_version": "1"
    })
}

#[tokio::test]
async fn a_new_and_a_taken_address_are_answered_alike_and_only_the_owner_hears_of_it() {
    for app in App::everywhere().await {
        let first = app
            .register("ana@example.org")
            .send()
            .await
            .created_nothing();
        assert_eq!(
            app.event_names().await,
            [
                "AccountRegistered",
                "PasswordSet",
                "EmailVerificationRequested"
            ]
        );
        let again = app
            .register(" ANA@Example.org ")
            .send()
            .await
            .created_nothing();
        assert_eq!(first.text, again.text);
        let names = |answered: &crate::app::Answered| -> Vec<String> {
            answered.headers.keys().map(ToString::to_string).collect()
        };
        assert_eq!(names(&first), names(&again));
        app.register("ana@example.org")
            .send()
            .await
            .created_nothing();
        assert_eq!(app.event_names().await[3..], ["RegistrationAttempted"]);
    }
}

#[tokio::test]
async fn of_many_who_register_one_address_at_once_one_gets_it() {
    for app in App::everywhere().await {
        let all = (0..20).map(|_| app.register("ana@example.org").send());
        for answered in futures_util::future::join_all(all).await {
            answered.created_nothing();
        }
        let names = app.event_names().await;
        assert_eq!(
            names
                .iter()
                .filter(|name| *name == "AccountRegistered")
                .count(),
            1
        );
        assert_eq!(
            names
                .iter()
                .filter(|name| *name == "RegistrationAttempted")
                .count(),
            1
        );
    }
}

#[tokio::test]
async fn nothing_personal_or_secret_stands_in_the_log() {
    let app = App::embedded().await;
    app.register("ana.petrovic@example.org")
        .send()
        .await
        .created_nothing();
    for event in app.events().await {
        let text = format!("{} {}", event.payload, event.metadata);
        for secret in ["petrovic", "Petrovi", "example.org", PASSWORD, "argon2"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[tokio::test]
async fn every_field_has_its_limits_and_all_faults_are_told_at_once() {
    let app = App::embedded().await;
    let fault = async |field: &str, value: Value| {
        let mut body = body();
        body[field] = value;
        let answered = app.post("/api/v1/auth/register").json(&body).send().await;
        assert_eq!(answered.status.as_u16(), 422, "{field} {answered:?}");
        answered.faults()
    };
    let long = "x".repeat(300);
    for (field, value, code) in [
        ("email", json!(""), "bad_email"),
        ("email", json!("ana"), "bad_email"),
        (
            "email",
            json!("ana@example.org\r\nBcc: all@example.org"),
            "bad_email",
        ),
        ("email", json!(format!("{long}@example.org")), "bad_email"),
        ("password", json!("short"), "bad_password"),
        ("password", json!("x".repeat(129)), "bad_password"),
        ("password", json!("password123"), "weak_password"),
        ("password", json!("ana@example.org"), "weak_password"),
        ("name", json!(""), "bad_name"),
        ("name", json!("Ana\u{0}"), "bad_name"),
        ("name", json!("Ana \u{202e}nimdA"), "bad_name"),
        ("name", json!(long), "bad_name"),
        ("language", json!("klingonish"), "bad_language"),
        ("accepted_terms_version", json!(""), "bad_text"),
        ("admin", json!(true), "unknown_field"),
    ] {
        let faults = fault(field, value.clone()).await;
        assert_eq!(
            faults,
            [(field.to_owned(), code.to_owned())],
            "{field} {value}"
        );
    }
    let none = json!({ "email": "ana", "password": "x", "name": "", "accepted_privacy_version": "", "accepted_terms_version": "" });
    let answered = app.post("/api/v1/auth/register").json(&none).send().await;
    assert_eq!(answered.faults().len(), 5, "{answered:?}");
    assert!(app.events().await.is_empty());
}

#[tokio::test]
async fn names_of_any_script_are_taken() {
    let app = App::embedded().await;
    for (number, name) in [
        "Zoë Ångström",
        "村上 春樹",
        "محمد",
        "O'Brien-Müller",
        "Ana 🦉",
    ]
    .iter()
    .enumerate()
    {
        let mut body = body();
        body["name"] = json!(name);
        body["email"] = json!(format!("reader{number}@example.org"));
        app.post("/api/v1/auth/register")
            .json(&body)
            .send()
            .await
            .created_nothing();
    }
}

#[tokio::test]
async fn a_broken_or_oversized_body_makes_no_account_and_shows_no_password() {
    let app = App::embedded().await;
    let whole = body().to_string();
    let post = |text: &str| {
        app.post("/api/v1/auth/register")
            .header("content-type", "application/json")
            .text(text)
            .send()
    };
    let cut = post(&whole[..whole.len() - 10]).await;
    assert_eq!(cut.problem(), (400, "malformed_json".into()));
    let mut large = body();
    large["name"] = json!("x".repeat(20_000));
    assert_eq!(post(&large.to_string()).await.status.as_u16(), 413);
    let mut weak = body();
    weak["password"] = json!("qwertyuiop1");
    let weak = post(&weak.to_string()).await;
    assert_eq!(weak.status.as_u16(), 422);
    assert!(!weak.text.contains("qwertyuiop1"), "{weak:?}");
    assert!(app.events().await.is_empty());
}

#[tokio::test]
async fn a_registration_repeated_under_its_key_is_the_same_one_and_nobody_is_told_of_an_attempt() {
    for app in App::everywhere().await {
        let keyed = |key: &str| {
            let request = app.register("ana@example.org");
            request.header("idempotency-key", key).send()
        };
        let first = keyed("k1").await.created_nothing();
        let again = keyed("k1").await.created_nothing();
        assert_eq!(first.text, again.text);
        let made = app.event_names().await;
        assert!(
            !made.contains(&"RegistrationAttempted".to_owned()),
            "{made:?}"
        );
        let other = keyed("k2").await.created_nothing();
        assert_eq!(first.text, other.text, "another request is answered alike");
        let told = app.event_names().await;
        assert_eq!(told[made.len()..], ["RegistrationAttempted"]);
        app.person("ana@example.org").await;
    }
}

#[tokio::test]
async fn a_key_outlives_its_account_and_makes_a_new_one_after_an_erasure() {
    for app in App::everywhere().await {
        let keyed = || app.register("ana@example.org").key("k1").send();
        keyed().await.created_nothing();
        let ana = app.person("ana@example.org").await;
        let end = app.delete("/api/v1/users/me").bearer(&ana.token);
        end.json(&json!({ "current_password": PASSWORD }))
            .send()
            .await
            .ok();
        keyed().await.created_nothing();
        let anew = app.person("ana@example.org").await;
        assert_ne!(anew.account, ana.account);
        let log_in = json!({ "email": "ana@example.org", "password": PASSWORD });
        app.post("/api/v1/auth/login")
            .json(&log_in)
            .send()
            .await
            .ok();
    }
}
