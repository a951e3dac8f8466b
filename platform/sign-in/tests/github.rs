//! Plain OAuth 2 in GitHub's dialect, against a server that answers as GitHub's documentation says.
//!
//! Never asks GitHub itself.
#![cfg(test)]

use std::sync::{Arc, Mutex};

use accession_sign_in::{
    Answered, AttemptSecrets, ENTROPY, ProviderSettings, Providers, Secret, SignInError,
    SignInSettings, Vouched, Web,
};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use openidconnect::url::Url;
use serde_json::{Value, json};

/// What GitHub says, and what it was asked.
#[derive(Default)]
struct Hub {
    token: Value,
    emails: Value,
    form: String,
    agents: Vec<String>,
}

type Shared = State<Arc<Mutex<Hub>>>;

struct Setting {
    hub: Arc<Mutex<Hub>>,
    providers: Providers,
    web: Web,
}

impl Setting {
    async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let hub = Arc::new(Mutex::new(Hub {
            token: json!({"access_token": "gho_1", "scope": "user:email", "token_type": "bearer"}),
            emails: json!([
                {"email": "old@example.org", "primary": false, "verified": true},
                {"email": "ana@example.org", "primary": true, "verified": true},
            ]),
            ..Hub::default()
        }));
        let router = Router::new()
            .route("/token", post(token))
            .route("/user", get(user))
            .route("/user/emails", get(emails))
            .with_state(hub.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let github = ProviderSettings {
            client_id: Some("us".into()),
            client_secret: Some(Secret::new("hush")),
            authorize_url: Some(format!("{base}/authorize")),
            token_url: Some(format!("{base}/token")),
            user_url: Some(format!("{base}/user")),
            emails_url: Some(format!("{base}/user/emails")),
            ..ProviderSettings::default()
        };
        let settings = SignInSettings::from([("github".to_owned(), github)]);
        Self {
            hub,
            providers: Providers::new(&settings, "https://books.example").unwrap(),
            web: Web::new().unwrap(),
        }
    }

    async fn vouch(&self, issuer: Option<&str>) -> Result<Vouched, SignInError> {
        let answered = Answered {
            code: "a-code".into(),
            issuer: issuer.map(str::to_owned),
        };
        let github = self.providers.named("github").unwrap();
        github
            .vouch(&self.web, &answered, &secrets(), clock())
            .await
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test is an edge: an attempt is made and answered now"
)]
fn clock() -> Timestamp {
    Timestamp::now()
}

async fn token(State(hub): Shared, form: String) -> Json<Value> {
    let mut hub = hub.lock().unwrap();
    hub.form = form;
    Json(hub.token.clone())
}

async fn user(State(hub): Shared, headers: HeaderMap) -> Result<Json<Value>, StatusCode> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    hub.lock().unwrap().agents.push(text("user-agent"));
    if text("authorization") == "Bearer gho_1" {
        Ok(Json(
            json!({"id": 583_231, "login": "ana", "name": null, "email": "shown@example.org"}),
        ))
    } else {
        Err(StatusCode::UNAUTHORIZED)
    }
}

async fn emails(State(hub): Shared) -> Json<Value> {
    Json(hub.lock().unwrap().emails.clone())
}

fn secrets() -> AttemptSecrets {
    let mut bytes = [6; ENTROPY];
    bytes[64..].fill(7); // the verifier's own
    AttemptSecrets::from_entropy(&bytes)
}

#[tokio::test]
async fn a_person_is_known_by_number_with_the_primary_verified_address() {
    let setting = Setting::start().await;
    let vouched = setting.vouch(None).await.unwrap();
    assert_eq!(vouched.subject, "583231");
    assert_eq!(vouched.verified_email.as_deref(), Some("ana@example.org"));
    assert_eq!(vouched.name.as_deref(), Some("ana"));
    let hub = setting.hub.lock().unwrap();
    assert!(
        hub.agents
            .iter()
            .all(|agent| agent.starts_with("accession/"))
    );
    for part in [
        "code=a-code",
        "client_id=us",
        "client_secret=hush",
        "code_verifier=",
        "redirect_uri=https%3A%2F%2Fbooks.example%2Fsign-in%2Fgithub",
    ] {
        assert!(hub.form.contains(part), "{part}: {}", hub.form);
    }
}

#[tokio::test]
async fn an_address_that_is_not_both_primary_and_verified_is_not_told() {
    let setting = Setting::start().await;
    setting.hub.lock().unwrap().emails = json!([
        {"email": "other@example.org", "primary": false, "verified": true},
        {"email": "victim@example.org", "primary": true, "verified": false},
    ]);
    assert_eq!(setting.vouch(None).await.unwrap().verified_email, None);
}

#[tokio::test]
async fn a_refusal_in_an_answer_of_200_is_a_refusal() {
    let setting = Setting::start().await;
    let refuse = |error: &str| setting.hub.lock().unwrap().token = json!({"error": error});
    refuse("bad_verification_code");
    assert!(matches!(
        setting.vouch(None).await,
        Err(SignInError::CodeRefused { .. })
    ));
    refuse("incorrect_client_credentials");
    assert!(matches!(
        setting.vouch(None).await,
        Err(SignInError::Misconfigured { .. })
    ));
}

#[tokio::test]
async fn a_token_that_opens_nothing_and_an_answer_that_names_an_issuer_are_refused() {
    let setting = Setting::start().await;
    let named = setting.vouch(Some("https://evil.example")).await;
    assert!(
        matches!(named, Err(SignInError::Untrusted { .. })),
        "{named:?}"
    );
    assert!(
        setting.hub.lock().unwrap().form.is_empty(),
        "the code was not sent"
    );
    setting.hub.lock().unwrap().token = json!({"access_token": "other", "token_type": "bearer"});
    let closed = setting.vouch(None).await;
    assert!(
        matches!(closed, Err(SignInError::Misconfigured { .. })),
        "{closed:?}"
    );
}

#[tokio::test]
async fn the_browser_is_sent_with_state_and_challenge_and_without_a_nonce() {
    let setting = Setting::start().await;
    let github = setting.providers.named("github").unwrap();
    let url = github
        .authorization_url(&setting.web, &secrets(), clock())
        .await
        .unwrap();
    let url = Url::parse(&url).unwrap();
    let value = |name: &str| {
        url.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    assert_eq!(value("state"), Some(secrets().state));
    assert_eq!(value("scope").as_deref(), Some("read:user user:email"));
    assert_eq!(value("code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(value("nonce"), None);
    assert!(!url.as_str().contains(&secrets().verifier));
}
