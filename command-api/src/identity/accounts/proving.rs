//! Proving addresses: that the one given at registration, or another one later, is the person's own.
//!
//! Never tells whether an address is somebody's: a question is asked by mail or not at all.

use accession_event_log::{ExecuteError, Executed, Given};
use accession_events::ids::{AccountId, ChallengeId};
use accession_events::values::EmailAddress;
use accession_secrets::challenges::ChallengePurpose;
use jiff::{SignedDuration, Timestamp};

use super::{Accounts, AccountsError, CHANGE_EMAIL_WITHIN, VERIFY_WITHIN, subject_of};
use crate::identity::account::change_email::{ConfirmEmailChange, RequestEmailChange};
use crate::identity::account::request_verification::RequestVerification;
use crate::identity::account::verify_email::VerifyEmail;
use crate::identity::account::{Account, AccountCommand, Challenge, LiveAccount};
use crate::identity::passwords::Password;

/// What is mailed to whoever has an address, whoever asks for it.
pub(super) struct Mailed {
    /// What the token in the mail is good for.
    pub(super) purpose: ChallengePurpose,
    /// And for how long.
    pub(super) within: SignedDuration,
    /// What the account is told.
    pub(super) command: fn(Challenge, Timestamp) -> AccountCommand,
    /// Whether there are mails enough whose links are good.
    pub(super) is_enough: fn(&LiveAccount, Timestamp) -> bool,
}

impl Accounts {
    /// Asks once more whether an address is its account's own. Nothing happens when it is nobody's, or proven.
    pub async fn request_verification(
        &self,
        address: &EmailAddress,
        id: ChallengeId,
        now: Timestamp,
        given: &Given,
    ) -> Result<(), AccountsError> {
        let mailed = Mailed {
            purpose: ChallengePurpose::VerifyEmail,
            within: VERIFY_WITHIN,
            command: |challenge, now| {
                AccountCommand::RequestVerification(RequestVerification { challenge, now })
            },
            is_enough: |account, now| account.questions.is_enough(now),
        };
        self.mail(address, mailed, id, now, given).await
    }

    /// Opens a challenge for the account that has this address, and has it mailed. Whoever asks learns neither whether there
    /// is one, nor that it is disabled, gone, or needs nothing.
    pub(super) async fn mail(
        &self,
        address: &EmailAddress,
        mailed: Mailed,
        id: ChallengeId,
        now: Timestamp,
        given: &Given,
    ) -> Result<(), AccountsError> {
        let Some(owner) = self.owner_of(address).await? else {
            return Ok(());
        };
        // Spares a row that nobody would ever ask for; the aggregate decides.
        let account = self.find(owner).await?;
        if account.is_none_or(|account| (mailed.is_enough)(&account, now)) {
            return Ok(());
        }
        let expires_at = now.saturating_add(mailed.within).unwrap_or(Timestamp::MAX);
        let challenge = self
            .open_challenge(id, mailed.purpose, owner, expires_at)
            .await?;
        let command = (mailed.command)(challenge, now);
        match self.execute(owner, given, &command).await {
            Ok(_) | Err(AccountsError::Execute(ExecuteError::Refused(_))) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes the answer to the question.
    pub async fn verify_email(
        &self,
        (id, challenge): (AccountId, ChallengeId),
        now: Timestamp,
        given: &Given,
    ) -> Result<Executed<Account>, AccountsError> {
        let command = AccountCommand::VerifyEmail(VerifyEmail { challenge, now });
        let executed = self.execute(id, given, &command).await?;
        self.challenges.store().forget(challenge).await?;
        Ok(executed)
    }

    /// Asks the new address of somebody who knows the password whether it is theirs.
    pub async fn request_email_change(
        &self,
        id: AccountId,
        password: Password,
        address: &EmailAddress,
        challenge: ChallengeId,
        now: Timestamp,
        given: &Given,
    ) -> Result<Executed<Account>, AccountsError> {
        self.reauthenticate(id, password).await?;
        let expires_at = now
            .saturating_add(CHANGE_EMAIL_WITHIN)
            .unwrap_or(Timestamp::MAX);
        let purpose = ChallengePurpose::ChangeEmail;
        let challenge = self
            .open_challenge(challenge, purpose, id, expires_at)
            .await?;
        let stream = self.repository.stream(&id.to_string());
        let text = address.as_str().to_owned();
        let command = AccountCommand::RequestEmailChange(RequestEmailChange {
            email: self
                .sealer
                .seal(subject_of(id), &stream, "email", &text)
                .await?,
            email_index: self.indexer.email(address),
            challenge,
        });
        self.execute(id, given, &command).await
    }

    /// Takes the answer of the new address.
    pub async fn confirm_email_change(
        &self,
        (id, challenge): (AccountId, ChallengeId),
        now: Timestamp,
        given: &Given,
    ) -> Result<Executed<Account>, AccountsError> {
        let command = AccountCommand::ConfirmEmailChange(ConfirmEmailChange { challenge, now });
        let executed = self.execute(id, given, &command).await?;
        self.challenges.store().forget(challenge).await?;
        Ok(executed)
    }
}
