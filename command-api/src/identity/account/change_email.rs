//! Change the e-mail address: asked for by somebody who has just proven to know the password, confirmed from the new mailbox.
//!
//! Never claims the new address before it is confirmed: nobody can keep others out of an address that is not theirs.

use accession_events::identity::AccountEvent;
use accession_events::ids::ChallengeId;
use accession_events::values::{EmailIndex, Personal};
use jiff::Timestamp;

use super::state::still_open;
use super::{AccountError, Challenge, LiveAccount};

/// The person wants another address.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestEmailChange {
    /// The new address, sealed.
    pub email: Personal<String>,
    /// Its index.
    pub email_index: EmailIndex,
    /// The token's name and end.
    pub challenge: Challenge,
}

impl RequestEmailChange {
    pub(super) fn decide(&self, account: &LiveAccount) -> Result<Vec<AccountEvent>, AccountError> {
        if account.guardian.is_some() {
            return Err(AccountError::OfAChild);
        }
        if account.email_index == self.email_index {
            return Err(AccountError::SameEmail);
        }
        let Challenge { id, expires_at } = self.challenge;
        Ok(vec![AccountEvent::EmailChangeRequested {
            challenge: id,
            email: self.email.clone(),
            email_index: self.email_index,
            expires_at,
        }])
    }
}

/// The token came back from the new address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfirmEmailChange {
    /// Whose token came back.
    pub challenge: ChallengeId,
    /// When.
    pub now: Timestamp,
}

impl ConfirmEmailChange {
    pub(super) fn decide(&self, account: &LiveAccount) -> Result<Vec<AccountEvent>, AccountError> {
        let pending = account.pending_email.as_ref();
        still_open(
            pending.map(|pending| &pending.challenge),
            self.challenge,
            self.now,
        )?;
        let pending = pending.ok_or(AccountError::ChallengeNotOpen)?;
        Ok(vec![AccountEvent::EmailChanged {
            challenge: self.challenge,
            // The same box: a field of the same name in the same stream may hold it.
            email: pending.email.clone(),
            email_index: pending.email_index,
            former_index: account.email_index,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::account::AccountCommand;
    use crate::identity::account::examples::{
        after, at, challenge, index, register, registered, sealed, verify,
    };
    use accession_events::LoggedEvent as _;
    use accession_events::ids::AccountId;

    fn request(address: u8) -> AccountCommand {
        AccountCommand::RequestEmailChange(RequestEmailChange {
            email: sealed(),
            email_index: index(address),
            challenge: challenge(7, 30),
        })
    }

    fn confirm(number: u128, minute: i64) -> AccountCommand {
        AccountCommand::ConfirmEmailChange(ConfirmEmailChange {
            challenge: challenge(number, 0).id,
            now: at(minute),
        })
    }

    #[test]
    fn a_confirmed_address_is_claimed_and_the_former_released() {
        let mut given = registered();
        let requested = after(&given, &request(9)).unwrap();
        assert!(requested.iter().all(|event| event.claims().is_empty()));
        given.extend(requested);
        let changed = after(&given, &confirm(7, 29)).unwrap();
        assert_eq!(changed[0].claims().len(), 2);
        given.extend(changed);
        assert_eq!(
            after(&given, &confirm(7, 29)),
            Err(AccountError::ChallengeNotOpen)
        );
        // What was mailed to the former address opens nothing any more.
        assert_eq!(
            after(&given, &verify(1, at(1))),
            Err(AccountError::ChallengeNotOpen)
        );
    }

    #[test]
    fn a_late_token_or_one_of_another_purpose_confirms_nothing() {
        let mut given = registered();
        given.extend(after(&given, &request(9)).unwrap());
        for (number, minute) in [(7, 30), (8, 1), (1, 1)] {
            assert_eq!(
                after(&given, &confirm(number, minute)),
                Err(AccountError::ChallengeNotOpen)
            );
        }
    }

    #[test]
    fn a_child_gets_no_mailbox_by_itself() {
        let mut child = register();
        child.guardian = Some(AccountId::new(uuid::Uuid::from_u128(9)));
        let given = after(&[], &AccountCommand::Register(Box::new(child))).unwrap();
        assert_eq!(after(&given, &request(9)), Err(AccountError::OfAChild));
    }

    #[test]
    fn the_address_that_is_there_is_no_change() {
        assert_eq!(
            after(&registered(), &request(1)),
            Err(AccountError::SameEmail)
        );
    }
}
