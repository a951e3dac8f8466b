//! The port of pictures of persons, as they are served: found by the SHA-256 of their bytes, forgotten with their owner.
//!
//! Never looks into a picture: what comes here was decoded and written anew.

mod postgres;
mod sqlite;

use std::sync::Arc;

use accession_events::ids::AccountId;
use accession_events::values::ContentHash;
use async_trait::async_trait;

use crate::database::PrivateDatabase;
use crate::error::SecretsError;

/// Where pictures are kept.
#[async_trait]
pub trait AvatarStore: Send + Sync + 'static {
    /// Keeps an account's picture. The same once more does no harm.
    async fn keep(
        &self,
        account: AccountId,
        sha256: &ContentHash,
        image: &[u8],
    ) -> Result<(), SecretsError>;

    /// The picture with these bytes, whosever it is.
    async fn find(&self, sha256: &ContentHash) -> Result<Option<Vec<u8>>, SecretsError>;

    /// Forgets an account's pictures but this one; how many there were.
    async fn forget_all_but(
        &self,
        account: AccountId,
        kept: Option<&ContentHash>,
    ) -> Result<u64, SecretsError>;
}

/// The pictures in this database.
#[must_use]
pub fn open(database: &PrivateDatabase) -> Arc<dyn AvatarStore> {
    match database {
        PrivateDatabase::Postgres(pool) => Arc::new(postgres::PostgresAvatars(pool.clone())),
        PrivateDatabase::Sqlite(pool) => Arc::new(sqlite::SqliteAvatars(pool.clone())),
    }
}
