//! Accounts at the front desk: the little of them that other contexts may ask for.
//!
//! Never decides anything of its own: each answer is a use case of accounts.

use std::time::Duration;

use accession_event_log::Given;
use accession_events::ids::{AccountId, PasswordId};
use accession_events::values::{EmailAddress, EmailIndex, PersonName};
use accession_secrets::challenges::Challenges;
use accession_secrets::{BlindIndexer, Sealer};
use async_trait::async_trait;
use jiff::Timestamp;

use super::{Accounts, AccountsError};
use crate::front_desk::{
    DocumentVersions, FrontDesk, FrontDeskError, NewAccount, Noted, Password, Registered,
};

impl From<AccountsError> for FrontDeskError {
    fn from(error: AccountsError) -> Self {
        Self::new(error)
    }
}

#[async_trait]
impl FrontDesk for Accounts {
    fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    fn indexer(&self) -> &BlindIndexer {
        &self.indexer
    }

    fn challenges(&self) -> &Challenges {
        &self.challenges
    }

    fn answers_after(&self) -> Duration {
        self.options.answers_after
    }

    fn documents(&self) -> &DocumentVersions {
        &self.options.documents
    }

    async fn owner_of(&self, address: &EmailAddress) -> Result<Option<AccountId>, FrontDeskError> {
        Ok(Self::owner_of(self, address).await?)
    }

    async fn proven_address(
        &self,
        account: AccountId,
    ) -> Result<Option<EmailIndex>, FrontDeskError> {
        let found = self.find(account).await?;
        Ok(found
            .filter(|account| account.verified)
            .map(|account| account.email_index))
    }

    async fn name_of(&self, account: AccountId) -> Result<Option<PersonName>, FrontDeskError> {
        let Some(found) = self.find(account).await? else {
            return Ok(None);
        };
        let stream = self.repository.stream(&account.to_string());
        let name = self.sealer.open(&stream, "name", &found.name).await;
        Ok(name.map_err(AccountsError::from)?)
    }

    async fn reauthenticate(
        &self,
        account: AccountId,
        password: Password,
    ) -> Result<(), FrontDeskError> {
        Self::reauthenticate(self, account, password).await?;
        Ok(())
    }

    async fn guardian_of(&self, account: AccountId) -> Result<Option<AccountId>, FrontDeskError> {
        let found = self.find(account).await?;
        Ok(found.and_then(|account| account.guardian))
    }

    async fn choose_childs_password(
        &self,
        child: AccountId,
        new: (PasswordId, Password),
        now: Timestamp,
        given: &Given,
    ) -> Result<Noted, FrontDeskError> {
        let executed = Self::choose_childs_password(self, child, new, now, given).await?;
        Ok(Noted {
            version: executed.version,
            position: executed.position,
            replayed: executed.replayed,
        })
    }

    async fn register(&self, new: NewAccount, given: &Given) -> Result<Registered, FrontDeskError> {
        Ok(Self::register(self, new, given).await?)
    }
}
