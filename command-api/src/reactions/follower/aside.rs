//! What is not an event in turn: timers, what was put aside, and what an operator wants tried again.
//!
//! None of it ever holds up the events.

use std::sync::Arc;

use accession_events::Position;
use accession_secrets::reaction_book::{KeptTimer, ParkedReaction, ParkedWhat, Upkeep};
use jiff::Timestamp;

use super::{Follower, Stop};
use crate::reactions::course::Course;
use crate::reactions::failure::{Policy, ReactionError};

/// Timers and retries that are taken up at once.
const AT_ONCE: u32 = 50;

impl Follower {
    /// What operators and timers ask for.
    pub(super) async fn upkeep(&mut self) -> Result<Upkeep, Stop> {
        let now = (self.means.clock)();
        let upkeep = self.means.book.upkeep(self.name(), now, AT_ONCE).await?;
        self.note_parked(upkeep.parked);
        for position in &upkeep.retries {
            self.retry(*position).await?;
        }
        for timer in &upkeep.due {
            self.fire(timer, now).await?;
        }
        Ok(upkeep)
    }

    pub(super) async fn park(&self, what: ParkedWhat, reason: &str) -> Result<(), Stop> {
        tracing::error!(
            reaction = self.name(),
            ?what,
            reason,
            "put aside; see `accession reactions list`"
        );
        let parked = ParkedReaction {
            reaction: self.name().to_owned(),
            what,
            problem: reason.to_owned(),
            parked_at: (self.means.clock)(),
        };
        Ok(self.means.book.park(&parked).await?)
    }

    /// An event that an operator wants tried again: once, and put aside again if it fails.
    async fn retry(&mut self, position: Position) -> Result<(), Stop> {
        let before = Position::new(position.get().saturating_sub(1));
        let found = self.means.log.read_feed(before, 1).await?;
        let what = ParkedWhat::Event(position);
        let done = match found.first() {
            Some(event) => self.react(event).await,
            None => Ok(()),
        };
        match done {
            Ok(()) => {
                self.means.book.unpark(self.name(), &what).await?;
                Ok(())
            }
            Err(ReactionError::Refused { reason }) => self.park(what, &reason).await,
            Err(away) => Err(away.into()),
        }
    }

    async fn fire(&mut self, timer: &KeptTimer, now: Timestamp) -> Result<(), Stop> {
        let course = Course::of_timer(self.name(), timer, now, Arc::clone(&self.means.book));
        let done = self.reaction.on_timer(&course, timer).await;
        self.count(&done);
        let (book, name) = (&self.means.book, self.name());
        match (done, self.reaction.policy()) {
            (Ok(()), _) => Ok(book.timer_done(name, timer).await?),
            (Err(ReactionError::Refused { reason }), Policy::ParkAfter(_)) => {
                self.park(ParkedWhat::Timer(timer.name.clone()), &reason)
                    .await
            }
            (Err(ReactionError::Refused { reason }), Policy::Stop) => {
                Err(Stop::ForGood(format!("timer {}: {reason}", timer.name)))
            }
            (Err(error), _) => {
                self.interrupted(format!("timer {}: {error}", timer.name));
                let later = now
                    .checked_add(self.means.options.longest_pause)
                    .unwrap_or(now);
                Ok(book.timer_again(name, timer, later).await?)
            }
        }
    }
}
