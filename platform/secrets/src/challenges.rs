//! Challenges: what a person proves by a token that was mailed to them. An event names the challenge; here is by what its
//! token is recognised.
//!
//! The token itself stands nowhere: it is derived from the root key when a mail goes out, and again when it is compared.

mod postgres;
mod sqlite;
mod token;

use std::fmt;
use std::sync::Arc;

use accession_events::ids::ChallengeId;
use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use crate::database::PrivateDatabase;
use crate::error::SecretsError;
use crate::root_key::RootKey;

pub use token::{ChallengeTokens, TokenHash};

/// What a challenge is for. A token of one purpose opens no other. Alphabetical, append-only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChallengePurpose {
    /// Confirms that a new e-mail address is the person's own.
    ChangeEmail,
    /// Confirms that a library is to be taken down.
    DeleteLibrary,
    /// Accepts an invitation to a library.
    Invitation,
    /// Lets whoever reads the mailbox choose a new password.
    ResetPassword,
    /// Proves that an e-mail address is the person's own.
    VerifyEmail,
}

impl ChallengePurpose {
    const ALL: [Self; 5] = [
        Self::ChangeEmail,
        Self::DeleteLibrary,
        Self::Invitation,
        Self::ResetPassword,
        Self::VerifyEmail,
    ];

    /// The form in which it is kept and goes into the token.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChangeEmail => "change_email",
            Self::DeleteLibrary => "delete_library",
            Self::Invitation => "invitation",
            Self::ResetPassword => "reset_password",
            Self::VerifyEmail => "verify_email",
        }
    }

    fn kept(text: &str) -> Result<Self, SecretsError> {
        let found = Self::ALL
            .into_iter()
            .find(|purpose| purpose.as_str() == text);
        found.ok_or_else(|| SecretsError::Unusable {
            reason:
                "a challenge is for a purpose that this version does not know: use the newer one"
                    .into(),
        })
    }
}

/// A challenge as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptChallenge {
    /// Its name in the events.
    pub id: ChallengeId,
    /// What it is for.
    pub purpose: ChallengePurpose,
    /// What it is about: an account, or the library of an invitation.
    pub about: Uuid,
    /// Its token is good until then.
    pub expires_at: Timestamp,
}

/// Where challenges are kept.
#[async_trait]
pub trait ChallengeStore: Send + Sync + 'static {
    /// Keeps one under the hash of its token. The same once more does no harm.
    async fn keep(&self, token: &TokenHash, challenge: &KeptChallenge) -> Result<(), SecretsError>;

    /// The one whose token has this hash.
    async fn find(&self, token: &TokenHash) -> Result<Option<KeptChallenge>, SecretsError>;

    /// Forgets one that was used.
    async fn forget(&self, id: ChallengeId) -> Result<(), SecretsError>;

    /// Forgets all that are about this; how many there were.
    async fn forget_about(&self, about: Uuid) -> Result<u64, SecretsError>;

    /// Forgets what expired before this time; how many there were.
    async fn purge(&self, before: Timestamp) -> Result<u64, SecretsError>;
}

/// Challenges and their tokens. Cheap to clone.
#[derive(Clone)]
pub struct Challenges {
    store: Arc<dyn ChallengeStore>,
    tokens: ChallengeTokens,
}

impl Challenges {
    /// The challenges in this database, with tokens under this root key.
    #[must_use]
    pub fn new(database: &PrivateDatabase, root: &RootKey) -> Self {
        Self {
            store: open(database),
            tokens: ChallengeTokens::new(root),
        }
    }

    /// Keeps a challenge, so that its token is recognised.
    pub async fn keep(&self, challenge: &KeptChallenge) -> Result<(), SecretsError> {
        let token = self.tokens.token(challenge.purpose, challenge.id);
        self.store.keep(&TokenHash::of(&token), challenge).await
    }

    /// The challenge that this token answers, if it is for this purpose. Whether it is still open, its aggregate knows.
    pub async fn answered_by(
        &self,
        token: &str,
        purpose: ChallengePurpose,
    ) -> Result<Option<KeptChallenge>, SecretsError> {
        let found = self.store.find(&TokenHash::of(token)).await?;
        Ok(found.filter(|challenge| challenge.purpose == purpose))
    }

    /// The store, for housekeeping.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn ChallengeStore> {
        &self.store
    }

    /// The tokens, for who mails them.
    #[must_use]
    pub const fn tokens(&self) -> &ChallengeTokens {
        &self.tokens
    }
}

impl fmt::Debug for Challenges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenges([redacted])")
    }
}

/// The challenges in this database.
#[must_use]
pub fn open(database: &PrivateDatabase) -> Arc<dyn ChallengeStore> {
    match database {
        PrivateDatabase::Postgres(pool) => Arc::new(postgres::PostgresChallenges(pool.clone())),
        PrivateDatabase::Sqlite(pool) => Arc::new(sqlite::SqliteChallenges(pool.clone())),
    }
}
