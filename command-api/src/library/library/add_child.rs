//! Have a child join a library, with an account that was made for it.
//!
//! Makes no account; that is the caller's, before.

use accession_events::ids::AccountId;
use accession_events::library::{JoinedHow, LibraryEvent, LibraryKind, MemberRole};
use accession_events::values::{PersonName, Personal, Year};

use super::{KnownLibrary, LibraryError};

/// Which child. Kids mode is turned on when it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddChild {
    /// The account that was made for it.
    pub account: AccountId,
    /// What it is called.
    pub name: Personal<PersonName>,
    /// When it was born, if that was said.
    pub birth_year: Option<Personal<Year>>,
    /// Who answers for it.
    pub guardian: AccountId,
}

impl AddChild {
    pub(super) fn decide(&self, library: &KnownLibrary) -> Result<Vec<LibraryEvent>, LibraryError> {
        library.parent(self.guardian)?;
        if library.member(self.account).is_some() {
            return Err(LibraryError::AlreadyMember);
        }
        let mut events = Vec::new();
        if !library.kids_mode {
            events.push(library.kids_mode_set(true, self.guardian));
        }
        events.push(LibraryEvent::ChildCreated {
            account: self.account,
            guardian: self.guardian,
            name: self.name.clone(),
            birth_year: self.birth_year.clone(),
        });
        events.push(LibraryEvent::MemberJoined {
            account: self.account,
            role: MemberRole::Child,
            kind: library.kind,
            kids_mode: true,
            how: JoinedHow::Child,
            invitation: None,
        });
        Ok(events)
    }
}

impl KnownLibrary {
    /// Refuses whoever may not have accounts made for children here.
    pub fn parent(&self, by: AccountId) -> Result<(), LibraryError> {
        let role = self.role_of(by).ok_or(LibraryError::NotAMember)?;
        if !role.is_parent() {
            return Err(LibraryError::NotAParent { role });
        }
        if self.kind != LibraryKind::Family {
            return Err(LibraryError::RoleUnknownHere {
                kind: self.kind,
                role: MemberRole::Child,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::LibraryCommand;
    use super::super::examples::{account, by_invitation, founded, library, sealed};
    use super::*;

    fn add(by: u8) -> LibraryCommand {
        LibraryCommand::AddChild(AddChild {
            account: account(7),
            name: sealed(7),
            birth_year: None,
            guardian: account(by),
        })
    }

    fn came(by: u8) -> Vec<LibraryEvent> {
        vec![
            LibraryEvent::ChildCreated {
                account: account(7),
                guardian: account(by),
                name: sealed(7),
                birth_year: None,
            },
            LibraryEvent::MemberJoined {
                account: account(7),
                role: MemberRole::Child,
                kind: LibraryKind::Family,
                kids_mode: true,
                how: JoinedHow::Child,
                invitation: None,
            },
        ]
    }

    fn on(by: u8) -> LibraryEvent {
        LibraryEvent::KidsModeSet {
            on: true,
            members: vec![account(by)],
            by: account(by),
        }
    }

    #[test]
    fn the_first_child_turns_kids_mode_on() {
        library()
            .given(founded())
            .when(add(1))
            .then_expect_events([vec![on(1)], came(1)].concat());
    }

    #[test]
    fn an_editor_adds_a_child_and_a_viewer_does_not() {
        let with = |role| [founded(), vec![on(1)], by_invitation(2, role)].concat();
        library()
            .given(with(MemberRole::Editor))
            .when(add(2))
            .then_expect_events(came(2));
        library()
            .given(with(MemberRole::Viewer))
            .when(add(2))
            .then_expect_error(LibraryError::NotAParent {
                role: MemberRole::Viewer,
            });
    }

    #[test]
    fn a_child_that_is_there_is_not_added_again() {
        library()
            .given([founded(), vec![on(1)], came(1)].concat())
            .when(add(1))
            .then_expect_error(LibraryError::AlreadyMember);
    }
}
