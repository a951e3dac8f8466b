//! The port of the subjects' keys, as they are kept: wrapped under the root key, or destroyed.
//!
//! Nothing here can unwrap one.

mod postgres;
mod sqlite;

use std::fmt;
use std::sync::Arc;

use accession_events::ids::SubjectId;
use async_trait::async_trait;
use jiff::Timestamp;

use crate::database::PrivateDatabase;
use crate::error::SecretsError;

/// What is kept for a subject.
#[derive(Clone, PartialEq, Eq)]
pub enum KeptKey {
    /// Its key, wrapped under the root key.
    Wrapped(Vec<u8>),
    /// It had one, or might have got one, and was erased: there will never be another.
    Destroyed,
}

/// Where the keys of subjects are kept.
#[async_trait]
pub trait SubjectKeyStore: Send + Sync + 'static {
    /// Keeps this wrapped key unless something is kept for the subject already; answers what is kept then. Of many
    /// calls at the same time one wins and all answer the same.
    async fn create_or_get(
        &self,
        subject: SubjectId,
        wrapped: &[u8],
    ) -> Result<KeptKey, SecretsError>;

    /// What is kept for these subjects, in the order asked for, in one round trip. `None`: never heard of.
    async fn get_many(&self, subjects: &[SubjectId]) -> Result<Vec<Option<KeptKey>>, SecretsError>;

    /// Destroys the key of a subject, whether or not it has one. Whether this call did it, and not an earlier one.
    async fn destroy(&self, subject: SubjectId, at: Timestamp) -> Result<bool, SecretsError>;
}

/// The subjects' keys in this database.
#[must_use]
pub fn open(database: &PrivateDatabase) -> Arc<dyn SubjectKeyStore> {
    match database {
        PrivateDatabase::Postgres(pool) => Arc::new(postgres::PostgresSubjectKeys(pool.clone())),
        PrivateDatabase::Sqlite(pool) => Arc::new(sqlite::SqliteSubjectKeys(pool.clone())),
    }
}

impl KeptKey {
    fn of(wrapped: Option<Vec<u8>>) -> Self {
        wrapped.map_or(Self::Destroyed, Self::Wrapped)
    }
}

impl fmt::Debug for KeptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wrapped(_) => "Wrapped([redacted])",
            Self::Destroyed => "Destroyed",
        })
    }
}
