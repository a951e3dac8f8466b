//! The application under test, and a client that reads as English.
//!
//! Never shares anything between two tests: each has its own log.

use std::sync::Arc;

use accession_command_api::credentials::{Credentials, SqliteCredentials};
use accession_command_api::identity::accounts::{
    AccountOptions, Accounts, DocumentVersions, Secrets,
};
use accession_command_api::identity::entrance::Entrance;
use accession_command_api::identity::passwords::{Cost, HashingOptions};
use accession_command_api::identity::sessions::{SessionOptions, SessionParts, Sessions};
use accession_command_api::identity::sign_in::SignIn;
use accession_command_api::services::Policy;
use accession_command_api::{CommandApi, CommandOptions, SigningIn};
use accession_event_log::sqlite::SqliteLog;
use accession_event_log::{
    EventLog, LogStore, PostgresLog, PostgresOptions, RepositoryOptions, WriterOptions, migrate,
};
use accession_events::ids::AccountId;
use accession_events::values::{EmailAddress, ShortText, SourceName};
use accession_events::{Position, RecordedEvent};
use accession_secrets::challenges::{ChallengePurpose, Challenges};
use accession_secrets::sign_in_attempts::SignInAttempts;
use accession_secrets::{PrivateDatabase, RootKey, SubjectKeys};
use accession_service::access::cookies::CookieOptions;
use accession_service::access::{
    ACCESS_LIFETIME, AccessVerifier, Claims, Gate, Role, Scope, Session, Standings, access_claims,
    mint, session_claims,
};
use accession_service::keys::TokenKey;
use accession_sign_in::{Fetch, FetchError, ProviderSettings, Providers};
use accession_testkit::{FreshDatabase, Stores, fresh_database};
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::standings::LoggedStandings;

/// One application over one log.
pub(crate) struct App {
    pub(crate) log: EventLog,
    pub(crate) router: Router,
    pub(crate) key: TokenKey,
    pub(crate) credential: String,
    pub(crate) operator_credential: String,
    pub(crate) credentials: Credentials,
    pub(crate) accounts: Accounts,
    _folder: TempDir,
    _database: Option<FreshDatabase>,
}

/// Somebody with an account and a session in it.
pub(crate) struct Person {
    pub(crate) account: AccountId,
    pub(crate) token: String,
}

