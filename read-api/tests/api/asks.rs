//! Asks the API as a client does, without a socket, and reads the answer.
//!
//! Never retries by itself; a test that waits says for what.

use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use accession_read_api::{ReadApi, ReadOptions};
use accession_read_store::ReadStore;
use accession_service::access::{
    ACCESS_LIFETIME, AccessVerifier, Role, Session, access_claims, mint, session_claims,
};
use accession_service::keys::TokenKey;
use accession_service::shutdown::{ShutdownTrigger, shutdown};
use accession_testkit::eventually;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use serde_json::Value;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::given::MemoryViews;

/// Longer than anything takes; a test that waits so long has failed.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// A running read API.
pub(crate) struct App {
    pub(crate) api: ReadApi,
    /// Who looked at whose data.
    pub(crate) views: Arc<MemoryViews>,
    router: Router,
    _stop: ShutdownTrigger,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Got {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A header as text; empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The code of a problem.
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        self.json()["code"].as_str().unwrap().to_owned()
    }

    /// The text of a problem.
    pub(crate) fn detail(&self) -> String {
        self.json()["detail"].as_str().unwrap().to_owned()
    }
}

fn key() -> TokenKey {
    TokenKey::from_seed(&[7; 32]).unwrap()
}

/// An access token as of now.
#[expect(
    clippy::disallowed_methods,
    reason = "the API compares tokens with the clock"
)]
pub(crate) fn token(role: Option<Role>, lifetime: Duration) -> String {
    let claims = access_claims("ana", role, "t1".into(), Timestamp::now(), lifetime);
    mint(&key(), &claims).unwrap()
}

/// An access token of a session of this account, which began at position 2.
#[expect(
    clippy::disallowed_methods,
    reason = "the API compares tokens with the clock"
)]
pub(crate) fn session_token(account: Uuid) -> String {
    let session = Session {
        id: Uuid::from_u128(77),
        account,
        since: 2,
    };
    let claims = session_claims(session, None, "t2".into(), Timestamp::now());
    mint(&key(), &claims).unwrap()
}

impl App {
    /// The API over a store, once it follows the changes.
    pub(crate) async fn over(store: &Arc<dyn ReadStore>) -> Self {
        Self::with(store, &ReadOptions::default()).await
    }

    /// The API with options, once it follows the changes.
    pub(crate) async fn with(store: &Arc<dyn ReadStore>, options: &ReadOptions) -> Self {
        let app = Self::unsettled(store, options);
        eventually(LONG, || async { app.follows() }).await;
        app
    }

    /// The API right after its start.
    pub(crate) fn unsettled(store: &Arc<dyn ReadStore>, options: &ReadOptions) -> Self {
        let (stop, signal) = shutdown();
        let verifier = AccessVerifier::new(vec![key().verifying()]);
        let views = Arc::new(MemoryViews::default());
        let api = ReadApi::start(store.clone(), Some(verifier), options, &signal)
            .witnessed_by(views.clone());
        let (router, _) = api.router().split_for_parts();
        Self {
            api,
            views,
            router,
            _stop: stop,
        }
    }

    /// The routes themselves.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Whether the change feed is followed.
    pub(crate) fn follows(&self) -> bool {
        let parts = self.api.health_parts();
        let feed = parts.iter().find(|part| part.name == "document_changes");
        feed.unwrap().details["connected"] == true
    }

    /// GET.
    pub(crate) async fn get(&self, path: &str) -> Got {
        self.ask(Method::GET, path, &[]).await
    }

    /// GET with headers.
    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Got {
        self.ask(Method::GET, path, headers).await
    }

    /// GET as a curator.
    pub(crate) async fn get_as_curator(&self, path: &str) -> Got {
        let bearer = format!("Bearer {}", token(Some(Role::Curator), ACCESS_LIFETIME));
        self.get_with(path, &[("authorization", &bearer)]).await
    }

    /// GET with this token.
    pub(crate) async fn get_as(&self, path: &str, token: &str) -> Got {
        let bearer = format!("Bearer {token}");
        self.get_with(path, &[("authorization", &bearer)]).await
    }

    /// GET of an answer that contains this position.
    pub(crate) async fn get_at(&self, path: &str, position: Position) -> Got {
        let position = position.to_string();
        self.get_with(path, &[("accession-min-position", &position)])
            .await
    }

    /// Any request without a body.
    pub(crate) async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Got {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Got {
            status: parts.status,
            headers: parts.headers,
            bytes: body.collect().await.unwrap().to_bytes(),
        }
    }
}
