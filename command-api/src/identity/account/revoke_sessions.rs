//! Revoke the sessions: sign out everywhere at once.
//!
//! Never lists them: whatever began before the event's position is void.

use accession_events::identity::{AccountEvent, RevocationReason};
use accession_events::ids::SessionId;

use super::LiveAccount;

/// Sign out everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevokeSessions {
    /// Why.
    pub why: RevocationReason,
    /// The session that goes on.
    pub except: Option<SessionId>,
}

impl RevokeSessions {
    pub(super) fn decide(&self, _account: &LiveAccount) -> Vec<AccountEvent> {
        vec![AccountEvent::SessionsRevoked {
            why: self.why,
            except: self.except,
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::account::AccountCommand;
    use crate::identity::account::examples::{after, disabled, names, registered};

    #[test]
    fn everything_ends_each_time_it_is_asked_for_also_when_disabled() {
        let command = AccountCommand::RevokeSessions(RevokeSessions {
            why: RevocationReason::LoggedOutEverywhere,
            except: None,
        });
        let mut given = registered();
        given.push(disabled());
        given.extend(after(&given, &command).unwrap());
        assert_eq!(
            names(&after(&given, &command).unwrap()),
            ["SessionsRevoked"]
        );
    }
}
