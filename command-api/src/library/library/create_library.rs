//! Make a library.
//!
//! Who makes it is its first admin, in the same append.

use accession_events::ids::AccountId;
use accession_events::library::{JoinedHow, LibraryEvent, LibraryKind, MemberRole};
use accession_events::values::{LongText, ShortText};

use super::{Library, LibraryError};

/// Make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateLibrary {
    /// What it is called.
    pub name: ShortText,
    /// How it is described.
    pub description: Option<LongText>,
    /// What kind of tenant it is.
    pub kind: LibraryKind,
    /// Who makes it.
    pub by: AccountId,
}

impl CreateLibrary {
    pub(super) fn decide(&self, library: &Library) -> Result<Vec<LibraryEvent>, LibraryError> {
        if matches!(library, Library::Known(_)) {
            return Err(LibraryError::AlreadyMade);
        }
        let mut events = vec![
            LibraryEvent::LibraryCreated {
                name: self.name.clone(),
                kind: self.kind,
                by: self.by,
            },
            LibraryEvent::MemberJoined {
                account: self.by,
                role: MemberRole::Admin,
                kind: self.kind,
                kids_mode: false,
                how: JoinedHow::Founder,
                invitation: None,
            },
        ];
        if let Some(description) = &self.description {
            events.push(LibraryEvent::LibraryDescribed {
                description: Some(description.clone()),
                by: self.by,
            });
        }
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::super::LibraryCommand;
    use super::super::examples::{account, founded, joined, library, text};
    use super::*;

    fn create() -> LibraryCommand {
        LibraryCommand::Create(CreateLibrary {
            name: text("Longbourn"),
            description: None,
            kind: LibraryKind::Family,
            by: account(1),
        })
    }

    #[test]
    fn who_makes_a_library_is_its_first_admin() {
        let expected = founded();
        library()
            .given_no_previous_events()
            .when(create())
            .then_expect_events(expected);
        assert!(
            matches!(founded()[1], ref event if *event == joined(1, MemberRole::Admin, JoinedHow::Founder, None))
        );
    }

    #[test]
    fn a_library_is_made_once() {
        library()
            .given(founded())
            .when(create())
            .then_expect_error(LibraryError::AlreadyMade);
    }
}
