//! Takes a library down: ends invitations and memberships in steps, has every room clear what it holds for the library,
//! and notes that nothing is left.
//!
//! Never notes the end before every room has said that it is done.

use std::sync::Arc;

use accession_event_log::Repository;
use accession_events::RecordedEvent;
use accession_events::ids::LibraryId;
use accession_secrets::challenges::ChallengeStore;
use async_trait::async_trait;

use super::{library_of, step};
use crate::library::library::take_down::WindUp;
use crate::library::library::{Library, LibraryCommand};
use crate::reactions::{Birth, Course, Policy, Reaction, ReactionError};

/// So many invitations and memberships end with one append.
const AT_ONCE: usize = 100;

/// What a room does when a library is taken down.
#[async_trait]
pub trait LibraryCleanup: Send + Sync + 'static {
    /// Its name, for the log.
    fn name(&self) -> &'static str;

    /// Clears what the room holds for this library. Called until it works, and perhaps again after that.
    async fn clean(&self, library: LibraryId, course: &Course) -> Result<(), ReactionError>;
}

/// Forgets the tokens of a library's invitations and of its deletion.
pub struct InvitationTokens(pub Arc<dyn ChallengeStore>);

#[async_trait]
impl LibraryCleanup for InvitationTokens {
    fn name(&self) -> &'static str {
        "invitation_tokens"
    }

    async fn clean(&self, library: LibraryId, _course: &Course) -> Result<(), ReactionError> {
        self.0.forget_about(library.as_uuid()).await?;
        Ok(())
    }
}

/// Takes libraries down.
pub struct LibraryDeletion {
    libraries: Repository<Library>,
    rooms: Vec<Arc<dyn LibraryCleanup>>,
}

impl LibraryDeletion {
    /// Takes these libraries down; no room holds anything for them yet.
    #[must_use]
    pub const fn new(libraries: Repository<Library>) -> Self {
        Self {
            libraries,
            rooms: Vec::new(),
        }
    }

    /// One more room that holds something for libraries.
    #[must_use]
    pub fn with(mut self, room: Arc<dyn LibraryCleanup>) -> Self {
        self.rooms.push(room);
        self
    }
}

#[async_trait]
impl Reaction for LibraryDeletion {
    fn name(&self) -> &'static str {
        "library_deletion"
    }

    fn birth(&self) -> Birth {
        Birth::LogStart
    }

    fn policy(&self) -> Policy {
        Policy::ParkAfter(10)
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &["LibraryDeletionStarted"]
    }

    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        let library = library_of(&event.stream.aggregate_id)?;
        let wind_up = LibraryCommand::WindUp(WindUp { at_most: AT_ONCE });
        while step(&self.libraries, library, course, &wind_up).await? > 0 {}
        for room in &self.rooms {
            room.clean(library, course).await?;
            tracing::debug!(%library, room = room.name(), "cleared what was held for a library");
        }
        let complete = LibraryCommand::CompleteDeletion;
        step(&self.libraries, library, course, &complete).await?;
        Ok(())
    }
}
