//! Request a verification: mail the question once more whether the address is the person's own.
//!
//! Never keeps two questions open: the newer takes the place of the older. Never floods a mailbox.

use accession_events::identity::AccountEvent;
use jiff::Timestamp;

use super::{AccountError, Challenge, LiveAccount};

/// A new mail with a new token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestVerification {
    /// The token's name and end.
    pub challenge: Challenge,
    /// When.
    pub now: Timestamp,
}

impl RequestVerification {
    pub(super) fn decide(&self, account: &LiveAccount) -> Result<Vec<AccountEvent>, AccountError> {
        if account.verified {
            return Err(AccountError::AlreadyVerified);
        }
        if account.guardian.is_some() || account.questions.is_enough(self.now) {
            return Ok(Vec::new());
        }
        let Challenge { id, expires_at } = self.challenge;
        Ok(vec![AccountEvent::EmailVerificationRequested {
            challenge: id,
            expires_at,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::account::AccountCommand;
    use crate::identity::account::examples::{after, at, challenge, registered, verify};

    #[test]
    fn a_newer_question_makes_the_older_void() {
        let mut given = registered();
        let command = AccountCommand::RequestVerification(RequestVerification {
            challenge: challenge(2, 60),
            now: at(0),
        });
        given.extend(after(&given, &command).unwrap());
        assert_eq!(
            after(&given, &verify(1, at(1))),
            Err(AccountError::ChallengeNotOpen)
        );
        assert!(after(&given, &verify(2, at(1))).is_ok());
    }

    #[test]
    fn an_address_that_is_proven_is_not_asked_about() {
        let mut given = registered();
        given.push(AccountEvent::EmailVerified { challenge: None });
        let command = AccountCommand::RequestVerification(RequestVerification {
            challenge: challenge(2, 60),
            now: at(0),
        });
        assert_eq!(after(&given, &command), Err(AccountError::AlreadyVerified));
    }

    #[test]
    fn a_mailbox_gets_so_many_questions_and_the_newest_stays_good() {
        let mut given = registered();
        let ask = |number, minute| {
            AccountCommand::RequestVerification(RequestVerification {
                challenge: challenge(number, minute + 24 * 60),
                now: at(minute),
            })
        };
        for number in 2..10 {
            given.extend(after(&given, &ask(number, 1)).unwrap());
        }
        // The one of the registration counts.
        assert_eq!(given.len(), registered().len() + 4);
        assert!(after(&given, &verify(5, at(24 * 60))).is_ok());
        assert_eq!(after(&given, &ask(10, 24 * 60 + 1)).unwrap().len(), 1);
    }
}
