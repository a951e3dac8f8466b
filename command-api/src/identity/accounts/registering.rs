//! Registering: an account comes to be, or the owner of the address hears that somebody tried.
//!
//! Never tells the caller of a taken address from one that is free: both cost a hash, and both are answered alike.

use accession_event_log::{ExecuteError, Given};
use accession_events::ClaimKind;
use accession_events::ids::{AccountId, PasswordId};
use accession_events::values::{EmailIndex, Personal};
use accession_secrets::challenges::ChallengePurpose;
use accession_secrets::passwords::KeptPassword;
use jiff::Timestamp;

use super::{Accounts, AccountsError, VERIFY_WITHIN, subject_of};
use crate::front_desk::{NewAccount, Registered, Vouching};
use crate::identity::account::note_attempt::NoteAttempt;
use crate::identity::account::register::{Proof, Register};
use crate::identity::account::{AccountCommand, AccountError};
use crate::identity::passwords::weakness;

impl Accounts {
    /// Makes an account. A weak password is refused before anything else happens.
    pub async fn register(
        &self,
        new: NewAccount,
        given: &Given,
    ) -> Result<Registered, AccountsError> {
        if let Some((_, password)) = &new.password
            && let Some(weak) = weakness(password, &[new.name.as_str(), new.email.as_str()])
        {
            return Err(AccountsError::Weak(weak));
        }
        let hash = match &new.password {
            Some((_, password)) => Some(self.hashing.hash(password.clone()).await?),
            None => None,
        };
        let index = self.indexer.email(&new.email);
        // Only spares work: the claim decides.
        if let Some(owner) = self.owner_of_index(index).await? {
            return Ok(Registered::Taken { owner });
        }
        let password = match (&new.password, hash) {
            (Some((id, _)), Some(hash)) => {
                let kept = KeptPassword {
                    account: new.id,
                    hash,
                };
                self.passwords.keep(*id, &kept, new.now).await?;
                Some(*id)
            }
            _ => None,
        };
        let account = new.id;
        let command = self.registration(new, index, password).await?;
        let id = account.to_string();
        match self.repository.execute_new(&id, given, &command).await {
            Ok(executed) => {
                if executed.replayed.is_some() {
                    // The first request made another account; what was drawn for this one belongs to nobody.
                    self.forget_secrets(account).await?;
                }
                Ok(Registered::New {
                    account,
                    position: executed.position,
                    version: executed.version,
                })
            }
            // The same request at the same moment was faster: what is kept under this id is that account's own.
            Err(ExecuteError::Refused(AccountError::AlreadyRegistered)) => {
                Ok(Registered::Taken { owner: account })
            }
            Err(error) => {
                self.forget_secrets(account).await?;
                taken(error)
            }
        }
    }

    /// Tells the owner of an address that somebody tried to register with it, once in a while.
    pub async fn note_attempt(
        &self,
        owner: AccountId,
        at: Timestamp,
        given: &Given,
    ) -> Result<(), AccountsError> {
        let command = AccountCommand::NoteAttempt(NoteAttempt { at });
        match self.execute(owner, given, &command).await {
            // It was deleted in this very moment: nobody is left to be told.
            Err(AccountsError::Execute(ExecuteError::Refused(AccountError::Unknown))) | Ok(_) => {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// The command, with everything personal sealed and the challenge of the mail open.
    async fn registration(
        &self,
        new: NewAccount,
        email_index: EmailIndex,
        password: Option<PasswordId>,
    ) -> Result<AccountCommand, AccountsError> {
        let stream = self.repository.stream(&new.id.to_string());
        let sealer = self.sealer.of(subject_of(new.id)).await?;
        let mut identity = None;
        let proof = match new.vouching {
            Vouching::Mail(id) => {
                let expires_at = new
                    .now
                    .saturating_add(VERIFY_WITHIN)
                    .unwrap_or(Timestamp::MAX);
                let purpose = ChallengePurpose::VerifyEmail;
                Proof::Mail(self.open_challenge(id, purpose, new.id, expires_at).await?)
            }
            Vouching::Operator => Proof::Vouched,
            Vouching::Provider {
                identity: found,
                subject,
            } => {
                identity = Some((found, sealer.seal(&stream, "subject", &subject)?));
                Proof::Vouched
            }
            Vouching::None => Proof::None,
        };
        let email: Personal<String> =
            sealer.seal(&stream, "email", &new.email.as_str().to_owned())?;
        Ok(AccountCommand::Register(Box::new(Register {
            email,
            email_index,
            name: sealer.seal(&stream, "name", &new.name)?,
            language: new.language,
            consents: new.consents,
            guardian: new.guardian,
            password,
            proof,
            identity,
            role: new.role,
        })))
    }

    /// Takes back what was kept for an account that did not come to be, or is no more.
    pub(super) async fn forget_secrets(&self, account: AccountId) -> Result<(), AccountsError> {
        Ok(self.belongings.forget(account).await?)
    }
}

/// An address that is somebody's already is no failure: whoever owns it is told.
fn taken(error: ExecuteError<AccountError>) -> Result<Registered, AccountsError> {
    match error {
        ExecuteError::Claimed { key, owner } if key.kind == ClaimKind::EmailIndex => {
            let owner = owner.parse().map_err(|_| AccountError::Unknown)?;
            Ok(Registered::Taken { owner })
        }
        error => Err(error.into()),
    }
}
