//! A log in memory that can grow while a projector follows it.
//!
//! It hands out pages of at most what was asked for, dense, as every feed must.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use accession_events::{Position, RecordedEvent};
use accession_feed::{Feed, FeedError};
use async_trait::async_trait;
use tokio::sync::watch;

use crate::runner::FeedFactory;

/// The log.
#[derive(Clone)]
pub(crate) struct MemoryLog {
    events: Arc<Mutex<Vec<RecordedEvent>>>,
    /// How many events feeds may see.
    shown: Arc<watch::Sender<usize>>,
}

impl MemoryLog {
    /// A log whose events can all be seen.
    pub(crate) fn of(events: Vec<RecordedEvent>) -> Self {
        let shown = watch::Sender::new(events.len());
        Self {
            events: Arc::new(Mutex::new(events)),
            shown: Arc::new(shown),
        }
    }

    /// Shows only so many events from now on.
    pub(crate) fn show(&self, events: usize) {
        self.shown.send_replace(events);
    }

    /// Replaces an event, as a defect or a new version of the code would.
    pub(crate) fn replace(&self, position: Position, event: RecordedEvent) {
        let mut events = self.events.lock().unwrap();
        events[usize::try_from(position.get()).unwrap() - 1] = event;
    }

    pub(crate) fn feeds(&self) -> FeedFactory {
        let log = self.clone();
        Arc::new(move || {
            Box::new(MemoryFeed {
                shown: log.shown.subscribe(),
                log: log.clone(),
            }) as Box<dyn Feed>
        })
    }
}

/// Feeds of a log with these events.
pub(crate) fn feeds_of(events: Vec<RecordedEvent>) -> FeedFactory {
    MemoryLog::of(events).feeds()
}

struct MemoryFeed {
    log: MemoryLog,
    shown: watch::Receiver<usize>,
}

#[async_trait]
impl Feed for MemoryFeed {
    async fn after(
        &mut self,
        after: Position,
        max: usize,
        patience: Duration,
    ) -> Result<Vec<RecordedEvent>, FeedError> {
        let from = usize::try_from(after.get()).unwrap();
        let more = self.shown.wait_for(|shown| *shown > from);
        let Ok(Ok(shown)) = tokio::time::timeout(patience, more).await else {
            return Ok(Vec::new());
        };
        let to = (*shown).min(from + max.max(1));
        Ok(self.log.events.lock().unwrap()[from..to].to_vec())
    }

    fn newest_known(&self) -> Position {
        Position::new(*self.shown.borrow() as u64)
    }
}
