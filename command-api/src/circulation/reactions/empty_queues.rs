//! Sends those away who wait for a copy that is lost, was given up, or is no longer listed.
//!
//! Never of a copy that is only damaged: it may be mended.

use accession_events::RecordedEvent;
use accession_events::ids::CopyId;
use async_trait::async_trait;

use super::unreadable;
use crate::circulation::counter::{Counter, What};
use crate::reactions::{Birth, Course, Policy, Reaction, ReactionError};

/// Empties queues.
pub struct EmptyQueues {
    counter: Counter,
}

impl EmptyQueues {
    /// Empties queues at this counter.
    #[must_use]
    pub const fn new(counter: Counter) -> Self {
        Self { counter }
    }
}

#[async_trait]
impl Reaction for EmptyQueues {
    fn name(&self) -> &'static str {
        "empty_queues"
    }

    fn birth(&self) -> Birth {
        Birth::LogStart
    }

    fn policy(&self) -> Policy {
        Policy::ParkAfter(10)
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &["CopyLost", "CopyRemoved", "CopyWithdrawn"]
    }

    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        let copy: CopyId = event.stream.aggregate_id.parse().map_err(unreadable)?;
        let Some(library) = self.counter.library_of(copy).await? else {
            return Ok(());
        };
        self.counter
            .follow(course, (library, copy), What::EmptyQueue)
            .await
    }
}
