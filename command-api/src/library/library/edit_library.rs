//! Say otherwise what a library is called, how it is described, and whether children have accounts in it.
//!
//! Turning kids mode off takes no child's membership away.

use accession_events::ids::AccountId;
use accession_events::library::LibraryEvent;
use accession_events::values::{LongText, ShortText};

use super::{KnownLibrary, LibraryError};

/// What to say otherwise; what is left out stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditLibrary {
    /// What it is to be called.
    pub name: Option<ShortText>,
    /// How it is to be described; `Some(None)` takes the description away.
    pub description: Option<Option<LongText>>,
    /// Whether children are to have accounts in it.
    pub kids_mode: Option<bool>,
    /// Who says so.
    pub by: AccountId,
}

impl EditLibrary {
    pub(super) fn decide(&self, library: &KnownLibrary) -> Result<Vec<LibraryEvent>, LibraryError> {
        library.admin(self.by)?;
        let (mut events, by) = (Vec::new(), self.by);
        if let Some(name) = self.name.as_ref().filter(|name| **name != library.name) {
            events.push(LibraryEvent::LibraryRenamed {
                name: name.clone(),
                by,
            });
        }
        if let Some(description) = &self.description
            && *description != library.description
        {
            events.push(LibraryEvent::LibraryDescribed {
                description: description.clone(),
                by,
            });
        }
        if let Some(on) = self.kids_mode.filter(|on| *on != library.kids_mode) {
            events.push(library.kids_mode_set(on, by));
        }
        Ok(events)
    }
}

impl KnownLibrary {
    /// Kids mode is on or off from now on, for everyone who belongs to it.
    pub(super) fn kids_mode_set(&self, on: bool, by: AccountId) -> LibraryEvent {
        LibraryEvent::KidsModeSet {
            on,
            members: self.present().collect(),
            by,
        }
    }
}

#[cfg(test)]
mod tests {
    use accession_events::library::MemberRole;

    use super::super::LibraryCommand;
    use super::super::examples::{account, by_invitation, founded, library, text};
    use super::*;

    fn edit(by: u8) -> EditLibrary {
        EditLibrary {
            name: None,
            description: None,
            kids_mode: None,
            by: account(by),
        }
    }

    #[test]
    fn an_admin_renames_it_describes_it_and_turns_kids_mode_on() {
        let command = EditLibrary {
            name: Some(text("Netherfield")),
            description: Some(Some(LongText::parse("Let at last.").unwrap())),
            kids_mode: Some(true),
            ..edit(1)
        };
        let by = account(1);
        library()
            .given(founded())
            .when(LibraryCommand::Edit(command))
            .then_expect_events(vec![
                LibraryEvent::LibraryRenamed {
                    name: text("Netherfield"),
                    by,
                },
                LibraryEvent::LibraryDescribed {
                    description: Some(LongText::parse("Let at last.").unwrap()),
                    by,
                },
                LibraryEvent::KidsModeSet {
                    on: true,
                    members: vec![by],
                    by,
                },
            ]);
    }

    #[test]
    fn what_it_is_already_makes_no_event() {
        let command = EditLibrary {
            name: Some(text("Longbourn")),
            description: Some(None),
            kids_mode: Some(false),
            ..edit(1)
        };
        library()
            .given(founded())
            .when(LibraryCommand::Edit(command))
            .then_expect_events(vec![]);
    }

    #[test]
    fn an_editor_may_not_and_for_a_stranger_there_is_no_such_library() {
        let given = [founded(), by_invitation(2, MemberRole::Editor)].concat();
        library()
            .given(given.clone())
            .when(LibraryCommand::Edit(edit(2)))
            .then_expect_error(LibraryError::NotAllowed {
                role: MemberRole::Editor,
            });
        library()
            .given(given)
            .when(LibraryCommand::Edit(edit(3)))
            .then_expect_error(LibraryError::NotAMember);
    }
}
