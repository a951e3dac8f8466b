//! The port by which a consumer follows the log.

use std::time::Duration;

use accession_events::{Position, RecordedEvent};
use async_trait::async_trait;

/// Why a feed cannot go on for now. The consumer keeps its place and tries again.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The log or the bus is not reachable.
    #[error("the feed is interrupted: {reason}")]
    Interrupted {
        /// What it said.
        reason: String,
    },
    /// The feed holds what it never should: a hole in the log itself, a position going backwards.
    #[error("the feed contradicts the log: {reason}")]
    Corrupt {
        /// What is wrong.
        reason: String,
    },
}

/// One consumer's view of the log, in order, without a hole.
#[async_trait]
pub trait Feed: Send {
    /// The next events after `after`, at least one, at most `max`, dense: the first has position `after + 1`.
    ///
    /// Waits up to `patience` for something to come and then returns an empty list. Safe to call again with any
    /// earlier or later position: the caller's checkpoint, not the feed, is the truth.
    async fn after(
        &mut self,
        after: Position,
        max: usize,
        patience: Duration,
    ) -> Result<Vec<RecordedEvent>, FeedError>;

    /// The newest position that the feed knows of, for lag; it may be older than the log's true head.
    fn newest_known(&self) -> Position;
}
