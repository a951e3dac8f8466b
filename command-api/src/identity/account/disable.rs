//! Disable and enable: an administrator shuts a person out and lets them in again.
//!
//! Never leaves a session alive that began before.

use accession_events::identity::{AccountEvent, RevocationReason};
use accession_events::values::{Personal, ShortText};

use super::LiveAccount;

/// Shut the person out.
#[derive(Debug, Clone, PartialEq)]
pub struct Disable {
    /// Why, sealed: it is about the person.
    pub reason: Personal<ShortText>,
}

impl Disable {
    pub(super) fn decide(&self, account: &LiveAccount) -> Vec<AccountEvent> {
        if account.disabled {
            return Vec::new();
        }
        vec![
            AccountEvent::AccountDisabled {
                reason: self.reason.clone(),
            },
            AccountEvent::SessionsRevoked {
                why: RevocationReason::AccountDisabled,
                except: None,
            },
        ]
    }
}

pub(super) fn enable(account: &LiveAccount) -> Vec<AccountEvent> {
    if account.disabled {
        vec![AccountEvent::AccountEnabled {}]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::account::AccountCommand;
    use crate::identity::account::examples::{after, names, registered, sealed};

    #[test]
    fn who_is_disabled_is_signed_out_everywhere_until_enabled_again() {
        let disable = AccountCommand::Disable(Disable { reason: sealed() });
        let mut given = registered();
        assert_eq!(after(&given, &AccountCommand::Enable).unwrap(), []);
        let decided = after(&given, &disable).unwrap();
        assert_eq!(names(&decided), ["AccountDisabled", "SessionsRevoked"]);
        given.extend(decided);
        assert_eq!(after(&given, &disable).unwrap(), []);
        assert_eq!(
            names(&after(&given, &AccountCommand::Enable).unwrap()),
            ["AccountEnabled"]
        );
    }
}
