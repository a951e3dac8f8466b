//! Service credentials: how an importer shows who it is, and what it may do.
//!
//! Never keeps a secret: only its SHA-256, and never in an event, because a log cannot forget.

mod kept;
mod postgres;
mod sqlite;

use std::sync::Arc;
use std::time::Duration;

use accession_events::ids::ServiceCredentialId;
use accession_service::access::{
    CREDENTIAL_PREFIX, Caller, CredentialsAway, Scope, ServiceCredentials,
};
use accession_service::keys::{KeyError, random_bytes};
use async_trait::async_trait;
use jiff::Timestamp;
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

pub use kept::{Credential, KeptCredential, Rotated};
pub use postgres::PostgresCredentials;
pub use sqlite::SqliteCredentials;

use kept::{hash, taken_apart};

/// How long a credential that was looked up is taken to be good: a revocation in another process takes effect after that.
const GOOD_FOR: Duration = Duration::from_secs(1);
/// How exact "last used" is, in seconds: one write a minute, not one a request.
const LAST_USED_STEP: i64 = 60;

/// Why credentials cannot be kept or looked up.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The database is away or refuses.
    #[error("service credentials: {doing} failed: {source}")]
    Store {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },
    /// What is kept cannot be read.
    #[error("service credential {id} cannot be read: {reason}")]
    Unreadable {
        /// Which.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No secret could be drawn.
    #[error(transparent)]
    Randomness(#[from] KeyError),
    /// A credential without a name or a scope would be of no use.
    #[error("a service credential needs a name of 1 to 200 characters and at least one scope")]
    Empty,
}

/// Where credentials are kept. Postgres and a small SQLite file do.
#[async_trait]
pub trait CredentialStore: Send + Sync + 'static {
    /// Keeps a new one.
    async fn insert(&self, kept: &KeptCredential) -> Result<(), CredentialError>;

    /// The one with this id.
    async fn find(
        &self,
        id: ServiceCredentialId,
    ) -> Result<Option<KeptCredential>, CredentialError>;

    /// All of them, the oldest first.
    async fn list(&self) -> Result<Vec<Credential>, CredentialError>;

    /// Lets one end then, unless it ends earlier; whether there was one to end.
    async fn end(&self, id: ServiceCredentialId, at: Timestamp) -> Result<bool, CredentialError>;

    /// Notes a use.
    async fn used(&self, id: ServiceCredentialId, at: Timestamp) -> Result<(), CredentialError>;
}

/// Issues and verifies credentials. Cheap to clone.
#[derive(Clone)]
pub struct Credentials {
    store: Arc<dyn CredentialStore>,
    good: Cache<[u8; 32], Arc<Credential>>,
}

impl Credentials {
    /// Credentials that are kept here.
    #[must_use]
    pub fn new(store: Arc<dyn CredentialStore>) -> Self {
        Self {
            store,
            good: Cache::builder()
                .max_capacity(1000)
                .time_to_live(GOOD_FOR)
                .build(),
        }
    }

    /// Makes a credential; its text is told once and never again.
    pub async fn issue(
        &self,
        name: &str,
        scopes: &[Scope],
        now: Timestamp,
    ) -> Result<(ServiceCredentialId, String), CredentialError> {
        let id = ServiceCredentialId::new(Uuid::now_v7());
        let text = self.issue_as(id, name, scopes, now).await?;
        Ok((id, text))
    }

    /// Makes a credential with this new id; its text is told once and never again.
    pub async fn issue_as(
        &self,
        id: ServiceCredentialId,
        name: &str,
        scopes: &[Scope],
        now: Timestamp,
    ) -> Result<String, CredentialError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 200 || scopes.is_empty() {
            return Err(CredentialError::Empty);
        }
        let secret = random_bytes()?;
        let credential = Credential {
            id,
            name: name.to_owned(),
            scopes: scopes.to_vec(),
            created_at: now,
            ends_at: None,
            last_used_at: None,
        };
        self.store
            .insert(&KeptCredential {
                credential,
                secret_hash: hash(&secret),
            })
            .await?;
        Ok(format!(
            "{CREDENTIAL_PREFIX}{}_{}",
            id.as_uuid().as_simple(),
            hex::encode(secret)
        ))
    }

    /// The credential with this text, unless it is unknown or revoked.
    pub async fn verify(
        &self,
        text: &str,
        now: Timestamp,
    ) -> Result<Option<Arc<Credential>>, CredentialError> {
        let digest: [u8; 32] = Sha256::digest(text).into();
        if let Some(good) = self.good.get(&digest) {
            return Ok(Some(good).filter(|good| good.is_good(now)));
        }
        let Some((id, secret)) = taken_apart(text) else {
            return Ok(None);
        };
        let Some(kept) = self.store.find(id).await? else {
            return Ok(None);
        };
        let right = hash(&secret).as_bytes().ct_eq(kept.secret_hash.as_bytes());
        if !bool::from(right) || !kept.credential.is_good(now) {
            return Ok(None);
        }
        self.note_use(&kept.credential, now).await;
        let credential = Arc::new(kept.credential);
        self.good.insert(digest, Arc::clone(&credential));
        Ok(Some(credential))
    }

    /// All credentials, the oldest first, without their secrets.
    pub async fn list(&self) -> Result<Vec<Credential>, CredentialError> {
        self.store.list().await
    }

    /// Revokes a credential; whether there was one to revoke. Here it takes effect at once, in other processes after
    /// at most a second.
    pub async fn revoke(
        &self,
        id: ServiceCredentialId,
        now: Timestamp,
    ) -> Result<bool, CredentialError> {
        self.end(id, now).await
    }

    /// The credential with this id, without its secret.
    pub async fn find(
        &self,
        id: ServiceCredentialId,
    ) -> Result<Option<Credential>, CredentialError> {
        let kept = self.store.find(id).await?;
        Ok(kept.map(|kept| kept.credential))
    }

    /// Lets a credential end then, unless it ends earlier; whether there was one to end.
    pub async fn end(
        &self,
        id: ServiceCredentialId,
        at: Timestamp,
    ) -> Result<bool, CredentialError> {
        let ended = self.store.end(id, at).await?;
        self.good.invalidate_all();
        Ok(ended)
    }

    /// A use that cannot be noted is no reason to turn the caller away.
    async fn note_use(&self, credential: &Credential, now: Timestamp) {
        let last = credential
            .last_used_at
            .map_or(i64::MIN, Timestamp::as_second);
        if now.as_second().saturating_sub(last) < LAST_USED_STEP {
            return;
        }
        if let Err(error) = self.store.used(credential.id, now).await {
            tracing::warn!(%error, "the use of a service credential could not be noted");
        }
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Credentials")
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl ServiceCredentials for Credentials {
    async fn bearer(&self, text: &str, now: Timestamp) -> Result<Option<Caller>, CredentialsAway> {
        let found = self.verify(text, now).await;
        let found = found.map_err(|error| CredentialsAway {
            reason: error.to_string(),
        })?;
        Ok(found.map(|credential| Caller::Service {
            credential_id: credential.id.to_string(),
            scopes: credential.scopes.clone(),
        }))
    }
}

#[cfg(test)]
mod tests;
