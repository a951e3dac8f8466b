//! Set the role: what a person may do on the whole platform.
//!
//! Never keeps two roles: a greater one includes the lesser.

use accession_events::identity::{AccountEvent, PlatformRole};

use super::LiveAccount;

/// A role, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetRole {
    /// What the person may do from now on.
    pub role: Option<PlatformRole>,
}

impl SetRole {
    pub(super) fn decide(self, account: &LiveAccount) -> Vec<AccountEvent> {
        match (account.role, self.role) {
            (had, wanted) if had == wanted => Vec::new(),
            (_, Some(role)) => vec![AccountEvent::PlatformRoleGranted { role }],
            (Some(role), None) => vec![AccountEvent::PlatformRoleRevoked { role }],
            (None, None) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::account::AccountCommand;
    use crate::identity::account::examples::{after, registered};

    #[test]
    fn a_role_takes_the_place_of_the_former_and_can_be_taken_away() {
        let set = |role| AccountCommand::SetRole(SetRole { role });
        let (curator, admin) = (PlatformRole::Curator, PlatformRole::Admin);
        let mut given = registered();
        assert_eq!(after(&given, &set(None)).unwrap(), []);
        for role in [curator, admin] {
            let decided = after(&given, &set(Some(role))).unwrap();
            assert_eq!(decided, [AccountEvent::PlatformRoleGranted { role }]);
            given.extend(decided);
            assert_eq!(after(&given, &set(Some(role))).unwrap(), []);
        }
        assert_eq!(
            after(&given, &set(None)).unwrap(),
            [AccountEvent::PlatformRoleRevoked { role: admin }]
        );
    }
}
