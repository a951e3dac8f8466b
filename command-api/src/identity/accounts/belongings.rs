//! What is kept of an account in private tables beside its key: password hashes, open challenges, pictures, links of
//! calendars.
//!
//! Never an account itself: that is the log's.

use std::sync::Arc;

use accession_events::ids::AccountId;
use accession_secrets::avatars::{self, AvatarStore};
use accession_secrets::calendar_links::{self, CalendarLinks};
use accession_secrets::challenges::{self, ChallengeStore};
use accession_secrets::passwords::{self, PasswordStore};
use accession_secrets::{PrivateDatabase, SecretsError};

use super::Accounts;

/// The private tables of accounts. Cheap to clone.
#[derive(Clone)]
pub struct Belongings {
    passwords: Arc<dyn PasswordStore>,
    challenges: Arc<dyn ChallengeStore>,
    avatars: Arc<dyn AvatarStore>,
    calendar_links: Arc<dyn CalendarLinks>,
}

impl Belongings {
    /// In this database.
    #[must_use]
    pub fn new(database: &PrivateDatabase) -> Self {
        Self {
            passwords: passwords::open(database),
            challenges: challenges::open(database),
            avatars: avatars::open(database),
            calendar_links: calendar_links::open(database),
        }
    }

    /// Forgets what belongs to an account that is no more, or never came to be. Safe to repeat.
    pub async fn forget(&self, account: AccountId) -> Result<(), SecretsError> {
        self.passwords.forget_account(account).await?;
        self.challenges.forget_about(account.as_uuid()).await?;
        self.avatars.forget_all_but(account, None).await?;
        self.calendar_links.forget(account).await?;
        Ok(())
    }
}

impl Accounts {
    /// The pictures.
    #[must_use]
    pub fn avatars(&self) -> &Arc<dyn AvatarStore> {
        &self.belongings.avatars
    }

    /// The links of calendars.
    #[must_use]
    pub fn calendar_links(&self) -> &Arc<dyn CalendarLinks> {
        &self.belongings.calendar_links
    }
}
