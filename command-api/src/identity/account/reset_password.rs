//! Reset the password: whoever reads the mailbox may choose a new one, once, within minutes.
//!
//! Never leaves a session alive, and proves the address on the way.

use accession_events::identity::{AccountEvent, RevocationReason};
use accession_events::ids::{ChallengeId, PasswordId};
use jiff::Timestamp;

use super::state::still_open;
use super::{AccountError, Challenge, LiveAccount};

/// Somebody who knows the address asks for a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestReset {
    /// The token's name and end.
    pub challenge: Challenge,
    /// When.
    pub now: Timestamp,
}

impl RequestReset {
    pub(super) fn decide(&self, account: &LiveAccount) -> Vec<AccountEvent> {
        if account.offers.is_enough(self.now) {
            return Vec::new();
        }
        // A child's account has no mailbox: the mail goes to whoever answers for it.
        let Challenge { id, expires_at } = self.challenge;
        vec![AccountEvent::PasswordResetRequested {
            challenge: id,
            expires_at,
        }]
    }
}

/// The token came back with a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResetPassword {
    /// Whose token came back.
    pub challenge: ChallengeId,
    /// Names the hash of the new password.
    pub password: PasswordId,
    /// When.
    pub now: Timestamp,
}

impl ResetPassword {
    pub(super) fn decide(&self, account: &LiveAccount) -> Result<Vec<AccountEvent>, AccountError> {
        still_open(account.reset.as_ref(), self.challenge, self.now)?;
        // Of a child it proves the grown-up's mailbox, and there is nothing to prove of its own.
        let is_a_proof = !account.verified && account.guardian.is_none();
        let proven = is_a_proof.then_some(AccountEvent::EmailVerified {
            challenge: Some(self.challenge),
        });
        let reset = AccountEvent::PasswordReset {
            challenge: self.challenge,
            password: self.password,
        };
        let revoked = AccountEvent::SessionsRevoked {
            why: RevocationReason::PasswordReset,
            except: None,
        };
        Ok([Some(reset), proven, Some(revoked)]
            .into_iter()
            .flatten()
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::account::AccountCommand;
    use crate::identity::account::change_email::ConfirmEmailChange;
    use crate::identity::account::examples::{
        after, at, challenge, index, names, password, register, registered, sealed,
    };
    use crate::identity::account::register::Proof;
    use accession_events::ids::AccountId;

    fn request() -> AccountCommand {
        AccountCommand::RequestReset(RequestReset {
            challenge: challenge(5, 15),
            now: at(0),
        })
    }

    fn reset(number: u128, minute: i64) -> AccountCommand {
        AccountCommand::ResetPassword(ResetPassword {
            challenge: challenge(number, 0).id,
            password: password(2),
            now: at(minute),
        })
    }

    #[test]
    fn a_reset_sets_the_password_proves_the_address_and_ends_all_sessions() {
        let mut given = registered();
        given.extend(after(&given, &request()).unwrap());
        let decided = after(&given, &reset(5, 14)).unwrap();
        assert_eq!(
            names(&decided),
            ["PasswordReset", "EmailVerified", "SessionsRevoked"]
        );
        given.extend(decided);
        assert_eq!(
            after(&given, &reset(5, 14)),
            Err(AccountError::ChallengeNotOpen)
        );
    }

    #[test]
    fn a_reset_makes_a_change_of_address_void_that_somebody_else_may_have_begun() {
        let mut given = registered();
        given.push(AccountEvent::EmailChangeRequested {
            challenge: challenge(9, 30).id,
            email: sealed(),
            email_index: index(2),
            expires_at: at(30),
        });
        given.extend(after(&given, &request()).unwrap());
        given.extend(after(&given, &reset(5, 14)).unwrap());
        let confirm = AccountCommand::ConfirmEmailChange(ConfirmEmailChange {
            challenge: challenge(9, 30).id,
            now: at(15),
        });
        assert_eq!(after(&given, &confirm), Err(AccountError::ChallengeNotOpen));
    }

    #[test]
    fn a_mailbox_gets_so_many_offers_and_the_newest_stays_good() {
        let ask = |number, minute| {
            AccountCommand::RequestReset(RequestReset {
                challenge: challenge(number, minute + 15),
                now: at(minute),
            })
        };
        let mut given = registered();
        for number in 5..15 {
            given.extend(after(&given, &ask(number, 0)).unwrap());
        }
        assert_eq!(given.len(), registered().len() + 5);
        assert!(after(&given, &reset(9, 14)).is_ok());
        assert_eq!(after(&given, &ask(15, 15)).unwrap().len(), 1);
    }

    #[test]
    fn a_childs_password_is_reset_by_the_grown_ups_mail_which_proves_no_address_of_the_child() {
        let mut child = register();
        child.guardian = Some(AccountId::new(uuid::Uuid::from_u128(9)));
        child.proof = Proof::None;
        let mut given = after(&[], &AccountCommand::Register(Box::new(child))).unwrap();
        given.extend(after(&given, &request()).unwrap());
        let decided = after(&given, &reset(5, 14)).unwrap();
        assert_eq!(names(&decided), ["PasswordReset", "SessionsRevoked"]);
    }

    #[test]
    fn a_late_or_foreign_token_resets_nothing() {
        let mut given = registered();
        given.extend(after(&given, &request()).unwrap());
        // 1 is the open question about the address: a token of one purpose opens no other.
        for (number, minute) in [(5, 15), (6, 1), (1, 1)] {
            assert_eq!(
                after(&given, &reset(number, minute)),
                Err(AccountError::ChallengeNotOpen)
            );
        }
    }

    #[test]
    fn a_password_that_was_changed_meanwhile_makes_the_offer_void() {
        let mut given = registered();
        given.extend(after(&given, &request()).unwrap());
        given.push(AccountEvent::PasswordChanged {
            password: password(3),
        });
        assert_eq!(
            after(&given, &reset(5, 1)),
            Err(AccountError::ChallengeNotOpen)
        );
    }
}
