//! What is kept of an account in private tables beside its key: password hashes, open challenges, pictures.
//!
//! Never an account itself: that is the log's.

use std::sync::Arc;

use accession_events::ids::AccountId;
use accession_secrets::avatars::{self, AvatarStore};
use accession_secrets::challenges::{self, ChallengeStore};
use accession_secrets::passwords::{self, PasswordStore};
use accession_secrets::{PrivateDatabase, SecretsError};

/// The private tables of accounts. Cheap to clone.
#[derive(Clone)]
pub struct Belongings {
    passwords: Arc<dyn PasswordStore>,
    challenges: Arc<dyn ChallengeStore>,
    avatars: Arc<dyn AvatarStore>,
}

impl Belongings {
    /// In this database.
    #[must_use]
    pub fn new(database: &PrivateDatabase) -> Self {
        Self {
            passwords: passwords::open(database),
            challenges: challenges::open(database),
            avatars: avatars::open(database),
        }
    }

    /// Forgets what belongs to an account that is no more, or never came to be. Safe to repeat.
    pub async fn forget(&self, account: AccountId) -> Result<(), SecretsError> {
        self.passwords.forget_account(account).await?;
        self.challenges.forget_about(account.as_uuid()).await?;
        self.avatars.forget_all_but(account, None).await?;
        Ok(())
    }
}
