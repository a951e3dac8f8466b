//! Where a model stands, as it is told outside.
//!
//! Only what the lanes have told; nothing is asked for it.

use std::time::Duration;

use accession_events::Position;
use accession_read_store::Generation;
use jiff::Timestamp;

/// Where a model stands, over all lanes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelStatus {
    /// Its name.
    pub name: String,
    /// The generation that is kept.
    pub generation: Generation,
    /// Whether readers are sent to it; false while it is built.
    pub live: bool,
    /// Whether readers are sent to a generation that another version of the fold built, until this one has caught up.
    pub outdated: bool,
    /// The last event that is in the documents of every lane.
    pub position: Position,
    /// How many events the slowest lane is behind the newest that is known.
    pub lag: u64,
    /// When the oldest event was recorded that is known and not in the documents yet; none when nothing waits.
    pub waiting_since: Option<Timestamp>,
    /// How many keys are parked.
    pub parked: usize,
    /// What is wrong with the first of them.
    pub parked_problem: Option<String>,
    /// How long ago the slowest lane last did or looked for work.
    pub last_loop: Duration,
    /// What is wrong now, if anything is.
    pub problem: Option<String>,
}

impl ModelStatus {
    /// Takes another lane in: the worse of both counts.
    pub(crate) fn worsen(&mut self, other: &Self) {
        self.live &= other.live;
        self.outdated |= other.outdated;
        self.position = self.position.min(other.position);
        self.lag = self.lag.max(other.lag);
        self.waiting_since = [self.waiting_since, other.waiting_since]
            .into_iter()
            .flatten()
            .min();
        self.parked += other.parked;
        self.parked_problem = self
            .parked_problem
            .take()
            .or_else(|| other.parked_problem.clone());
        self.last_loop = self.last_loop.max(other.last_loop);
        self.problem = self.problem.take().or_else(|| other.problem.clone());
    }
}
