//! One reaction following the log: event by event, timers in between, and its checkpoint behind it.
//!
//! It never moves on past an event that was neither done nor put aside.

mod aside;
mod standing;
mod stop;

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::EventFilter;
use accession_events::{Position, RecordedEvent};
use accession_secrets::reaction_book::ParkedWhat;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

use super::Reaction;
use super::course::Course;
use super::failure::{Birth, Policy, ReactionError};
use super::runner::Means;
use super::status::ReactionStatus;
use stop::Stop;

/// A checkpoint that moved over events of others is kept at most so often.
const KEPT_EVERY: Duration = Duration::from_secs(1);

pub(super) struct Follower {
    reaction: Arc<dyn Reaction>,
    means: Means,
    status: Arc<watch::Sender<ReactionStatus>>,
    filter: EventFilter,
}

/// Where it stands in this session.
struct Place {
    kept: Position,
    reached: Position,
    kept_at: Instant,
}

impl Follower {
    pub(super) fn new(
        reaction: Arc<dyn Reaction>,
        means: Means,
        status: Arc<watch::Sender<ReactionStatus>>,
    ) -> Self {
        let event_types = reaction.listens_to().iter().map(ToString::to_string);
        let filter = EventFilter {
            event_types: event_types.collect(),
            ..EventFilter::default()
        };
        Self {
            reaction,
            means,
            status,
            filter,
        }
    }

    /// Follows until it is dropped, or its policy stops it.
    pub(super) async fn follow(mut self) {
        let mut failures = 0;
        loop {
            let reason = match self.session(&mut failures).await {
                Stop::ForGood(reason) => return self.stopped(reason).await,
                Stop::Rival => "another process reacts, too".to_owned(),
                Stop::Failed(error) => error.to_string(),
            };
            self.interrupted(reason);
            failures += 1;
            tokio::time::sleep(self.pause(failures)).await;
        }
    }

    async fn session(&mut self, failures: &mut u32) -> Stop {
        match self.try_session(failures).await {
            Ok(never) => match never {},
            Err(stop) => stop,
        }
    }

    async fn try_session(&mut self, failures: &mut u32) -> Result<std::convert::Infallible, Stop> {
        let begun = self.begin().await?;
        let mut place = Place {
            kept: begun,
            reached: begun,
            kept_at: Instant::now(),
        };
        loop {
            let looked_at = Instant::now();
            let upkeep = self.upkeep().await?;
            let more = self.read_on(&mut place).await?;
            *failures = 0;
            if !more {
                self.wait(upkeep.next_due, looked_at, &place).await;
            }
        }
    }

    async fn begin(&self) -> Result<Position, ReactionError> {
        let book = &self.means.book;
        if let Some(checkpoint) = book.checkpoint(self.name()).await? {
            return Ok(checkpoint);
        }
        let birth = match self.reaction.birth() {
            Birth::LogStart => Position::START,
            Birth::Now => self.means.log.head().await?,
        };
        tracing::info!(
            reaction = self.name(),
            position = birth.get(),
            "a reaction begins"
        );
        Ok(book.begin(self.name(), birth).await?)
    }

    /// The next page; whether there is more.
    async fn read_on(&mut self, place: &mut Place) -> Result<bool, Stop> {
        let head = self.means.log.head().await?;
        if place.reached < head {
            let (log, page) = (&self.means.log, self.means.options.page);
            let found = log
                .find_events_where(&self.filter, place.reached, head, page)
                .await?;
            for event in &found.events {
                self.deliver(event).await?;
                place.reached = event.position;
                self.keep(place).await?;
            }
            place.reached = place.reached.max(found.looked_up_to);
        }
        if place.reached > place.kept && place.kept_at.elapsed() >= KEPT_EVERY {
            self.keep(place).await?;
        }
        self.note_place(place.reached, head);
        Ok(place.reached < head)
    }

    async fn keep(&self, place: &mut Place) -> Result<(), Stop> {
        let (from, to) = (place.kept, place.reached);
        if !self.means.book.advance(self.name(), from, to).await? {
            return Err(Stop::Rival);
        }
        place.kept = to;
        place.kept_at = Instant::now();
        Ok(())
    }

    /// Until the event is done or put aside.
    async fn deliver(&mut self, event: &RecordedEvent) -> Result<(), Stop> {
        let (mut refusals, mut attempts) = (0, 0);
        loop {
            let Err(error) = self.react(event).await else {
                return Ok(());
            };
            attempts += 1;
            if let ReactionError::Refused { reason } = &error {
                refusals += 1;
                match self.reaction.policy() {
                    Policy::ParkAfter(limit) if refusals >= limit => {
                        return self.park(ParkedWhat::Event(event.position), reason).await;
                    }
                    Policy::Stop => {
                        return Err(Stop::ForGood(format!("event {}: {reason}", event.position)));
                    }
                    Policy::ParkAfter(_) | Policy::Retry => {}
                }
            }
            self.interrupted(format!("event {}: {error}", event.position));
            tokio::time::sleep(self.pause(attempts)).await;
        }
    }

    async fn react(&self, event: &RecordedEvent) -> Result<(), ReactionError> {
        let now = (self.means.clock)();
        let course = Course::of_event(self.name(), event, now, Arc::clone(&self.means.book));
        let done = self.reaction.react(&course, event).await;
        self.count(&done);
        done
    }

    /// Until something wakes it: a commit, the next timer, or time.
    async fn wait(&mut self, next_due: Option<Timestamp>, looked_at: Instant, place: &Place) {
        let options = &self.means.options;
        // Commits in quick succession are read in one go.
        tokio::time::sleep_until(looked_at + options.at_most_every).await;
        let now = (self.means.clock)();
        let due =
            next_due.map(|due| Duration::try_from(due.duration_since(now)).unwrap_or_default());
        let until = options.poll.min(due.unwrap_or(options.poll));
        let reached = place.reached;
        let woken = async {
            // The guard must not live on: it is not for other threads.
            let woken = self.means.wake.wait_for(|newest| *newest > reached);
            woken.await.is_ok()
        };
        let woken = tokio::time::timeout(until, woken).await;
        if woken == Ok(false) {
            // The writer is gone: only time wakes us from now on.
            tokio::time::sleep(until).await;
        }
    }

    fn pause(&self, failures: u32) -> Duration {
        let options = &self.means.options;
        let doubled =
            options.shortest_pause * 2_u32.saturating_pow(failures.saturating_sub(1).min(16));
        doubled.min(options.longest_pause)
    }

    fn name(&self) -> &'static str {
        self.reaction.name()
    }
}
