//! Whether what somebody agreed to is what is asked now.
//!
//! Never refuses anybody for an old agreement: they are told, and asked by whoever shows them the product.

use accession_events::ids::AccountId;

use super::{Accounts, AccountsError};
use crate::front_desk::Outdated;
use crate::identity::account::AccountError;

impl Accounts {
    /// What of somebody's agreement is not to the versions of now.
    pub async fn outdated_of(&self, account: AccountId) -> Result<Outdated, AccountsError> {
        let account = self.find(account).await?.ok_or(AccountError::Unknown)?;
        Ok(self.options.documents.outdated(&account.consents))
    }
}
