//! Reads the log page by page and refuses what contradicts a log: a hole, a step back, a reader beyond its end.
//!
//! It never repairs and never skips: the caller keeps its place.

use std::sync::Arc;

use accession_event_log::{LogError, LogStore};
use accession_events::{Position, RecordedEvent};

use crate::source::FeedError;

pub(crate) struct LogReader {
    store: Arc<dyn LogStore>,
    newest: Position,
}

impl LogReader {
    pub(crate) fn new(store: Arc<dyn LogStore>) -> Self {
        Self {
            store,
            newest: Position::START,
        }
    }

    /// The newest position seen so far, here or elsewhere.
    pub(crate) fn newest(&self) -> Position {
        self.newest
    }

    /// Somebody else has seen this position.
    pub(crate) fn noticed(&mut self, position: Position) {
        self.newest = self.newest.max(position);
    }

    /// The next events after `after`, at most `max`; empty at the end of the log.
    pub(crate) async fn page(
        &mut self,
        after: Position,
        max: usize,
    ) -> Result<Vec<RecordedEvent>, FeedError> {
        let page = self.store.read_feed(after, max).await?;
        verify_dense(after, &page)?;
        match page.last() {
            Some(last) => {
                let caught_up = last.position >= self.newest;
                self.noticed(last.position);
                // A full page says nothing about how much is left; asked once whenever the known end is reached.
                if page.len() >= max && caught_up {
                    self.newest = self.newest.max(self.store.head().await?);
                }
            }
            // Free of cost in the usual case: whoever stands at a position has mostly read it here.
            None if after > self.newest => self.refuse_reader_beyond_the_end(after).await?,
            None => {}
        }
        Ok(page)
    }

    async fn refuse_reader_beyond_the_end(&mut self, after: Position) -> Result<(), FeedError> {
        let head = self.store.head().await?;
        self.noticed(head);
        if after <= head {
            return Ok(());
        }
        Err(FeedError::Corrupt {
            reason: format!(
                "the reader stands at position {after}, but the log ends at {head}: the log was restored from an \
                 older copy, or the reader's checkpoint belongs to another log; rebuild its read models"
            ),
        })
    }
}

/// Positions must be `after + 1`, `after + 2`, … without exception.
fn verify_dense(after: Position, page: &[RecordedEvent]) -> Result<(), FeedError> {
    let mut last = after;
    for event in page {
        if event.position != last.next() {
            return Err(FeedError::Corrupt {
                reason: format!(
                    "the log gave position {} after {last}, where {} belongs: events are missing or out of order; \
                     verify the log before anything else reads it",
                    event.position,
                    last.next()
                ),
            });
        }
        last = event.position;
    }
    Ok(())
}

impl From<LogError> for FeedError {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Corrupt { reason } => Self::Corrupt { reason },
            other => Self::Interrupted {
                reason: other.to_string(),
            },
        }
    }
}
