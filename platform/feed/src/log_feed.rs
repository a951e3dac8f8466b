//! The feed straight from the log: woken in-process, or by polling alone. The embedded server's only feed.
//!
//! It never trusts a wake-up: it only shortens the wait for the next read.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::LogStore;
use accession_events::{Position, RecordedEvent};
use async_trait::async_trait;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::log_reader::LogReader;
use crate::source::{Feed, FeedError};

/// How often an idle feed looks at the log when nothing wakes it.
pub const DEFAULT_POLL: Duration = Duration::from_millis(250);

/// A feed that reads the log itself.
pub struct LogFeed {
    log: LogReader,
    wake: watch::Receiver<Position>,
    poll: Duration,
}

impl LogFeed {
    /// Follows `store`; `wake` carries the newest committed position (its sender may be gone: then only `poll`, the
    /// interval between looks at an idle log, counts).
    #[must_use]
    pub fn new(store: Arc<dyn LogStore>, wake: watch::Receiver<Position>, poll: Duration) -> Self {
        Self {
            log: LogReader::new(store),
            wake,
            poll,
        }
    }
}

#[async_trait]
impl Feed for LogFeed {
    async fn after(
        &mut self,
        after: Position,
        max: usize,
        patience: Duration,
    ) -> Result<Vec<RecordedEvent>, FeedError> {
        let deadline = Instant::now() + patience;
        loop {
            // Marked as seen before the read: a commit during the read wakes the wait that follows.
            let woken_for = *self.wake.borrow_and_update();
            self.log.noticed(woken_for);
            let page = self.log.page(after, max.max(1)).await?;
            if !page.is_empty() || Instant::now() >= deadline {
                return Ok(page);
            }
            wait(&mut self.wake, deadline.min(Instant::now() + self.poll)).await;
        }
    }

    fn newest_known(&self) -> Position {
        self.log.newest().max(*self.wake.borrow())
    }
}

/// Until the next wake-up, at most until `at`.
pub(crate) async fn wait(wake: &mut watch::Receiver<Position>, at: Instant) {
    // Elapsed or woken: the caller looks again either way.
    let _ = tokio::time::timeout_at(at, changed(wake)).await;
}

/// Until a watched value changes; for ever when nobody is left to change it.
pub(crate) async fn changed<T>(watched: &mut watch::Receiver<T>) {
    if watched.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}
