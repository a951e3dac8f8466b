//! Note an attempt: somebody tried to register with the address of an account that is there.
//!
//! Never more than once an hour: the event makes a mail, and nobody may be flooded by way of us.

use accession_events::identity::AccountEvent;
use jiff::{SignedDuration, Timestamp};

use super::LiveAccount;

/// How long an attempt stands for those that follow.
const ONCE_IN: SignedDuration = SignedDuration::from_hours(1);

/// Somebody tried to register with the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoteAttempt {
    /// When.
    pub at: Timestamp,
}

impl NoteAttempt {
    pub(super) fn decide(&self, account: &LiveAccount) -> Vec<AccountEvent> {
        let told = account
            .attempted_at
            .is_some_and(|last| self.at.duration_since(last) < ONCE_IN);
        if told || account.disabled {
            return Vec::new();
        }
        vec![AccountEvent::RegistrationAttempted { at: self.at }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::account::AccountCommand;
    use crate::identity::account::examples::{after, at, registered};

    #[test]
    fn the_owner_is_told_once_an_hour() {
        let note = |minute| AccountCommand::NoteAttempt(NoteAttempt { at: at(minute) });
        let mut given = registered();
        let first = after(&given, &note(0)).unwrap();
        assert_eq!(first, [AccountEvent::RegistrationAttempted { at: at(0) }]);
        given.extend(first);
        assert_eq!(after(&given, &note(59)).unwrap(), []);
        assert_eq!(after(&given, &note(60)).unwrap().len(), 1);
    }
}
