//! What follows by itself at the counter: somebody who does not come for a copy makes room for the next, somebody who leaves
//! the library waits no longer, and nobody waits for a copy that is gone.
//!
//! Everything is decided anew from how things are: a second time, or after a crash half-way, nothing happens twice.

// tidy: allow wall because a loan, its copy and whoever may borrow it are one append, decided by the rooms that own them

mod deleted_libraries;
mod departed_borrowers;
mod empty_queues;
mod hold_expiry;

pub use deleted_libraries::ClosedCounter;
pub use departed_borrowers::DepartedBorrowers;
pub use empty_queues::EmptyQueues;
pub use hold_expiry::HoldExpiry;

use accession_event_log::Given;
use accession_events::ids::{CopyId, LibraryId};

use super::counter::{Counter, Deed, What};
use super::error::CirculationError;
use super::lending::LendingError;
use crate::holdings::copy::{Copy, CopyError};
use crate::library::library::LibraryError;
use crate::reactions::{Course, ReactionError};

impl Counter {
    /// Whose a copy is; none when there is no such copy.
    pub(super) async fn library_of(
        &self,
        copy: CopyId,
    ) -> Result<Option<LibraryId>, ReactionError> {
        let loaded = self.copies().load(&copy.to_string()).await?;
        Ok(match &*loaded.state {
            Copy::Known(known) => Some(known.library_id),
            Copy::Absent => None,
        })
    }

    /// Does what follows by itself. Refusals by how things are mean that it was done already, or needs not be done.
    pub(super) async fn follow(
        &self,
        course: &Course,
        (library, copy): (LibraryId, CopyId),
        what: What,
    ) -> Result<(), ReactionError> {
        let deed = Deed {
            library,
            copy,
            what,
            at: course.now(),
            by: None,
        };
        let given = Given {
            // The copy's state tells what is still to be done; a key would only tell that something was.
            idempotency: None,
            ..course.given("step")
        };
        match self.carry_out(&deed, &|_| given.clone()).await {
            Ok(_)
            | Err(
                CirculationError::Lending(LendingError::NoSuchHold | LendingError::NotOut)
                | CirculationError::Copy(CopyError::Unknown)
                | CirculationError::Library(LibraryError::Unknown),
            ) => Ok(()),
            Err(CirculationError::Repository(error)) => Err(error.into()),
            Err(error @ CirculationError::Overtaken) => Err(ReactionError::Away {
                reason: error.to_string(),
            }),
            Err(error) => Err(unreadable(error)),
        }
    }
}

fn unreadable(reason: impl std::fmt::Display) -> ReactionError {
    ReactionError::Refused {
        reason: reason.to_string(),
    }
}
