//! What a relay says about itself, for health checks and metrics.
//! It judges nothing: how old is too old is the reader's to decide.

use accession_events::Position;
use jiff::Timestamp;
use tokio::time::Instant;

/// What a relay is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayState {
    /// Another process holds the lease; this one waits for it.
    Standby,
    /// It holds the lease and publishes.
    Publishing,
    /// It holds the lease (or does not know) and cannot publish for now.
    Interrupted {
        /// What is wrong.
        reason: String,
    },
    /// It was shut down.
    Stopped,
}

/// How a relay is doing.
#[derive(Debug, Clone)]
pub struct RelayStatus {
    /// What it is doing.
    pub state: RelayState,
    /// Since when.
    pub since: Instant,
    /// When it last made a turn: read the log, published, or found nothing to do. Old while `Publishing`: it is stuck.
    pub last_turn: Instant,
    /// The newest position that the bus has acknowledged, or that its stream was found to end with.
    pub published: Position,
    /// The newest position of the log that it knows of.
    pub newest: Position,
    /// What should be different about the bus, although it works.
    pub notice: Option<String>,
    /// When the oldest event that is read but not acknowledged was recorded; None when there is none.
    pub oldest_waiting: Option<Timestamp>,
}

impl RelayStatus {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        Self {
            state: RelayState::Standby,
            since: now,
            last_turn: now,
            published: Position::START,
            newest: Position::START,
            notice: None,
            oldest_waiting: None,
        }
    }

    /// How many events are not on the bus yet.
    #[must_use]
    pub fn lag(&self) -> u64 {
        self.newest.get().saturating_sub(self.published.get())
    }

    pub(crate) fn enter(&mut self, state: RelayState) {
        metrics::gauge!("accession_relay_active").set(if state == RelayState::Publishing {
            1.0
        } else {
            0.0
        });
        if self.state != state {
            self.state = state;
            self.since = Instant::now();
        }
        self.last_turn = Instant::now();
    }

    pub(crate) fn turned(
        &mut self,
        published: Position,
        newest: Position,
        oldest_waiting: Option<Timestamp>,
    ) {
        self.published = published;
        self.newest = newest.max(published);
        self.oldest_waiting = oldest_waiting;
        self.last_turn = Instant::now();
        metrics::gauge!("accession_relay_position").set(float(self.published.get()));
        metrics::gauge!("accession_relay_lag_events").set(float(self.lag()));
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; exact to 2^53 events"
)]
fn float(number: u64) -> f64 {
    number as f64
}
