//! Asks the log now and then whether it is there, so that health checks can answer from what is known.
//!
//! A process that cannot reach its log learns it here, not from the first command that fails.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::LogStore;
use accession_events::Position;
use accession_service::shutdown::Shutdown;
use tokio::sync::watch;

const EVERY: Duration = Duration::from_secs(2);
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// What was found last.
#[derive(Debug, Clone, Default)]
struct Found {
    position: Option<Position>,
    problem: Option<String>,
}

/// A handle to what was found. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Probe {
    found: watch::Receiver<Found>,
}

impl Probe {
    /// Asks once now, and from then on until shutdown.
    pub(super) async fn start(store: Arc<dyn LogStore>, mut shutdown: Shutdown) -> Self {
        let (sender, found) = watch::channel(ask(&*store, None).await);
        tokio::spawn(async move {
            while tokio::time::timeout(EVERY, shutdown.wait()).await.is_err() {
                let known = sender.borrow().position;
                sender.send_replace(ask(&*store, known).await);
            }
        });
        Self { found }
    }

    /// The newest position that was seen, and what is wrong now.
    pub(super) fn found(&self) -> (Option<Position>, Option<String>) {
        let found = self.found.borrow().clone();
        (found.position, found.problem)
    }
}

async fn ask(store: &dyn LogStore, known: Option<Position>) -> Found {
    match tokio::time::timeout(ANSWERS_WITHIN, store.head()).await {
        Ok(Ok(position)) => Found {
            position: Some(position),
            problem: None,
        },
        Ok(Err(error)) => Found {
            position: known,
            problem: Some(error.to_string()),
        },
        Err(_) => Found {
            position: known,
            problem: Some(format!(
                "the event log did not answer within {} s",
                ANSWERS_WITHIN.as_secs()
            )),
        },
    }
}
