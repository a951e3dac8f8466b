//! Linking a provider's person to an account, and taking the link away.
//!
//! Never takes away the last way to sign in; the aggregate sees to it.

use accession_event_log::{Executed, Given};
use accession_events::ids::AccountId;
use accession_sign_in::Vouched;

use super::{SignIn, SignInFailure};
use crate::identity::account::link_identity::{LinkIdentity, UnlinkIdentity};
use crate::identity::account::{Account, AccountCommand, AccountError};
use crate::identity::accounts::{AccountsError, subject_of};
use crate::identity::passwords::Password;

impl SignIn {
    /// Makes sure that who links is who knows the password, where there is one: a link is a way in that stays.
    pub async fn prove(
        &self,
        account: AccountId,
        password: Option<Password>,
    ) -> Result<(), SignInFailure> {
        let found = self.accounts.find(account).await?;
        let found = found.ok_or_else(|| AccountsError::from(AccountError::Unknown))?;
        if found.password.is_none() {
            return Ok(());
        }
        let password = password.ok_or(AccountsError::WrongPassword)?;
        self.accounts.reauthenticate(account, password).await?;
        Ok(())
    }

    /// Version and position of the account with the link.
    pub(super) async fn link(
        &self,
        account: AccountId,
        provider: &str,
        vouched: &Vouched,
        given: &Given,
    ) -> Result<(u64, u64), SignInFailure> {
        let stream = self.accounts.repository().stream(&account.to_string());
        let sealed = self
            .accounts
            .sealer()
            .seal(subject_of(account), &stream, "subject", &vouched.subject)
            .await
            .map_err(AccountsError::from)?;
        let command = AccountCommand::LinkIdentity(LinkIdentity {
            identity: self.identity(provider, &vouched.subject)?,
            subject: sealed,
        });
        let executed = self.accounts.execute(account, given, &command).await?;
        Ok((executed.version, executed.position.get()))
    }

    /// Takes away one link to a provider: the oldest, should there be several.
    pub async fn unlink(
        &self,
        account: AccountId,
        provider: &str,
        given: &Given,
    ) -> Result<Executed<Account>, SignInFailure> {
        let found = self.accounts.find(account).await?;
        let found = found.ok_or_else(|| AccountsError::from(AccountError::Unknown))?;
        let mut identities = found.identities.into_iter();
        let identity = identities.find(|identity| identity.provider.as_str() == provider);
        let identity = identity.ok_or_else(|| AccountsError::from(AccountError::NotLinked))?;
        let command = AccountCommand::UnlinkIdentity(UnlinkIdentity { identity });
        Ok(self.accounts.execute(account, given, &command).await?)
    }
}
