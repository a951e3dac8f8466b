//! Changing and resetting passwords: the hash is kept first, then the event makes it count.
//!
//! Never deletes the hash that counts: only the one that an event has just replaced.

use accession_event_log::{ExecuteError, Executed, Given};
use accession_events::ids::{AccountId, ChallengeId, PasswordId, SessionId};
use accession_events::values::EmailAddress;
use accession_secrets::challenges::ChallengePurpose;
use accession_secrets::passwords::KeptPassword;
use jiff::Timestamp;

use super::proving::Mailed;
use super::{Accounts, AccountsError, RESET_WITHIN};
use crate::identity::account::change_password::ChangePassword;
use crate::identity::account::reset_password::{RequestReset, ResetPassword};
use crate::identity::account::{Account, AccountCommand, AccountError, LiveAccount};
use crate::identity::passwords::{Password, weakness};

impl Accounts {
    /// Offers a new password to whoever reads the mailbox of this address. Nothing happens when it is nobody's.
    pub async fn request_reset(
        &self,
        address: &EmailAddress,
        id: ChallengeId,
        now: Timestamp,
        given: &Given,
    ) -> Result<(), AccountsError> {
        let mailed = Mailed {
            purpose: ChallengePurpose::ResetPassword,
            within: RESET_WITHIN,
            command: |challenge, now| AccountCommand::RequestReset(RequestReset { challenge, now }),
            is_enough: |account, now| account.offers.is_enough(now),
        };
        self.mail(address, mailed, id, now, given).await
    }

    /// Takes the new password of whoever has the token.
    pub async fn reset_password(
        &self,
        token: &str,
        new: (PasswordId, Password),
        now: Timestamp,
        given: &Given,
    ) -> Result<Executed<Account>, AccountsError> {
        let (id, challenge) = self
            .answered(token, ChallengePurpose::ResetPassword)
            .await?;
        let account = self.find(id).await?.ok_or(AccountError::ChallengeNotOpen)?;
        // Looked at first, so that a token that is no good costs no hash; the event decides.
        let open = account
            .reset
            .filter(|open| open.id == challenge && now < open.expires_at);
        open.ok_or(AccountError::ChallengeNotOpen)?;
        let password = self.keep_new(id, &account, new, now).await?;
        let command = AccountCommand::ResetPassword(ResetPassword {
            challenge,
            password,
            now,
        });
        let executed = self
            .replace(id, &account, password, given, &command)
            .await?;
        self.challenges.store().forget(challenge).await?;
        Ok(executed)
    }

    /// Takes another password from somebody who knows the present one; `session` goes on.
    pub async fn change_password(
        &self,
        id: AccountId,
        present: Password,
        new: (PasswordId, Password),
        session: Option<SessionId>,
        now: Timestamp,
        given: &Given,
    ) -> Result<Executed<Account>, AccountsError> {
        let account = self.reauthenticate(id, present).await?;
        let password = self.keep_new(id, &account, new, now).await?;
        let command = AccountCommand::ChangePassword(ChangePassword { password, session });
        self.replace(id, &account, password, given, &command).await
    }

    /// Gives a child's account another password; every session of it ends. Never a grown-up's.
    pub async fn choose_childs_password(
        &self,
        id: AccountId,
        new: (PasswordId, Password),
        now: Timestamp,
        given: &Given,
    ) -> Result<Executed<Account>, AccountsError> {
        let account = self.find(id).await?;
        let account = account.filter(|account| account.guardian.is_some());
        let account = account.ok_or(AccountError::Unknown)?;
        let password = self.keep_new(id, &account, new, now).await?;
        let session = None;
        let command = AccountCommand::ChangePassword(ChangePassword { password, session });
        self.replace(id, &account, password, given, &command).await
    }

    async fn keep_new(
        &self,
        account: AccountId,
        state: &LiveAccount,
        (id, password): (PasswordId, Password),
        now: Timestamp,
    ) -> Result<PasswordId, AccountsError> {
        let about = self.known_about(account, state).await?;
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        if let Some(weak) = weakness(&password, &about) {
            return Err(AccountsError::Weak(weak));
        }
        let hash = self.hashing.hash(password).await?;
        self.passwords
            .keep(id, &KeptPassword { account, hash }, now)
            .await?;
        Ok(id)
    }

    async fn replace(
        &self,
        account: AccountId,
        before: &LiveAccount,
        password: PasswordId,
        given: &Given,
        command: &AccountCommand,
    ) -> Result<Executed<Account>, AccountsError> {
        match self.execute(account, given, command).await {
            Ok(executed) => {
                let counts = executed.state.live().ok().and_then(|state| state.password);
                if counts != Some(password) {
                    self.passwords.forget(password).await?;
                } else if let Some(former) = before.password {
                    self.passwords.forget(former).await?;
                }
                Ok(executed)
            }
            // Whether it was written is not known: a hash too many does no harm, one too few locks somebody out.
            Err(error @ AccountsError::Execute(ExecuteError::Repository(_))) => Err(error),
            Err(error) => {
                self.passwords.forget(password).await?;
                Err(error)
            }
        }
    }
}
