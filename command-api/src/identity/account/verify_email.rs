//! Verify the e-mail address: the token that was mailed to it came back.
//!
//! Never twice: the event that takes the answer closes the question.

use accession_events::identity::AccountEvent;
use accession_events::ids::ChallengeId;
use jiff::Timestamp;

use super::state::still_open;
use super::{AccountError, LiveAccount};

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyEmail {
    /// Whose token came back.
    pub challenge: ChallengeId,
    /// When.
    pub now: Timestamp,
}

impl VerifyEmail {
    pub(super) fn decide(&self, account: &LiveAccount) -> Result<Vec<AccountEvent>, AccountError> {
        still_open(account.verification.as_ref(), self.challenge, self.now)?;
        Ok(vec![AccountEvent::EmailVerified {
            challenge: Some(self.challenge),
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::account::examples::{after, at, registered, verify};

    #[test]
    fn the_right_token_in_time_proves_the_address_once() {
        let mut given = registered();
        let decided = after(&given, &verify(1, at(24 * 60 - 1))).unwrap();
        given.extend(decided);
        assert_eq!(
            after(&given, &verify(1, at(1))),
            Err(AccountError::ChallengeNotOpen)
        );
    }

    #[test]
    fn another_token_or_a_late_one_proves_nothing() {
        let given = registered();
        for (number, minute) in [(2, 1), (1, 24 * 60), (1, 100_000)] {
            assert_eq!(
                after(&given, &verify(number, at(minute))),
                Err(AccountError::ChallengeNotOpen)
            );
        }
        assert_eq!(after(&[], &verify(1, at(1))), Err(AccountError::Unknown));
    }
}
