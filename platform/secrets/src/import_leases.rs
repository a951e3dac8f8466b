//! Who imports from which source at the moment: a lease by the source's name that runs out by itself when its holder dies.
//!
//! Never more than one holder of a source: taking and renewing is one conditional write.

mod postgres;
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use crate::database::PrivateDatabase;
use crate::error::SecretsError;

/// Somebody's word that they import from a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportLease {
    /// From which.
    pub source: String,
    /// Who: an id that the importer has drawn.
    pub holder: Uuid,
    /// What they read.
    pub input: String,
    /// Since when.
    pub taken_at: Timestamp,
    /// It holds until then.
    pub until: Timestamp,
}

/// Where leases are kept.
#[async_trait]
pub trait ImportLeaseStore: Send + Sync + 'static {
    /// Takes the lease, or renews one's own, unless another holds it at `wanted.taken_at`. Answers the lease that holds: one's
    /// own with the time since which it is held, or the other's.
    async fn take(&self, wanted: &ImportLease) -> Result<ImportLease, SecretsError>;

    /// Gives a lease back; nothing happens when it is not the holder's. Whether it was.
    async fn give_back(&self, source: &str, holder: Uuid) -> Result<bool, SecretsError>;
}

/// The leases in this database.
#[must_use]
pub fn open(database: &PrivateDatabase) -> Arc<dyn ImportLeaseStore> {
    match database {
        PrivateDatabase::Postgres(pool) => Arc::new(postgres::PostgresLeases(pool.clone())),
        PrivateDatabase::Sqlite(pool) => Arc::new(sqlite::SqliteLeases(pool.clone())),
    }
}

/// The time of a row.
fn time(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or_default()
}
