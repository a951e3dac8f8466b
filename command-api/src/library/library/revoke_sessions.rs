//! End what the members of a library do in it, until they select it again.
//!
//! Spares the one who says so, who would lock themselves out.

use accession_events::ids::AccountId;
use accession_events::library::LibraryEvent;

use super::{KnownLibrary, LibraryError};

/// Who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevokeSessions {
    /// Who.
    pub by: AccountId,
}

impl RevokeSessions {
    pub(super) fn decide(self, library: &KnownLibrary) -> Result<Vec<LibraryEvent>, LibraryError> {
        library.admin(self.by)?;
        let members: Vec<AccountId> = library
            .present()
            .filter(|account| *account != self.by)
            .collect();
        if members.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![LibraryEvent::LibrarySessionsRevoked {
            members,
            by: self.by,
        }])
    }
}

#[cfg(test)]
mod tests {
    use accession_events::library::MemberRole;

    use super::super::LibraryCommand;
    use super::super::examples::{account, by_invitation, founded, library};
    use super::*;

    #[test]
    fn everyone_but_the_admin_who_says_so_is_named() {
        let by = account(1);
        library()
            .given([founded(), by_invitation(2, MemberRole::Viewer)].concat())
            .when(LibraryCommand::RevokeSessions(RevokeSessions { by }))
            .then_expect_events(vec![LibraryEvent::LibrarySessionsRevoked {
                members: vec![account(2)],
                by,
            }]);
    }
}
