//! Take a library down: start, end what is left in steps, note that nothing is.
//!
//! Each step can be given any number of times: what is done already makes no event.

use accession_events::ids::AccountId;
use accession_events::library::LibraryEvent;
use accession_events::values::ShortText;

use super::{KnownLibrary, Library, LibraryError, Life};

/// Begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartDeletion {
    /// Who says so.
    pub by: AccountId,
    /// Why, in their words.
    pub reason: Option<ShortText>,
}

/// End some invitations, then some memberships.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindUp {
    /// At most so many.
    pub at_most: usize,
}

impl StartDeletion {
    pub(super) fn decide(&self, library: &KnownLibrary) -> Result<Vec<LibraryEvent>, LibraryError> {
        library.admin(self.by)?;
        if library.life != Life::Live {
            return Ok(Vec::new());
        }
        Ok(vec![LibraryEvent::LibraryDeletionStarted {
            by: self.by,
            reason: self.reason.clone(),
        }])
    }
}

impl WindUp {
    pub(super) fn decide(self, library: &Library) -> Result<Vec<LibraryEvent>, LibraryError> {
        let Some(library) = ending(library)? else {
            return Ok(Vec::new());
        };
        let withdrawn =
            library
                .invitations
                .keys()
                .map(|subject| LibraryEvent::InvitationWithdrawn {
                    subject: *subject,
                    by: None,
                });
        let removed = library
            .present()
            .map(|account| LibraryEvent::MemberRemoved {
                account,
                name: None,
                record: None,
                by: None,
            });
        Ok(withdrawn.chain(removed).take(self.at_most).collect())
    }
}

/// The library while it is being taken down; none when it has been.
fn ending(library: &Library) -> Result<Option<&KnownLibrary>, LibraryError> {
    match library {
        Library::Known(known) => match known.life {
            Life::Live => Err(LibraryError::NotBeingTakenDown),
            Life::Ending => Ok(Some(known)),
            Life::Ended => Ok(None),
        },
        Library::Absent => Err(LibraryError::Unknown),
    }
}

/// Nothing is left.
pub(super) fn complete(library: &Library) -> Result<Vec<LibraryEvent>, LibraryError> {
    let Some(library) = ending(library)? else {
        return Ok(Vec::new());
    };
    if library.present().next().is_some() || !library.invitations.is_empty() {
        return Err(LibraryError::StillPeopled);
    }
    Ok(vec![LibraryEvent::LibraryDeletionCompleted {}])
}

#[cfg(test)]
mod tests {
    use accession_events::library::MemberRole;

    use super::super::LibraryCommand;
    use super::super::examples::{account, by_invitation, founded, invited, library, subject};
    use super::super::leave::Leave;
    use super::*;

    fn started() -> LibraryEvent {
        LibraryEvent::LibraryDeletionStarted {
            by: account(1),
            reason: None,
        }
    }

    fn removed(who: u8) -> LibraryEvent {
        LibraryEvent::MemberRemoved {
            account: account(who),
            name: None,
            record: None,
            by: None,
        }
    }

    fn start(by: u8) -> LibraryCommand {
        LibraryCommand::StartDeletion(StartDeletion {
            by: account(by),
            reason: None,
        })
    }

    fn peopled() -> Vec<LibraryEvent> {
        [
            founded(),
            by_invitation(2, MemberRole::Editor),
            vec![invited(3, MemberRole::Viewer), started()],
        ]
        .concat()
    }

    #[test]
    fn an_admin_starts_it_and_nothing_else_is_done_from_then_on() {
        library()
            .given(founded())
            .when(start(1))
            .then_expect_events(vec![started()]);
        library()
            .given(peopled())
            .when(start(1))
            .then_expect_events(vec![]);
        library()
            .given(peopled())
            .when(LibraryCommand::Leave(Leave {
                account: account(2),
            }))
            .then_expect_error(LibraryError::BeingTakenDown);
    }

    #[test]
    fn an_editor_does_not_start_it() {
        library()
            .given([founded(), by_invitation(2, MemberRole::Editor)].concat())
            .when(start(2))
            .then_expect_error(LibraryError::NotAllowed {
                role: MemberRole::Editor,
            });
    }

    #[test]
    fn what_is_left_ends_in_steps_and_then_nothing_is() {
        let wind_up = |at_most| LibraryCommand::WindUp(WindUp { at_most });
        let withdrawn = LibraryEvent::InvitationWithdrawn {
            subject: subject(3),
            by: None,
        };
        library()
            .given(peopled())
            .when(wind_up(2))
            .then_expect_events(vec![withdrawn.clone(), removed(1)]);
        let halfway = [peopled(), vec![withdrawn, removed(1)]].concat();
        library()
            .given(halfway.clone())
            .when(LibraryCommand::CompleteDeletion)
            .then_expect_error(LibraryError::StillPeopled);
        library()
            .given(halfway.clone())
            .when(wind_up(2))
            .then_expect_events(vec![removed(2)]);
        let empty = [halfway, vec![removed(2)]].concat();
        library()
            .given(empty.clone())
            .when(wind_up(2))
            .then_expect_events(vec![]);
        library()
            .given(empty.clone())
            .when(LibraryCommand::CompleteDeletion)
            .then_expect_events(vec![LibraryEvent::LibraryDeletionCompleted {}]);
        let ended = [empty, vec![LibraryEvent::LibraryDeletionCompleted {}]].concat();
        library()
            .given(ended.clone())
            .when(LibraryCommand::CompleteDeletion)
            .then_expect_events(vec![]);
        library()
            .given(ended)
            .when(start(1))
            .then_expect_error(LibraryError::Unknown);
    }

    #[test]
    fn a_live_library_is_not_wound_up() {
        library()
            .given(founded())
            .when(LibraryCommand::WindUp(WindUp { at_most: 9 }))
            .then_expect_error(LibraryError::NotBeingTakenDown);
    }
}
