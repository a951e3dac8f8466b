//! Deleting: the account ends, its owner is erased, and everything private that was kept for it goes.
//!
//! Never leaves a half: each step may be repeated, and the event comes first.

use accession_event_log::{Executed, Given};
use accession_events::ids::AccountId;

use super::{Accounts, AccountsError};
use crate::identity::account::{Account, AccountError};
use crate::identity::erasure::{Erase, Erasure, ErasureError};

impl From<ErasureError> for AccountsError {
    fn from(error: ErasureError) -> Self {
        match error {
            // Who deletes their account has one.
            ErasureError::Unknown(_) => AccountError::Unknown.into(),
            ErasureError::Execute(error) => Self::Execute(error),
            ErasureError::Log(error) => Self::Log(error),
            ErasureError::Repository(error) => Self::Repository(error),
        }
    }
}

impl Accounts {
    /// Erases people.
    #[must_use]
    pub const fn erasure(&self) -> &Erasure {
        &self.erasure
    }

    /// Ends an account, destroys its owner's key, and forgets passwords, challenges and pictures. Safe to repeat.
    pub async fn erase(
        &self,
        erase: &Erase,
        given: &Given,
    ) -> Result<Executed<Account>, AccountsError> {
        let executed = self.erasure.erase(erase, given).await?;
        self.forget_secrets(AccountId::new(erase.subject.as_uuid()))
            .await?;
        Ok(executed)
    }
}
