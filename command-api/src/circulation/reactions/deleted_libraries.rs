//! Ends what a library that is taken down has at the counter: nobody waits for its copies any more, every loan is over, and
//! what its outside borrowers are called is forgotten.
//!
//! Never asks for a copy back: the loan is over because the library is, and whoever has the copy is told by its mail.

// tidy: allow wall because a room that holds something for libraries clears it when one is taken down

use std::collections::BTreeSet;

use accession_event_log::{EventFilter, Given, Search};
use accession_events::circulation::{LendingEvent, PatronEvent};
use accession_events::ids::{CopyId, LibraryId, PatronId};
use accession_events::{LoggedEvent as _, Position};
use async_trait::async_trait;

use super::unreadable;
use crate::circulation::counter::{Counter, Forget, What};
use crate::circulation::error::CirculationError;
use crate::circulation::patron::PatronError;
use crate::library::reactions::LibraryCleanup;
use crate::reactions::{Course, ReactionError};

/// Events that are read at a time.
const PAGE: usize = 500;

/// Clears a library's counter.
pub struct ClosedCounter(pub Counter);

#[async_trait]
impl LibraryCleanup for ClosedCounter {
    fn name(&self) -> &'static str {
        "counter"
    }

    async fn clean(&self, library: LibraryId, course: &Course) -> Result<(), ReactionError> {
        let copies: BTreeSet<CopyId> = self
            .told_of(
                library,
                LendingEvent::AGGREGATE,
                &["LoanOpened", "HoldPlaced"],
            )
            .await?;
        for copy in copies {
            self.close(course, library, copy).await?;
        }
        let patrons: BTreeSet<PatronId> = self
            .told_of(library, PatronEvent::AGGREGATE, &["PatronRegistered"])
            .await?;
        for patron in patrons {
            self.forget(course, library, patron).await?;
        }
        Ok(())
    }
}

impl ClosedCounter {
    /// Whatever has told of this library by one of these events.
    async fn told_of<T: std::str::FromStr + Ord>(
        &self,
        library: LibraryId,
        aggregate: &str,
        events: &[&str],
    ) -> Result<BTreeSet<T>, ReactionError> {
        let filter = EventFilter {
            aggregate_type: Some(aggregate.to_owned()),
            event_types: events.iter().map(|name| (*name).to_owned()).collect(),
            mentions: Some(library.to_string()),
            ..EventFilter::default()
        };
        let store = self.0.log().store();
        let mut search = Search::new(&**store, filter, Position::START, store.head().await?);
        let mut found = BTreeSet::new();
        loop {
            let page = search.next(PAGE).await?;
            if page.is_empty() {
                return Ok(found);
            }
            found.extend(
                page.iter()
                    .filter_map(|event| event.stream.aggregate_id.parse::<T>().ok()),
            );
        }
    }

    /// The queue first, or the copy would be kept for the next who waits.
    async fn close(
        &self,
        course: &Course,
        library: LibraryId,
        copy: CopyId,
    ) -> Result<(), ReactionError> {
        let lendings = self.0.lendings();
        let lending = lendings.load_newest(&copy.to_string()).await?;
        if !lending.state.queue.is_empty() {
            self.0
                .follow(course, (library, copy), What::EmptyQueue)
                .await?;
        }
        if lending.state.loan.is_some() {
            self.0
                .follow(course, (library, copy), What::TakeBack(None))
                .await?;
        }
        Ok(())
    }

    async fn forget(
        &self,
        course: &Course,
        library: LibraryId,
        patron: PatronId,
    ) -> Result<(), ReactionError> {
        let known = self.0.patrons().load_newest(&patron.to_string()).await?;
        if known
            .state
            .known
            .is_none_or(|known| known.account.is_some())
        {
            return Ok(());
        }
        let forget = Forget {
            library,
            patron,
            by: None,
            at: course.now(),
        };
        let given = Given {
            idempotency: None,
            ..course.given("forget")
        };
        match self.0.forget(&forget, &given).await {
            Ok(_) | Err(CirculationError::Patron(PatronError::Unknown)) => Ok(()),
            Err(CirculationError::Repository(error)) => Err(error.into()),
            Err(error @ CirculationError::Overtaken) => Err(ReactionError::Away {
                reason: error.to_string(),
            }),
            Err(error) => Err(unreadable(error)),
        }
    }
}
