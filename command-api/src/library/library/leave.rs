//! Belong to a library no longer, by one's own word.
//!
//! The last admin stays until somebody else is one, or takes the library down.

use accession_events::ids::AccountId;
use accession_events::library::{LibraryEvent, MemberRole};

use super::{KnownLibrary, LibraryError};

/// Who leaves. Somebody who is suspended may, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leave {
    /// Who.
    pub account: AccountId,
}

impl Leave {
    pub(super) fn decide(self, library: &KnownLibrary) -> Result<Vec<LibraryEvent>, LibraryError> {
        let member = library
            .member(self.account)
            .ok_or(LibraryError::NotAMember)?;
        if member.role == MemberRole::Child {
            return Err(LibraryError::AskAnAdmin);
        }
        library.spares(self.account)?;
        Ok(vec![LibraryEvent::MemberLeft {
            account: self.account,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::super::LibraryCommand;
    use super::super::examples::{account, by_invitation, child, founded, library};
    use super::*;

    fn leave(who: u8) -> LibraryCommand {
        LibraryCommand::Leave(Leave {
            account: account(who),
        })
    }

    #[test]
    fn a_member_leaves_and_the_last_admin_does_not() {
        let given = [founded(), by_invitation(2, MemberRole::Viewer)].concat();
        library()
            .given(given.clone())
            .when(leave(2))
            .then_expect_events(vec![LibraryEvent::MemberLeft {
                account: account(2),
            }]);
        library()
            .given(given)
            .when(leave(1))
            .then_expect_error(LibraryError::LastAdmin);
    }

    #[test]
    fn a_child_does_not_decide_that() {
        library()
            .given([founded(), child(7)].concat())
            .when(leave(7))
            .then_expect_error(LibraryError::AskAnAdmin);
    }
}
