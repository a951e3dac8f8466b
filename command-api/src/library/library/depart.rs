//! Belong to a library no longer because one's account ends: the membership and every open invitation of the person.
//!
//! Safe to repeat. Never leaves the library without an active admin: it refuses, or is taken down if that was said.

use std::collections::BTreeSet;

use accession_events::ids::{AccountId, SubjectId};
use accession_events::library::{LibraryEvent, MemberRole};

use super::{KnownLibrary, Library, LibraryError, Life, MemberStanding};

/// Who is gone from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Depart {
    /// The account that ends.
    pub account: AccountId,
    /// Under which subjects the person may have been invited.
    pub subjects: BTreeSet<SubjectId>,
    /// Members whose accounts have ended before, whatever the library knows of it. Nobody comes back from there.
    pub gone: BTreeSet<AccountId>,
    /// What becomes of the library if nobody else may act as its admin.
    pub orphaned: Orphaned,
}

/// What becomes of a library whose last active admin is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orphaned {
    /// It does not let them go.
    Refuses,
    /// It is taken down, by the word of this account.
    IsTakenDown(AccountId),
}

impl Depart {
    pub(super) fn decide(&self, library: &Library) -> Result<Vec<LibraryEvent>, LibraryError> {
        let Library::Known(library) = library else {
            return Ok(Vec::new());
        };
        if library.life == Life::Ended {
            return Ok(Vec::new());
        }
        let mut events = Vec::new();
        if library.life == Life::Live && self.is_last_admin_of(library) {
            match self.orphaned {
                Orphaned::Refuses => return Err(LibraryError::LastAdmin),
                Orphaned::IsTakenDown(by) => {
                    events.push(LibraryEvent::LibraryDeletionStarted { by, reason: None });
                }
            }
        }
        events.extend(self.withdrawn(library));
        if library.member(self.account).is_some() {
            events.push(LibraryEvent::MemberRemoved {
                account: self.account,
                name: None,
                record: None,
                by: None,
            });
        }
        Ok(events)
    }

    fn is_last_admin_of(&self, library: &KnownLibrary) -> bool {
        let others = library.members.iter().any(|(other, member)| {
            *other != self.account
                && !self.gone.contains(other)
                && member.role == MemberRole::Admin
                && member.standing == MemberStanding::Active
        });
        library.role_of(self.account) == Some(MemberRole::Admin) && !others
    }

    fn withdrawn<'a>(
        &'a self,
        library: &'a KnownLibrary,
    ) -> impl Iterator<Item = LibraryEvent> + 'a {
        let open = library.invitations.iter();
        let theirs = open.filter(|(subject, invitation)| {
            self.subjects.contains(subject) || invitation.account == Some(self.account)
        });
        theirs.map(|(subject, _)| LibraryEvent::InvitationWithdrawn {
            subject: *subject,
            by: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::LibraryCommand;
    use super::super::examples::{
        account, by_invitation, child, founded, invited, library, subject,
    };
    use super::*;

    fn command(who: u8) -> Depart {
        Depart {
            account: account(who),
            subjects: BTreeSet::new(),
            gone: BTreeSet::new(),
            orphaned: Orphaned::Refuses,
        }
    }

    fn depart(who: u8) -> LibraryCommand {
        LibraryCommand::Depart(command(who))
    }

    fn removed(who: u8) -> LibraryEvent {
        LibraryEvent::MemberRemoved {
            account: account(who),
            name: None,
            record: None,
            by: None,
        }
    }

    fn started() -> LibraryEvent {
        LibraryEvent::LibraryDeletionStarted {
            by: account(9),
            reason: None,
        }
    }

    #[test]
    fn a_member_whose_account_ends_belongs_to_it_no_longer_and_a_child_neither() {
        for member in [by_invitation(2, MemberRole::Editor), child(2)] {
            let given = [founded(), member].concat();
            library()
                .given(given.clone())
                .when(depart(2))
                .then_expect_events(vec![removed(2)]);
            library()
                .given([given, vec![removed(2)]].concat())
                .when(depart(2))
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn a_suspended_admin_goes_although_nobody_asks_them_to_stay() {
        let suspended = LibraryEvent::MemberSuspended {
            account: account(2),
            by: account(1),
        };
        let given = [
            founded(),
            by_invitation(2, MemberRole::Admin),
            vec![suspended],
        ];
        library()
            .given(given.concat())
            .when(depart(2))
            .then_expect_events(vec![removed(2)]);
    }

    #[test]
    fn the_last_admin_is_kept_and_one_who_has_gone_before_does_not_count() {
        library()
            .given(founded())
            .when(depart(1))
            .then_expect_error(LibraryError::LastAdmin);
        let two = [founded(), by_invitation(2, MemberRole::Admin)].concat();
        library()
            .given(two.clone())
            .when(depart(1))
            .then_expect_events(vec![removed(1)]);
        let gone = Depart {
            gone: [account(2)].into(),
            ..command(1)
        };
        library()
            .given(two)
            .when(LibraryCommand::Depart(gone))
            .then_expect_error(LibraryError::LastAdmin);
    }

    #[test]
    fn a_library_without_its_last_admin_is_taken_down_if_that_was_said() {
        let taken_down = Depart {
            orphaned: Orphaned::IsTakenDown(account(9)),
            ..command(1)
        };
        let editor = [founded(), by_invitation(2, MemberRole::Editor)].concat();
        library()
            .given(editor.clone())
            .when(LibraryCommand::Depart(taken_down.clone()))
            .then_expect_events(vec![started(), removed(1)]);
        // While it is taken down anyway, nobody has to stay.
        library()
            .given([editor, vec![started()]].concat())
            .when(depart(1))
            .then_expect_events(vec![removed(1)]);
        let two = [founded(), by_invitation(2, MemberRole::Admin)].concat();
        library()
            .given(two)
            .when(LibraryCommand::Depart(taken_down))
            .then_expect_events(vec![removed(1)]);
    }

    #[test]
    fn open_invitations_of_the_person_are_withdrawn_and_no_others() {
        let withdrawn = LibraryEvent::InvitationWithdrawn {
            subject: subject(3),
            by: None,
        };
        let given = [
            founded(),
            vec![
                invited(3, MemberRole::Editor),
                invited(4, MemberRole::Viewer),
            ],
        ]
        .concat();
        let invited = Depart {
            subjects: [subject(3)].into(),
            ..command(3)
        };
        library()
            .given(given)
            .when(LibraryCommand::Depart(invited))
            .then_expect_events(vec![withdrawn]);
    }

    #[test]
    fn a_library_that_is_not_there_has_nobody_to_let_go() {
        library()
            .given_no_previous_events()
            .when(depart(1))
            .then_expect_events(vec![]);
    }
}
