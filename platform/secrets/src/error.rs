//! Why a private table cannot be used: the database is away, or what it holds cannot be used.
//!
//! No message contains a key or anything about a person.

use accession_service::keys::KeyError;

/// Why something private could not be kept or looked up.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The database is away or refuses. Trying again later may help; it never means that something is gone.
    #[error("the private tables: {doing} failed: {source}")]
    Store {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },
    /// What is kept cannot be used; trying again does not help.
    #[error("the private tables: {reason}")]
    Unusable {
        /// What is wrong and what to do.
        reason: String,
    },
    /// The root key is not the one that this database was begun with.
    #[error(
        "this root key is not the one that the private tables were begun with: nothing that is sealed could be opened. Give \
         back the former key (setting root_key or root_key_file, or keys/root.key of the data directory); it is in your \
         backups"
    )]
    WrongRootKey,
    /// A key that cannot be read or made.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl SecretsError {
    /// Whether the same may work later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Store { .. })
    }
}

/// Says what was being done when the database refused.
pub(crate) trait During<T> {
    /// Adds what was being done.
    fn during(self, doing: &'static str) -> Result<T, SecretsError>;
}

impl<T> During<T> for Result<T, sqlx::Error> {
    fn during(self, doing: &'static str) -> Result<T, SecretsError> {
        self.map_err(|source| SecretsError::Store { doing, source })
    }
}
