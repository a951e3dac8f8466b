//! Attempts to sign in with others that are under way: kept sealed for minutes, taken once, by the browser that began.
//!
//! Never holds what the browser holds: token and cookie are known by their hashes only.

mod postgres;
mod sqlite;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::database::PrivateDatabase;
use crate::error::SecretsError;
use crate::keyring::nonce;
use crate::root_key::{Purpose, RootKey};
use crate::sealed;

/// A SHA-256.
pub type Hash = [u8; 32];

/// What an attempt is found by: both halves are the browser's, and neither alone opens anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptKey {
    /// Of the token that travels with the request.
    pub token: Hash,
    /// Of the cookie of the browser that began.
    pub browser: Hash,
}

/// Where attempts are kept.
#[async_trait]
pub trait SignInAttemptStore: Send + Sync + 'static {
    /// Keeps sealed contents until they are taken or expire. What has expired by `now` is forgotten on the way.
    async fn keep(
        &self,
        key: AttemptKey,
        contents: &[u8],
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), SecretsError>;

    /// The contents under both halves of the key, once: one conditional delete. Of many at the same time one gets them,
    /// and another browser's question neither gets nor spends them.
    async fn take(&self, key: AttemptKey, now: Timestamp) -> Result<Option<Vec<u8>>, SecretsError>;

    /// Forgets what has expired by now. How many there were.
    async fn forget_expired(&self, now: Timestamp) -> Result<u64, SecretsError>;
}

/// What a token is for. One of another purpose finds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptPurpose {
    /// A person is at the provider; the token is the state.
    Authorization,
    /// A person is asked for consent; the token continues.
    Consent,
}

/// Attempts, sealed and opened. Cheap to clone.
#[derive(Clone)]
pub struct SignInAttempts {
    store: Arc<dyn SignInAttemptStore>,
    key: Arc<Hash>,
}

impl SignInAttempts {
    /// The attempts in this database, sealed under this root key.
    #[must_use]
    pub fn new(database: &PrivateDatabase, root: &RootKey) -> Self {
        Self {
            store: open(database),
            key: Arc::new(root.derive(Purpose::SignInState)),
        }
    }

    /// Keeps a value for whoever shows this token in this browser.
    pub async fn keep<T: Serialize + Sync>(
        &self,
        purpose: AttemptPurpose,
        (token, browser): (&str, &str),
        value: &T,
        (now, expires_at): (Timestamp, Timestamp),
    ) -> Result<(), SecretsError> {
        let key = key_of(purpose, token, browser);
        let unusable = || SecretsError::Unusable {
            reason: "an attempt to sign in could not be sealed".into(),
        };
        let plain = serde_json::to_vec(value).map_err(|_| unusable())?;
        let contents = sealed::seal(&self.key, nonce()?, &bound_to(&key), &plain);
        let contents = contents.ok_or_else(unusable)?;
        self.store.keep(key, &contents, now, expires_at).await
    }

    /// The value that was kept for this token in this browser, once.
    pub async fn take<T: DeserializeOwned>(
        &self,
        purpose: AttemptPurpose,
        (token, browser): (&str, &str),
        now: Timestamp,
    ) -> Result<Option<T>, SecretsError> {
        let key = key_of(purpose, token, browser);
        let Some(contents) = self.store.take(key, now).await? else {
            return Ok(None);
        };
        sealed::open(&self.key, &bound_to(&key), &contents)
            .and_then(|plain| serde_json::from_slice(&plain).ok())
            .map(Some)
            .ok_or_else(|| SecretsError::Unusable {
                reason: "an attempt to sign in cannot be opened: its row was changed, or the root key is another".into(),
            })
    }
}

impl fmt::Debug for SignInAttempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInAttempts([redacted])")
    }
}

/// The attempts in this database.
#[must_use]
pub fn open(database: &PrivateDatabase) -> Arc<dyn SignInAttemptStore> {
    match database {
        PrivateDatabase::Postgres(pool) => Arc::new(postgres::PostgresAttempts(pool.clone())),
        PrivateDatabase::Sqlite(pool) => Arc::new(sqlite::SqliteAttempts(pool.clone())),
    }
}

fn key_of(purpose: AttemptPurpose, token: &str, browser: &str) -> AttemptKey {
    let label = match purpose {
        AttemptPurpose::Authorization => "authorization",
        AttemptPurpose::Consent => "consent",
    };
    let hash = |label: &str, text: &str| {
        let mut hasher = Sha256::new();
        hasher.update((label.len() as u64).to_be_bytes());
        hasher.update(label);
        hasher.update(text);
        hasher.finalize().into()
    };
    AttemptKey {
        token: hash(label, token),
        browser: hash("browser", browser),
    }
}

fn bound_to(key: &AttemptKey) -> Vec<u8> {
    [
        b"accession sign-in attempt v1".as_slice(),
        &key.token,
        &key.browser,
    ]
    .concat()
}
