//! Notes that somebody did not come for a copy in time, and has it kept for the next.
//!
//! Whoever comes first after that hour gets it, noted or not.

use accession_events::RecordedEvent;
use accession_events::circulation::LendingEvent;
use accession_events::event::decode_as;
use accession_events::ids::{CopyId, HoldId};
use accession_secrets::reaction_book::KeptTimer;
use async_trait::async_trait;

use super::unreadable;
use crate::circulation::counter::{Counter, What};
use crate::reactions::{Birth, Course, Policy, Reaction, ReactionError};

/// Has holds expire.
pub struct HoldExpiry {
    counter: Counter,
}

impl HoldExpiry {
    /// Has holds at this counter expire.
    #[must_use]
    pub const fn new(counter: Counter) -> Self {
        Self { counter }
    }
}

#[async_trait]
impl Reaction for HoldExpiry {
    fn name(&self) -> &'static str {
        "hold_expiry"
    }

    fn birth(&self) -> Birth {
        Birth::LogStart
    }

    fn policy(&self) -> Policy {
        Policy::ParkAfter(10)
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &["HoldOffered"]
    }

    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        let LendingEvent::HoldOffered { hold, until, .. } = decode_as(event)? else {
            return Ok(());
        };
        let name = format!("{}/{hold}", event.stream.aggregate_id);
        course.set_timer(&name, until, "").await
    }

    async fn on_timer(&self, course: &Course, timer: &KeptTimer) -> Result<(), ReactionError> {
        let parts = timer.name.split_once('/');
        let (copy, hold) = parts.ok_or_else(|| unreadable("the timer names no hold"))?;
        let copy: CopyId = copy.parse().map_err(unreadable)?;
        let hold: HoldId = hold.parse().map_err(unreadable)?;
        let Some(library) = self.counter.library_of(copy).await? else {
            return Ok(());
        };
        self.counter
            .follow(course, (library, copy), What::ExpireHold(hold))
            .await
    }
}
