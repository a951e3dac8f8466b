//! Give a member another role, suspend or reinstate them.
//!
//! Never leaves the library without an active admin.

use accession_events::ids::AccountId;
use accession_events::library::{LibraryEvent, MemberRole};

use super::{KnownLibrary, LibraryError, Member, MemberStanding};

/// What to change of a member; what is left out stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeMember {
    /// Whom.
    pub account: AccountId,
    /// What they are to be.
    pub role: Option<MemberRole>,
    /// Whether they are to be suspended.
    pub suspended: Option<bool>,
    /// Who says so.
    pub by: AccountId,
}

impl ChangeMember {
    pub(super) fn decide(&self, library: &KnownLibrary) -> Result<Vec<LibraryEvent>, LibraryError> {
        library.admin(self.by)?;
        let member = library
            .member(self.account)
            .ok_or(LibraryError::NoSuchMember)?;
        let to = self.role.unwrap_or(member.role);
        let suspended = self.suspended.unwrap_or(!is_active(member));
        if to != member.role {
            library.offers(to)?;
            if member.role == MemberRole::Child {
                return Err(LibraryError::ChildRole);
            }
        }
        if to != MemberRole::Admin || suspended {
            library.spares(self.account)?;
        }
        let (account, by) = (self.account, self.by);
        let role = (to != member.role).then_some(LibraryEvent::RoleChanged {
            account,
            from: member.role,
            to,
            by,
        });
        let standing = match (is_active(member), suspended) {
            (true, true) => Some(LibraryEvent::MemberSuspended { account, by }),
            (false, false) => Some(LibraryEvent::MemberReinstated { account, by }),
            _ => None,
        };
        Ok(role.into_iter().chain(standing).collect())
    }
}

fn is_active(member: Member) -> bool {
    member.standing == MemberStanding::Active
}

#[cfg(test)]
mod tests {
    use super::super::LibraryCommand;
    use super::super::examples::{account, by_invitation, child, founded, library};
    use super::*;

    fn change(who: u8, role: Option<MemberRole>, suspended: Option<bool>) -> LibraryCommand {
        LibraryCommand::ChangeMember(ChangeMember {
            account: account(who),
            role,
            suspended,
            by: account(1),
        })
    }

    fn with(role: MemberRole) -> Vec<LibraryEvent> {
        [founded(), by_invitation(2, role)].concat()
    }

    #[test]
    fn a_member_gets_another_role_and_is_suspended_at_once() {
        let (who, by) = (account(2), account(1));
        library()
            .given(with(MemberRole::Editor))
            .when(change(2, Some(MemberRole::Viewer), Some(true)))
            .then_expect_events(vec![
                LibraryEvent::RoleChanged {
                    account: who,
                    from: MemberRole::Editor,
                    to: MemberRole::Viewer,
                    by,
                },
                LibraryEvent::MemberSuspended { account: who, by },
            ]);
    }

    #[test]
    fn the_last_admin_is_neither_demoted_nor_suspended() {
        for (role, suspended) in [(Some(MemberRole::Editor), None), (None, Some(true))] {
            library()
                .given(with(MemberRole::Editor))
                .when(change(1, role, suspended))
                .then_expect_error(LibraryError::LastAdmin);
            let events = library()
                .given(with(MemberRole::Admin))
                .when(change(1, role, suspended))
                .inspect_result();
            assert_eq!(events.unwrap().len(), 1);
        }
    }

    #[test]
    fn a_suspended_admin_does_not_count() {
        let suspended = LibraryEvent::MemberSuspended {
            account: account(2),
            by: account(1),
        };
        library()
            .given([with(MemberRole::Admin), vec![suspended]].concat())
            .when(change(1, Some(MemberRole::Viewer), None))
            .then_expect_error(LibraryError::LastAdmin);
    }

    #[test]
    fn nobody_becomes_a_child_and_no_child_becomes_something_else() {
        library()
            .given(with(MemberRole::Editor))
            .when(change(2, Some(MemberRole::Child), None))
            .then_expect_error(LibraryError::ChildRole);
        library()
            .given([founded(), child(7)].concat())
            .when(change(7, Some(MemberRole::Viewer), None))
            .then_expect_error(LibraryError::ChildRole);
    }

    #[test]
    fn what_they_are_already_makes_no_event() {
        library()
            .given(with(MemberRole::Editor))
            .when(change(2, Some(MemberRole::Editor), Some(false)))
            .then_expect_events(vec![]);
    }

    #[test]
    fn somebody_who_left_is_no_member() {
        let left = LibraryEvent::MemberLeft {
            account: account(2),
        };
        library()
            .given([with(MemberRole::Editor), vec![left]].concat())
            .when(change(2, None, Some(false)))
            .then_expect_error(LibraryError::NoSuchMember);
    }
}
