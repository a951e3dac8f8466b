//! Change the profile: be shown by another name.
//!
//! Never compares names: they are sealed, and saying the same again does no harm.

use accession_events::identity::AccountEvent;
use accession_events::values::{PersonName, Personal};

use super::LiveAccount;

/// Another name.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeProfile {
    /// The name, sealed.
    pub name: Personal<PersonName>,
}

impl ChangeProfile {
    pub(super) fn decide(&self, _account: &LiveAccount) -> Vec<AccountEvent> {
        vec![AccountEvent::ProfileChanged {
            name: self.name.clone(),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::account::examples::{after, names, registered, sealed};
    use crate::identity::account::{AccountCommand, AccountError};

    #[test]
    fn a_name_is_changed_while_there_is_an_account() {
        let command = AccountCommand::ChangeProfile(ChangeProfile { name: sealed() });
        assert_eq!(
            names(&after(&registered(), &command).unwrap()),
            ["ProfileChanged"]
        );
        assert_eq!(after(&[], &command), Err(AccountError::Unknown));
    }
}
