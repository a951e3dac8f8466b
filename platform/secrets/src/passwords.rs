//! The port of password hashes. Which of an account's passwords counts is said by the account's own events.
//!
//! Never hashes and never compares: what comes and goes is the text of a hash.

mod postgres;
mod sqlite;

use std::fmt;
use std::sync::Arc;

use accession_events::ids::{AccountId, PasswordId};
use async_trait::async_trait;
use jiff::Timestamp;

use crate::database::PrivateDatabase;
use crate::error::SecretsError;

/// A hash as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptPassword {
    /// Whose it is.
    pub account: AccountId,
    /// Argon2id, in the PHC text form.
    pub hash: String,
}

/// Where password hashes are kept.
#[async_trait]
pub trait PasswordStore: Send + Sync + 'static {
    /// Keeps a new one. It counts once an event names it.
    async fn keep(
        &self,
        id: PasswordId,
        password: &KeptPassword,
        at: Timestamp,
    ) -> Result<(), SecretsError>;

    /// The one with this id.
    async fn find(&self, id: PasswordId) -> Result<Option<KeptPassword>, SecretsError>;

    /// Puts a hash of the same password in the place of another, such as one of greater cost. Whether the former was
    /// still there.
    async fn rehash(&self, id: PasswordId, former: &str, hash: &str) -> Result<bool, SecretsError>;

    /// Forgets one that counts no more, or never came to count.
    async fn forget(&self, id: PasswordId) -> Result<(), SecretsError>;

    /// Forgets all of an account; how many there were.
    async fn forget_account(&self, account: AccountId) -> Result<u64, SecretsError>;
}

/// The password hashes in this database.
#[must_use]
pub fn open(database: &PrivateDatabase) -> Arc<dyn PasswordStore> {
    match database {
        PrivateDatabase::Postgres(pool) => Arc::new(postgres::PostgresPasswords(pool.clone())),
        PrivateDatabase::Sqlite(pool) => Arc::new(sqlite::SqlitePasswords(pool.clone())),
    }
}

impl fmt::Debug for KeptPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeptPassword({}, [redacted])", self.account)
    }
}