/// What everybody's password is.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A request in the making.
pub(crate) struct Call<'a> {
    app: &'a App,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl App {
    /// Over SQLite.
    pub(crate) async fn embedded() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteLog::open(folder.path().join("log.db")).await.unwrap();
        Self::over(Arc::new(store), folder, None).await
    }

    /// Over SQLite, with refresh tokens that have no grace.
    pub(crate) async fn without_grace() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteLog::open(folder.path().join("log.db")).await.unwrap();
        let session = SessionOptions {
            grace: jiff::SignedDuration::from_secs(-1),
            ..SessionOptions::default()
        };
        Self::with_sessions(Arc::new(store), folder, None, session).await
    }

    /// Over Postgres.
    pub(crate) async fn on_postgres() -> Self {
        let database = fresh_database(&Stores::shared().postgres_url).await;
        migrate::migrate(database.url()).await.unwrap();
        let store = PostgresLog::connect(database.url(), PostgresOptions::default())
            .await
            .unwrap();
        Self::over(
            Arc::new(store),
            tempfile::tempdir().unwrap(),
            Some(database),
        )
        .await
    }

    /// Over both, one after the other.
    pub(crate) async fn everywhere() -> [Self; 2] {
        [Self::embedded().await, Self::on_postgres().await]
    }

    /// Over any store.
    pub(crate) async fn over(
        store: Arc<dyn LogStore>,
        folder: TempDir,
        database: Option<FreshDatabase>,
    ) -> Self {
        Self::with_sessions(store, folder, database, SessionOptions::default()).await
    }

    /// The same with sessions like these.
    pub(crate) async fn with_sessions(
        store: Arc<dyn LogStore>,
        folder: TempDir,
        database: Option<FreshDatabase>,
        session: SessionOptions,
    ) -> Self {
        let documents = DocumentVersions::default();
        Self::with(store, folder, database, (session, documents)).await
    }

    /// Over SQLite, where people have to agree to these versions.
    pub(crate) async fn asking_for(privacy: &str, terms: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteLog::open(folder.path().join("log.db")).await.unwrap();
        let version = |text| Some(ShortText::parse(text).unwrap());
        let documents = DocumentVersions {
            privacy: version(privacy),
            terms: version(terms),
        };
        let settings = (SessionOptions::default(), documents);
        Self::with(Arc::new(store), folder, None, settings).await
    }

    async fn with(
        store: Arc<dyn LogStore>,
        folder: TempDir,
        database: Option<FreshDatabase>,
        (session, documents): (SessionOptions, DocumentVersions),
    ) -> Self {
        let log = EventLog::start(store, WriterOptions::default());
        let key = TokenKey::from_seed(&[7; 32]).unwrap();
        let verifier = AccessVerifier::new(vec![key.verifying()]);
        let private = PrivateDatabase::open_file(&folder.path().join("private.db")).await;
        let private = private.unwrap();
        let PrivateDatabase::Sqlite(pool) = private.clone() else {
            panic!("a file is SQLite")
        };
        let accounts = accounts(&log, private.clone(), documents);
        let standings: Arc<dyn Standings> = Arc::new(LoggedStandings {
            log: log.store().clone(),
        });
        let root = RootKey::from_bytes([9; 32]);
        let kept = match &database {
            Some(database) => PrivateDatabase::postgres(database.url(), 8).unwrap(),
            None => private.clone(),
        };
        let parts = SessionParts {
            keys: SubjectKeys::new(&kept, &root),
            database: kept.clone(),
            token_key: key.clone(),
            standings: standings.clone(),
            root,
        };
        let signing_in = SigningIn {
            accounts: accounts.clone(),
            sessions: Sessions::new(&log, &parts, RepositoryOptions::default(), session),
            entrance: Entrance::new(&kept, &parts.root, CookieOptions { secure: true }),
            sign_in: Some(sign_in(&accounts, &kept, &parts.root)),
        };
        let credentials = Credentials::new(Arc::new(SqliteCredentials::new(pool)));
        let (_, credential) = credentials
            .issue("importer", &[Scope::Import], now())
            .await
            .unwrap();
        let (_, operator_credential) = credentials
            .issue("operator", &[Scope::Operate], now())
            .await
            .unwrap();
        let primary = SourceName::parse("national-library").unwrap();
        let policy = Policy {
            primary_sources: vec![primary],
            ..Policy::default()
        };
        let options = CommandOptions {
            policy,
            ..CommandOptions::default()
        };
        let gate = Gate::new(verifier, Arc::new(credentials.clone())).knowing(standings);
        let leases = accession_secrets::import_leases::open(&kept);
        let api = CommandApi::new(
            log.clone(),
            gate,
            credentials.clone(),
            signing_in,
            leases,
            options,
        );
        let router = api
            .router()
            .fallback(accession_command_api::router::no_such_route);
        Self {
            log,
            router,
            key,
            credential,
            operator_credential,
            credentials,
            accounts,
            _folder: folder,
            _database: database,
        }
    }

    /// Somebody with an account and a session in it.
    pub(crate) async fn sign_up(&self, name: &str) -> Person {
        let email = format!("{name}@example.org");
        self.register(&email).send().await.created_nothing();
        self.person(&email).await
    }

    /// A registration with a good password.
    pub(crate) fn register(&self, email: &str) -> Call<'_> {
        self.post("/api/v1/auth/register").json(&serde_json::json!({
            "email": email, "password": PASSWORD, "name": "Ana Petrović", "language": "en",
            "accepted_privacy_version": "1", "accepted_terms_version": "1"
        }))
    }

    /// Whoever has this address, with a session of their account.
    pub(crate) async fn person(&self, email: &str) -> Person {
        let address = EmailAddress::parse(email).unwrap();
        let account = self.accounts.owner_of(&address).await.unwrap().unwrap();
        let since = self.log.store().head().await.unwrap().get();
        let session = Session {
            id: uuid::Uuid::now_v7(),
            account: account.as_uuid(),
            since,
        };
        let claims = session_claims(session, None, "t1".into(), now());
        Person {
            account,
            token: mint(&self.key, &claims).unwrap(),
        }
    }

    /// The last event with this name, as its fields.
    pub(crate) async fn last(&self, name: &str) -> Value {
        let events = self.events().await;
        let found = events.iter().rfind(|event| &*event.event_type == name);
        let payload: Value = serde_json::from_str(&found.unwrap().payload).unwrap();
        payload[name].clone()
    }

    /// The token that the mail for this challenge would carry.
    pub(crate) fn token_of(&self, purpose: ChallengePurpose, challenge: &str) -> String {
        let challenges: &Challenges = self.accounts.challenges();
        challenges
            .tokens()
            .token(purpose, challenge.parse().unwrap())
    }

    pub(crate) fn post(&self, path: impl Into<String>) -> Call<'_> {
        self.call(Method::POST, path)
    }

    pub(crate) fn put(&self, path: impl Into<String>) -> Call<'_> {
        self.call(Method::PUT, path)
    }

    pub(crate) fn patch(&self, path: impl Into<String>) -> Call<'_> {
        self.call(Method::PATCH, path)
    }

    pub(crate) fn delete(&self, path: impl Into<String>) -> Call<'_> {
        self.call(Method::DELETE, path)
    }

    pub(crate) fn get(&self, path: impl Into<String>) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub(crate) fn call(&self, method: Method, path: impl Into<String>) -> Call<'_> {
        Call {
            app: self,
            method,
            path: path.into(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// An access token with these changes.
    pub(crate) fn token(&self, role: Option<Role>, change: impl FnOnce(&mut Claims)) -> String {
        let mut claims = access_claims("ana", role, "t1".into(), now(), ACCESS_LIFETIME);
        change(&mut claims);
        mint(&self.key, &claims).unwrap()
    }

    /// Everything in the log.
    pub(crate) async fn events(&self) -> Vec<RecordedEvent> {
        self.log
            .store()
            .read_feed(Position::START, 100_000)
            .await
            .unwrap()
    }

    /// The names of everything in the log.
    pub(crate) async fn event_names(&self) -> Vec<String> {
        self.events()
            .await
            .iter()
            .map(|event| event.event_type.to_string())
            .collect()
    }

    /// A book by a curator; its id.
    pub(crate) async fn book(&self, name: &str) -> String {
        let body = serde_json::json!({ "kind": "book", "name": name });
        self.post("/api/v1/titles")
            .by_curator()
            .json(&body)
            .send()
            .await
            .created()
    }

    /// An episode of a title by a curator; its id.
    pub(crate) async fn episode(&self, title: &str, number: u32) -> String {
        let body = serde_json::json!({ "title_id": title, "number": number });
        self.post("/api/v1/episodes")
            .by_curator()
            .json(&body)
            .send()
            .await
            .created()
    }

    /// A batch as an importer sends it; its results.
    pub(crate) async fn import(&self, what: &str, items: Value) -> Vec<Value> {
        let body = serde_json::json!({ "items": items });
        let path = format!("/api/v1/internal/import/{what}:batch");
        let answered = self.post(path).by_importer().json(&body).send().await.ok();
        answered.json()["results"].as_array().unwrap().clone()
    }
}

impl Call<'_> {
    pub(crate) fn by_curator(self) -> Self {
        let token = self.app.token(Some(Role::Curator), |_| {});
        self.bearer(&token)
    }

    pub(crate) fn by_admin(self) -> Self {
        let token = self.app.token(Some(Role::Admin), |_| {});
        self.bearer(&token)
    }

    pub(crate) fn by_importer(self) -> Self {
        let credential = self.app.credential.clone();
        self.bearer(&credential)
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub(crate) fn if_match(self, version: &str) -> Self {
        self.header("if-match", version)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.text(body.to_string())
            .header("content-type", "application/json")
    }

    pub(crate) fn text(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) async fn send(self) -> Answered {
        let (status, headers, bytes) = self.send_bytes().await;
        Answered {
            status,
            headers,
            text: String::from_utf8(bytes).unwrap(),
        }
    }

    pub(crate) async fn send_bytes(self) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(self.body)).unwrap();
        let response = self.app.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status, parts.headers, bytes.to_vec())
    }
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Status and code: what a problem is.
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{self:?}"
        );
        (self.status.as_u16(), self.code())
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.status, StatusCode::OK, "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn created_nothing(self) -> Self {
        assert_eq!(self.status, StatusCode::CREATED, "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn created(self) -> String {
        assert_eq!(self.status, StatusCode::CREATED, "{self:?}");
        self.json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn version(&self) -> u64 {
        self.json()["version"].as_u64().unwrap()
    }

    pub(crate) fn position(&self) -> u64 {
        self.header("accession-position").parse().unwrap()
    }

    /// The codes of the fields at fault.
    pub(crate) fn faults(&self) -> Vec<(String, String)> {
        let errors = self.json()["errors"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let text = |error: &Value, key: &str| error[key].as_str().unwrap().to_owned();
        errors
            .iter()
            .map(|error| (text(error, "field"), text(error, "code")))
            .collect()
    }
}

/// Accounts whose passwords cost little.
/// Nobody is reached.
struct NoWeb;

#[async_trait::async_trait]
impl Fetch for NoWeb {
    async fn fetch(&self, _: Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, FetchError> {
        let reason = "there is no web here".to_owned();
        Err(FetchError::Away { reason })
    }
}

/// Signing in with a provider that nobody reaches: what is wrong with a request is known before it is asked.
fn sign_in(accounts: &Accounts, database: &PrivateDatabase, root: &RootKey) -> SignIn {
    let work = ProviderSettings {
        issuer: Some("http://127.0.0.1:9".into()),
        client_id: Some("accession".into()),
        ..ProviderSettings::default()
    };
    let settings = std::iter::once(("work".to_owned(), work)).collect();
    let url = "https://books.example";
    let providers = Providers::new(&settings, url).unwrap();
    let attempts = SignInAttempts::new(database, root);
    SignIn::new(accounts.clone(), attempts, providers, Arc::new(NoWeb), url)
}

fn accounts(log: &EventLog, database: PrivateDatabase, documents: DocumentVersions) -> Accounts {
    let root = RootKey::from_bytes([9; 32]);
    let keys = SubjectKeys::new(&database, &root);
    let secrets = Secrets {
        database,
        root,
        keys,
    };
    let options = AccountOptions {
        documents,
        hashing: HashingOptions {
            threads: 2,
            waiting: 256,
            cost: Cost {
                memory_kib: 64,
                passes: 1,
            },
        },
        answers_after: std::time::Duration::ZERO,
    };
    Accounts::new(log, &secrets, RepositoryOptions::default(), options).unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test is an edge: tokens are checked against the real clock"
)]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// An id that nobody has.
pub(crate) const NOBODY: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c";
