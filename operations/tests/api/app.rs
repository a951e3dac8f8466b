//! The routes under test over stores of their own, and a client.
//!
//! Never shares anything between two tests.

use std::sync::Arc;

use accession_event_log::{LogStore, RegisterStore, SqliteLog};
use accession_events::values::AuthorityOrder;
use accession_operations::Operations;
use accession_operations::read_models::ReadModels;
use accession_projector::{Model, all_models};
use accession_read_store::{EmbeddedStore, ReadStore};
use accession_secrets::{PrivateDatabase, view_log};
use accession_service::access::{
    ACCESS_LIFETIME, AccessVerifier, Caller, Claims, CredentialsAway, Gate, Role, Scope,
    ServiceCredentials, access_claims, mint,
};
use accession_service::keys::TokenKey;
use accession_service::views::ViewLog;
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// The credential that opens what operators' services may do.
pub(crate) const OPERATOR: &str = "acc_operator";
/// A good credential for something else.
pub(crate) const IMPORTER: &str = "acc_importer";

/// Two credentials.
struct TwoCredentials;

#[async_trait]
impl ServiceCredentials for TwoCredentials {
    async fn bearer(&self, text: &str, _now: Timestamp) -> Result<Option<Caller>, CredentialsAway> {
        let scope = match text {
            OPERATOR => Scope::Operate,
            IMPORTER => Scope::Import,
            _ => return Ok(None),
        };
        Ok(Some(Caller::Service {
            credential_id: text.to_owned(),
            scopes: vec![scope],
        }))
    }
}

/// The routes over one log and one read store.
pub(crate) struct App {
    pub(crate) router: Router,
    pub(crate) log: Arc<dyn LogStore>,
    pub(crate) register: Arc<dyn RegisterStore>,
    pub(crate) views: Arc<dyn ViewLog>,
    key: TokenKey,
    _folder: TempDir,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) json: Value,
}

impl App {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = EmbeddedStore::open(folder.path().join("read-store")).unwrap();
        Self::over(folder, Some(Arc::new(store))).await
    }

    pub(crate) async fn without_a_read_store() -> Self {
        Self::over(tempfile::tempdir().unwrap(), None).await
    }

    async fn over(folder: TempDir, store: Option<Arc<dyn ReadStore>>) -> Self {
        Self::of(folder, store, all_models(AuthorityOrder::default()), 1).await
    }

    /// Over these read models.
    pub(crate) async fn of(
        folder: TempDir,
        store: Option<Arc<dyn ReadStore>>,
        models: Vec<Model>,
        lanes: u16,
    ) -> Self {
        let log = SqliteLog::open(folder.path().join("log.db")).await.unwrap();
        let register: Arc<dyn RegisterStore> = Arc::new(log);
        let log: Arc<dyn LogStore> = Arc::clone(&register) as Arc<dyn LogStore>;
        let key = TokenKey::from_seed(&[7; 32]).unwrap();
        let gate = Gate::new(
            AccessVerifier::new(vec![key.verifying()]),
            Arc::new(TwoCredentials),
        );
        let read_models = store.map(|store| ReadModels::new(store, models, lanes));
        let private = folder.path().join("private.db");
        let private = PrivateDatabase::open_file(&private).await.unwrap();
        let views = view_log::open(&private);
        Self {
            router: Operations::new(gate, Arc::clone(&log), read_models)
                .with_register(Arc::clone(&register))
                .witnessed_by(Arc::clone(&views))
                .router(),
            views,
            register,
            log,
            key,
            _folder: folder,
        }
    }

    /// A token, with its claims changed.
    pub(crate) fn token(&self, role: Option<Role>, change: impl FnOnce(&mut Claims)) -> String {
        let mut claims = access_claims(
            "ana",
            role,
            uuid::Uuid::from_u128(1).to_string(),
            now(),
            ACCESS_LIFETIME,
        );
        change(&mut claims);
        mint(&self.key, &claims).unwrap()
    }

    pub(crate) fn admin(&self) -> String {
        self.token(Some(Role::Admin), |_| {})
    }

    /// The text of an address that has to answer 200.
    pub(crate) async fn text(&self, path: &str, bearer: &str) -> String {
        let request = Request::builder()
            .uri(path)
            .header("authorization", format!("Bearer {bearer}"))
            .body(Body::empty())
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        bearer: Option<&str>,
        body: Option<&Value>,
    ) -> Answered {
        let mut request = Request::builder()
            .method(method.parse::<Method>().unwrap())
            .uri(path);
        if let Some(bearer) = bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let request = request.body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Answered {
            status,
            json: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answered {
        self.send("POST", path, Some(&self.admin()), Some(body))
            .await
    }

    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.send("GET", path, Some(&self.admin()), None).await
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test is an edge: its tokens are good from now on"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

impl Answered {
    /// Status and code of a problem.
    pub(crate) fn problem(&self) -> (u16, &str) {
        let code = self.json["code"].as_str().unwrap_or("no code");
        (self.status.as_u16(), code)
    }
}
