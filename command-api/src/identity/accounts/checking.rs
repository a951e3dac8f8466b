//! Checking a password: at log-in by address, and again before what must not happen behind somebody's back.
//!
//! Never faster for an address that nobody has: a hash of nobody's password is compared instead.

use accession_events::identity::PlatformRole;
use accession_events::ids::{AccountId, PasswordId};
use accession_events::values::EmailAddress;

use super::{Accounts, AccountsError, Outdated};
use crate::identity::account::LiveAccount;
use crate::identity::passwords::{HashingBusy, Match, Password};

/// What the right password opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckedAccount {
    /// Whose password it is.
    pub account: AccountId,
    /// Whether an administrator has shut the person out: tell them, they know the password.
    pub disabled: bool,
    /// Whether the address is known to be the person's own.
    pub verified: bool,
    /// What the person may do on the whole platform.
    pub role: Option<PlatformRole>,
    /// Which of the texts that the person agreed to have another version now.
    pub outdated: Outdated,
}

/// Whether an address and a password belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They do.
    Right(CheckedAccount),
    /// They do not. Whose address it is counts for the lock-out and is never told.
    Wrong {
        /// Whose, if anybody's.
        account: Option<AccountId>,
    },
}

impl Accounts {
    /// Whether this is the password of the account with this address. Costs one hash, whatever there is.
    pub async fn check_password(
        &self,
        address: &EmailAddress,
        password: Password,
    ) -> Result<Verdict, AccountsError> {
        let owner = self.owner_of(address).await?;
        let account = match owner {
            Some(owner) => self.find(owner).await?.map(|account| (owner, account)),
            None => None,
        };
        let kept = account.as_ref().and_then(|(_, account)| account.password);
        let right = self.is_right(kept, password).await?;
        Ok(match account {
            Some((account, state)) if right => Verdict::Right(CheckedAccount {
                account,
                disabled: state.disabled,
                verified: state.verified,
                role: state.role,
                outdated: self.options.documents.outdated(&state.consents),
            }),
            _ => Verdict::Wrong { account: owner },
        })
    }

    /// Makes sure that whoever holds a session also knows the password.
    pub async fn reauthenticate(
        &self,
        id: AccountId,
        password: Password,
    ) -> Result<LiveAccount, AccountsError> {
        let account = self.find(id).await?;
        let kept = account.as_ref().and_then(|account| account.password);
        let right = self.is_right(kept, password).await?;
        account
            .filter(|_| right)
            .ok_or(AccountsError::WrongPassword)
    }

    async fn is_right(
        &self,
        id: Option<PasswordId>,
        password: Password,
    ) -> Result<bool, AccountsError> {
        let kept = match id {
            Some(id) => self.passwords.find(id).await?.map(|kept| (id, kept.hash)),
            None => None,
        };
        let hash = kept.as_ref().map(|(_, hash)| hash.clone());
        let Match { right, outdated } = self.hashing.compare(hash, password.clone()).await?;
        if let (Some((id, former)), true, true) = (kept, right, outdated) {
            self.hash_anew(id, &former, password).await?;
        }
        Ok(right)
    }

    /// The password is at hand once: its hash is made at the present cost. When there is no time, the next log-in does it.
    async fn hash_anew(
        &self,
        id: PasswordId,
        former: &str,
        password: Password,
    ) -> Result<(), AccountsError> {
        match self.hashing.hash(password).await {
            Ok(hash) => {
                self.passwords.rehash(id, former, &hash).await?;
                Ok(())
            }
            Err(HashingBusy::Full { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
