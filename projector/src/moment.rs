//! When something happened: a place in the log and the time that the log gave it.
//!
//! Never the time at which a projector saw it.

use accession_events::{Position, RecordedEvent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A place in the log and its time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moment {
    /// The event's position.
    #[serde(rename = "p")]
    pub(crate) position: Position,
    /// When the log recorded it.
    #[serde(rename = "a")]
    pub(crate) at: Timestamp,
}

impl Moment {
    /// The moment of an event.
    pub(crate) fn of(recorded: &RecordedEvent) -> Self {
        Self {
            position: recorded.position,
            at: recorded.recorded_at,
        }
    }

    /// Moves on to the event, unless it is older: a parked event may be taken in late.
    pub(crate) fn advance(&mut self, recorded: &RecordedEvent) {
        if recorded.position > self.position {
            *self = Self::of(recorded);
        }
    }

    /// The position as twenty digits, so that texts sort like numbers.
    pub(crate) fn sort(self) -> String {
        format!("{:020}", self.position.get())
    }
}
