//! Deleting: the account ends, its owner is erased, and everything private that was kept for it goes.
//!
//! Never leaves a half: each step may be repeated, and the event comes first.

use accession_event_log::{Executed, Given};
use accession_events::ids::AccountId;

use super::{Accounts, AccountsError};
use crate::identity::account::{Account, AccountError};
use crate::identity::erasure::{Erase, Erasure, ErasureError};
use crate::ties::{Ties, TiesError};

impl From<ErasureError> for AccountsError {
    fn from(error: ErasureError) -> Self {
        match error {
            // Who deletes their account has one.
            ErasureError::Unknown(_) => AccountError::Unknown.into(),
            ErasureError::Execute(error) => Self::Execute(error),
            ErasureError::Log(error) => Self::Log(error),
            ErasureError::Repository(error) | ErasureError::Ties(TiesError::Repository(error)) => {
                Self::Repository(error)
            }
            ErasureError::Ties(TiesError::Held(held)) => Self::Held(held),
            ErasureError::Seal(error) => Self::Seal(error),
        }
    }
}

impl Accounts {
    /// Erases people.
    #[must_use]
    pub const fn erasure(&self) -> &Erasure {
        &self.erasure
    }

    /// Ends an account and what holds its owner, destroys their key, and forgets passwords, challenges and pictures. Safe
    /// to repeat. Refuses, and leaves everything as it was, when something could not go on without them.
    pub async fn erase(
        &self,
        erase: &Erase,
        ties: &dyn Ties,
        given: &Given,
    ) -> Result<Executed<Account>, AccountsError> {
        let executed = self.erasure.erase(erase, ties, given).await?;
        self.forget_secrets(AccountId::new(erase.subject.as_uuid()))
            .await?;
        Ok(executed)
    }
}
