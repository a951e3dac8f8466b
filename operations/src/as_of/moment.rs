//! A moment of the log, as an operator names it: a position, or a time that stands for one.
//!
//! Never answers for a moment that the log does not have.

use std::fmt;

use accession_event_log::LogStore;
use accession_events::Position;
use jiff::Timestamp;

use super::AsOfError;

/// As of when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Up to this event, which is included.
    Position(Position),
    /// Up to the last event that was recorded at this time or earlier.
    Time(Timestamp),
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Position(position) => write!(f, "position {position}"),
            Self::Time(time) => time.fmt(f),
        }
    }
}

/// The position of a moment.
pub(super) async fn resolve(log: &dyn LogStore, when: When) -> Result<Position, AsOfError> {
    let position = match when {
        When::Position(position) => {
            let head = log.head().await?;
            if position > head {
                return Err(AsOfError::Beyond {
                    wanted: position,
                    head,
                });
            }
            position
        }
        When::Time(time) => log.position_at(time).await?,
    };
    if position > Position::START {
        return Ok(position);
    }
    let first = log.read_feed(Position::START, 1).await?;
    let first = first.first().map_or_else(
        || "the log is empty".to_owned(),
        |first| format!("the first event is of {}", first.recorded_at),
    );
    Err(AsOfError::NotYet { when, first })
}
