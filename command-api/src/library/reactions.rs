//! What follows by itself from what happens to libraries: one that is being deleted is taken down, and an invitation that
//! nobody answers expires.
//!
//! Everything is decided anew from the library as it is: a second time, or after a crash half-way, nothing happens twice.

mod deletion;
mod expiry;
#[cfg(test)]
mod tests;

pub use deletion::{InvitationTokens, LibraryCleanup, LibraryDeletion};
pub use expiry::InvitationExpiry;

use accession_event_log::{ExecuteError, Given, Repository};
use accession_events::ids::LibraryId;

use super::library::{Library, LibraryCommand, LibraryError};
use crate::reactions::{Course, ReactionError};

/// Carries a step out. Refusals by the library's state mean that it was done already, or needs not be done.
async fn step(
    libraries: &Repository<Library>,
    library: LibraryId,
    course: &Course,
    command: &LibraryCommand,
) -> Result<usize, ReactionError> {
    let given = Given {
        // The library's state tells what is still to be done; a key would only tell that something was.
        idempotency: None,
        ..course.given("step")
    };
    match libraries
        .execute(&library.to_string(), &given, command)
        .await
    {
        Ok(executed) => Ok(executed.events.len()),
        Err(ExecuteError::Refused(
            LibraryError::Unknown | LibraryError::BeingTakenDown | LibraryError::NotBeingTakenDown,
        )) => Ok(0),
        Err(error) => Err(error.into()),
    }
}

/// The library that a text names.
fn library_of(text: &str) -> Result<LibraryId, ReactionError> {
    text.parse().map_err(
        |error: accession_events::ids::IdError| ReactionError::Refused {
            reason: error.to_string(),
        },
    )
}
