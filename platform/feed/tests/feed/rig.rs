//! What a test of a feed stands on: a log, a way to open feeds over it, and a reader that checks every event.
//! It knows nothing of how a feed gets its events.

use std::sync::Arc;
use std::time::Duration;

use accession_events::{Position, RecordedEvent};
use accession_feed::{Feed, LogFeed};

use crate::memory_log::MemoryLog;

/// Longer than any test lasts: who depends on it has not been woken.
pub(crate) const NEVER: Duration = Duration::from_mins(10);

/// Bound of every wait; reached only when something is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Which kind of feed a run of the suite is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Over the log, woken in-process.
    InProcess,
}

/// A log and the feeds over it.
pub(crate) struct Rig {
    pub(crate) log: Arc<MemoryLog>,
    kind: Kind,
}

impl Rig {
    pub(crate) fn start(kind: Kind) -> Self {
        Self {
            log: MemoryLog::new(),
            kind,
        }
    }

    /// A new feed that depends on being woken: it polls, so to say, never.
    pub(crate) fn feed(&self) -> Box<dyn Feed> {
        match self.kind {
            Kind::InProcess => Box::new(LogFeed::new(self.log.clone(), self.log.wake(), NEVER)),
        }
    }
}

/// Reads on from `after` until it stands at `until`, and fails unless it sees every position exactly once, in order.
pub(crate) async fn read_until(feed: &mut dyn Feed, after: u64, until: u64) -> Vec<RecordedEvent> {
    let reading = async {
        let mut seen: Vec<RecordedEvent> = Vec::new();
        while after + (seen.len() as u64) < until {
            let at = after + seen.len() as u64;
            // A feed may be interrupted and then goes on; it may never contradict the log.
            match feed.after(Position::new(at), 100, PATIENCE).await {
                Ok(page) => {
                    let positions: Vec<u64> =
                        page.iter().map(|event| event.position.get()).collect();
                    let expected: Vec<u64> = (at + 1..).take(page.len()).collect();
                    assert_eq!(positions, expected, "after position {at}");
                    seen.extend(page);
                }
                Err(accession_feed::FeedError::Interrupted { .. }) => {
                    tokio::task::yield_now().await;
                }
                Err(error) => panic!("after position {at}: {error}"),
            }
        }
        seen
    };
    tokio::time::timeout(PATIENCE * 2, reading)
        .await
        .unwrap_or_else(|_| panic!("position {until} was not reached in time"))
}
