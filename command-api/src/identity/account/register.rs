//! Register: make an account, by its owner, by a parent for a child, or by the operator for the first administrator.
//!
//! Never checks whether the address is free: the event claims it.

use accession_events::identity::{AccountEvent, Consents, ExternalIdentity, PlatformRole};
use accession_events::ids::{AccountId, PasswordId};
use accession_events::values::{EmailIndex, LanguageTag, PersonName, Personal};

use super::{Account, AccountError, Challenge};

/// A new account.
#[derive(Debug, Clone, PartialEq)]
pub struct Register {
    /// Its address, sealed.
    pub email: Personal<String>,
    /// The address's index.
    pub email_index: EmailIndex,
    /// The person's name, sealed.
    pub name: Personal<PersonName>,
    /// Language of pages and mails.
    pub language: LanguageTag,
    /// What the person agreed to.
    pub consents: Consents,
    /// For a child: whose.
    pub guardian: Option<AccountId>,
    /// Names the hash of the password, unless the person signs in by a provider.
    pub password: Option<PasswordId>,
    /// How the address is proven.
    pub proof: Proof,
    /// A provider's identity and its id of the person, sealed.
    pub identity: Option<(ExternalIdentity, Personal<String>)>,
    /// A role on the platform from the beginning: of those whom the operator makes.
    pub role: Option<PlatformRole>,
}

/// How a new account's address is proven to be its owner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// By a mail with this challenge.
    Mail(Challenge),
    /// A provider, or the operator, vouches for it.
    Vouched,
    /// Not at all: a child's account has no mailbox.
    None,
}

impl Register {
    pub(super) fn decide(&self, account: &Account) -> Result<Vec<AccountEvent>, AccountError> {
        if !matches!(account, Account::Absent) {
            return Err(AccountError::AlreadyRegistered);
        }
        let mut events = vec![AccountEvent::AccountRegistered {
            email: self.email.clone(),
            email_index: self.email_index,
            name: self.name.clone(),
            language: self.language,
            consents: self.consents.clone(),
            guardian: self.guardian,
        }];
        events.extend(
            self.password
                .map(|password| AccountEvent::PasswordSet { password }),
        );
        events.extend(
            self.identity
                .clone()
                .map(|(identity, subject)| AccountEvent::ExternalIdentityLinked {
                    identity,
                    subject,
                }),
        );
        events.extend(match self.proof {
            Proof::Mail(Challenge { id, expires_at }) => {
                Some(AccountEvent::EmailVerificationRequested {
                    challenge: id,
                    expires_at,
                })
            }
            Proof::Vouched => Some(AccountEvent::EmailVerified { challenge: None }),
            Proof::None => None,
        });
        events.extend(
            self.role
                .map(|role| AccountEvent::PlatformRoleGranted { role }),
        );
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::account::AccountCommand;
    use crate::identity::account::examples::{after, names, register, registered};

    #[test]
    fn an_account_is_registered_with_its_password_and_a_question_to_its_address() {
        let decided = after(&[], &AccountCommand::Register(Box::new(register()))).unwrap();
        assert_eq!(
            names(&decided),
            [
                "AccountRegistered",
                "PasswordSet",
                "EmailVerificationRequested"
            ]
        );
    }

    #[test]
    fn who_is_vouched_for_is_not_asked() {
        let command = Register {
            proof: Proof::Vouched,
            role: Some(PlatformRole::Admin),
            ..register()
        };
        let decided = after(&[], &AccountCommand::Register(Box::new(command))).unwrap();
        assert_eq!(
            names(&decided),
            [
                "AccountRegistered",
                "PasswordSet",
                "EmailVerified",
                "PlatformRoleGranted"
            ]
        );
    }

    #[test]
    fn an_id_is_registered_once_and_never_again_after_deletion() {
        let command = AccountCommand::Register(Box::new(register()));
        let mut given = registered();
        assert_eq!(
            after(&given, &command),
            Err(AccountError::AlreadyRegistered)
        );
        given.push(AccountEvent::AccountDeleted {
            email_index: register().email_index,
            identities: vec![],
            farewell: None,
        });
        assert_eq!(
            after(&given, &command),
            Err(AccountError::AlreadyRegistered)
        );
    }
}
