//! Answers that are no answers: redirects, other issuers, plain HTTP, too much, nonsense.
//!
//! Never waits for more than the limits allow.

use accession_sign_in::{LONGEST_ANSWER, SignInError};
use serde_json::{Value, json};

use super::forging::{Hostile, Said, around, discovery, good_header, signed};

fn is_misconfigured<T>(result: &Result<T, SignInError>) -> bool {
    matches!(result, Err(SignInError::Misconfigured { .. }))
}

async fn beginning_with(change: impl FnOnce(&str, &mut Value)) -> Result<String, SignInError> {
    let evil = Hostile::start().await;
    let mut document = discovery(&evil.base);
    change(&evil.base, &mut document);
    evil.answers.lock().unwrap().discovery = Said::json(&document);
    evil.begin().await
}

#[tokio::test]
async fn a_discovery_document_that_leads_elsewhere_is_refused() {
    assert!(beginning_with(|_, _| ()).await.is_ok());
    for (key, value) in [
        ("issuer", json!("https://accounts.google.com")),
        (
            "token_endpoint",
            json!("http://169.254.169.254/latest/meta-data"),
        ),
        ("authorization_endpoint", json!("http://evil.example/auth")),
        ("authorization_endpoint", json!("javascript:alert(1)")),
        ("userinfo_endpoint", json!("http://10.0.0.1/me")),
        ("jwks_uri", json!("http://10.0.0.1/keys")),
        ("jwks_uri", json!("file:///etc/passwd")),
        ("token_endpoint", Value::Null),
        ("code_challenge_methods_supported", json!(["plain"])),
    ] {
        let result = beginning_with(|_, document| document[key] = value.clone()).await;
        assert!(is_misconfigured(&result), "{key}={value}: {result:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let evil = Hostile::start().await;
    evil.answers.lock().unwrap().discovery = Said {
        status: 302,
        kind: "text/plain",
        body: String::new(),
        location: Some(format!("{}/jwks", evil.base)),
    };
    let result = evil.begin().await;
    assert!(is_misconfigured(&result), "{result:?}");
}

#[tokio::test]
async fn nonsense_and_too_much_are_refused_and_a_fault_of_its_own_is_absence() {
    let evil = Hostile::start().await;
    evil.begin().await.unwrap();
    let said = |status, body: String| Said {
        status,
        kind: "application/json",
        body,
        location: None,
    };
    for (status, body) in [
        (200, String::new()),
        (200, "<html>".into()),
        (200, "[".repeat(100_000)),
        (200, "x".repeat(LONGEST_ANSWER + 1)),
        (200, json!({"access_token": "a"}).to_string()),
        (
            200,
            json!({"access_token": "a", "token_type": "Bearer"}).to_string(),
        ),
        (404, "<html>".into()),
    ] {
        evil.answers.lock().unwrap().token = said(status, body.clone());
        let result = evil.vouch().await;
        let begin: String = body.chars().take(20).collect();
        assert!(
            matches!(result, Err(SignInError::Untrusted { .. })),
            "{begin}: {result:?}"
        );
    }
    for status in [500, 502, 503, 429] {
        evil.answers.lock().unwrap().token = said(status, "sorry".into());
        let result = evil.vouch().await;
        assert!(
            matches!(result, Err(SignInError::Away { .. })),
            "{status}: {result:?}"
        );
    }
}

#[tokio::test]
async fn a_refusal_tells_whose_fault_it_is() {
    let evil = Hostile::start().await;
    let refusal = |error: &str| Said {
        status: 400,
        ..Said::json(&json!({"error": error, "error_description": "see https://evil.example"}))
    };
    evil.answers.lock().unwrap().token = refusal("invalid_grant");
    assert!(matches!(
        evil.vouch().await,
        Err(SignInError::CodeRefused { .. })
    ));
    evil.answers.lock().unwrap().token = refusal("invalid_client");
    let error = evil.vouch().await.unwrap_err();
    assert!(matches!(error, SignInError::Misconfigured { .. }));
    assert!(
        error.to_string().contains("invalid_client") && !error.to_string().contains("evil.example")
    );
}

#[tokio::test]
async fn userinfo_about_somebody_else_and_an_access_token_that_no_header_can_carry_are_refused() {
    let evil = Hostile::start().await;
    let mut claims = evil.claims();
    claims["email"] = Value::Null;
    let good = signed(&good_header(), &claims);
    evil.answers.lock().unwrap().info =
        Said::json(&json!({"sub": "bob", "email": "bob@example.org", "email_verified": true}));
    let result = evil.vouch_by(&around(&good)).await;
    assert!(
        matches!(result, Err(SignInError::Untrusted { .. })),
        "{result:?}"
    );
    let mut torn = around(&good);
    torn["access_token"] = json!("a\r\nHost: evil.example");
    let result = evil.vouch_by(&torn).await;
    assert!(is_misconfigured(&result), "{result:?}");
}
