//! Takes whoever belongs to a library no longer, or may do nothing there for now, out of its queues.
//!
//! Never touches what they have: a copy that is out comes back from whoever has it, and its loan stays theirs until then.

use accession_events::RecordedEvent;
use accession_events::circulation::Borrower;
use accession_events::event::decode_as;
use accession_events::ids::LibraryId;
use accession_events::library::LibraryEvent;
use async_trait::async_trait;

use super::unreadable;
use crate::circulation::counter::{Counter, What};
use crate::reactions::{Birth, Course, Policy, Reaction, ReactionError};

/// Takes people out of queues.
pub struct DepartedBorrowers {
    counter: Counter,
}

impl DepartedBorrowers {
    /// Takes people out of the queues at this counter.
    #[must_use]
    pub const fn new(counter: Counter) -> Self {
        Self { counter }
    }
}

#[async_trait]
impl Reaction for DepartedBorrowers {
    fn name(&self) -> &'static str {
        "departed_borrowers"
    }

    fn birth(&self) -> Birth {
        Birth::LogStart
    }

    fn policy(&self) -> Policy {
        Policy::ParkAfter(10)
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &["MemberLeft", "MemberRemoved", "MemberSuspended"]
    }

    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        let (LibraryEvent::MemberLeft { account }
        | LibraryEvent::MemberRemoved { account, .. }
        | LibraryEvent::MemberSuspended { account, .. }) = decode_as(event)?
        else {
            return Ok(());
        };
        let library: LibraryId = event.stream.aggregate_id.parse().map_err(unreadable)?;
        let patron = Borrower::member(library, account).patron;
        let patrons = self.counter.patrons();
        let waits = patrons.load_newest(&patron.to_string()).await?;
        for (hold, copy) in &waits.state.holds {
            self.counter
                .follow(course, (library, *copy), What::CancelHold(*hold, None))
                .await?;
        }
        Ok(())
    }
}
