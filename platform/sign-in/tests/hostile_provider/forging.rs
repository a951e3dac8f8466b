//! The lying provider itself, and the tools by which it forges: keys, signatures, claims.
//!
//! Never lies by default: unchanged, its answers are good, so that each test shows what its one lie does.

use std::sync::{Arc, Mutex};

use accession_sign_in::{
    Answered, AttemptSecrets, ENTROPY, ProviderSettings, Providers, Secret, SignInError,
    SignInSettings, Vouched, Web,
};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Our client's secret there.
pub(crate) const CLIENT_SECRET: &str = "a-client-secret-that-is-no-signing-key";

/// What the provider answers at one address.
#[derive(Clone)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) kind: &'static str,
    pub(crate) body: String,
    pub(crate) location: Option<String>,
}

impl Said {
    pub(crate) fn json(value: &Value) -> Self {
        Self {
            status: 200,
            kind: "application/json",
            body: value.to_string(),
            location: None,
        }
    }
}

pub(crate) struct Answers {
    pub(crate) discovery: Said,
    pub(crate) keys: Said,
    pub(crate) token: Said,
    pub(crate) info: Said,
}

pub(crate) struct Hostile {
    pub(crate) base: String,
    pub(crate) answers: Arc<Mutex<Answers>>,
    providers: Providers,
    web: Web,
}

type Shared = State<Arc<Mutex<Answers>>>;

impl Hostile {
    pub(crate) async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let answers = Arc::new(Mutex::new(Answers {
            discovery: Said::json(&discovery(&base)),
            keys: Said::json(&json!({"keys": [public_jwk()]})),
            token: Said::json(&json!({})),
            info: Said::json(&json!({"sub": "ana"})),
        }));
        let router = Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(|State(all): Shared| async move { say(&all.lock().unwrap().discovery) }),
            )
            .route(
                "/jwks",
                get(|State(all): Shared| async move { say(&all.lock().unwrap().keys) }),
            )
            .route(
                "/token",
                post(|State(all): Shared| async move { say(&all.lock().unwrap().token) }),
            )
            .route(
                "/me",
                get(|State(all): Shared| async move { say(&all.lock().unwrap().info) }),
            )
            .with_state(answers.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let settings = ProviderSettings {
            issuer: Some(base.clone()),
            client_id: Some("us".into()),
            client_secret: Some(Secret::new(CLIENT_SECRET)),
            ..ProviderSettings::default()
        };
        let all = SignInSettings::from([("evil".to_owned(), settings)]);
        Self {
            base,
            answers,
            providers: Providers::new(&all, "https://books.example").unwrap(),
            web: Web::new().unwrap(),
        }
    }

    pub(crate) async fn begin(&self) -> Result<String, SignInError> {
        let evil = self.providers.named("evil").unwrap();
        evil.authorization_url(&self.web, &secrets(), clock()).await
    }

    /// What becomes of an attempt that ends with this token answer.
    pub(crate) async fn vouch_by(&self, token: &Value) -> Result<Vouched, SignInError> {
        self.answers.lock().unwrap().token = Said::json(token);
        self.vouch().await
    }

    pub(crate) async fn vouch(&self) -> Result<Vouched, SignInError> {
        let answered = Answered {
            code: "a-code".into(),
            issuer: None,
        };
        let evil = self.providers.named("evil").unwrap();
        evil.vouch(&self.web, &answered, &secrets(), clock()).await
    }

    /// Good claims, for a test to spoil one of.
    pub(crate) fn claims(&self) -> Value {
        let now = clock().as_second();
        json!({
            "iss": self.base, "aud": "us", "sub": "ana", "nonce": secrets().nonce,
            "iat": now, "exp": now + 300, "email": "ana@example.org", "email_verified": true,
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test is an edge: providers stamp their tokens with the real clock"
)]
fn clock() -> Timestamp {
    Timestamp::now()
}

fn say(said: &Said) -> Response {
    let status = StatusCode::from_u16(said.status).unwrap();
    let mut answer = (
        status,
        [(header::CONTENT_TYPE, said.kind)],
        said.body.clone(),
    )
        .into_response();
    if let Some(location) = &said.location {
        answer
            .headers_mut()
            .insert(header::LOCATION, location.parse().unwrap());
    }
    answer
}

pub(crate) fn discovery(base: &str) -> Value {
    json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/auth"),
        "token_endpoint": format!("{base}/token"),
        "userinfo_endpoint": format!("{base}/me"),
        "jwks_uri": format!("{base}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        // It would have us believe tokens without a signature, and with a secret's.
        "id_token_signing_alg_values_supported": ["none", "HS256", "EdDSA"],
    })
}

pub(crate) fn secrets() -> AttemptSecrets {
    AttemptSecrets::from_entropy(&[9; ENTROPY])
}

pub(crate) fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn public_jwk() -> Value {
    let x = URL_SAFE_NO_PAD.encode(signing_key().verifying_key().to_bytes());
    json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "k1", "alg": "EdDSA", "x": x})
}

/// A token with this header and these claims, signed by `sign` whatever the header says.
pub(crate) fn token(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

pub(crate) fn good_header() -> Value {
    json!({"alg": "EdDSA", "kid": "k1", "typ": "JWT"})
}

/// A token signed with the provider's own key.
pub(crate) fn signed(header: &Value, claims: &Value) -> String {
    token(header, claims, |text| {
        signing_key().sign(text).to_bytes().to_vec()
    })
}

/// A token answer around an ID token.
pub(crate) fn around(id_token: &str) -> Value {
    json!({"access_token": "at", "token_type": "Bearer", "expires_in": 60, "id_token": id_token})
}
