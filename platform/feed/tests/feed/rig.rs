//! What a test of a feed stands on: a log, a way to open feeds over it, and a reader that checks every event.
//! It knows nothing of how a feed gets its events.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::LogStore;
use accession_events::{Position, RecordedEvent};
use accession_feed::relay::lease::{AlwaysHeld, Lease};
use accession_feed::{
    Bus, BusConfig, BusFeed, BusFeedConfig, Feed, FeedError, LogFeed, Relay, RelayConfig,
    RelayState, RelayStatus,
};
use accession_testkit::{Stores, unique_name};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

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
    /// Over a relay and a real nats-server.
    Bus,
}

/// A log and the feeds over it.
pub(crate) struct Rig {
    pub(crate) log: Arc<MemoryLog>,
    bus: Option<(Bus, Running)>,
}

impl Rig {
    pub(crate) async fn start(kind: Kind) -> Self {
        let log = MemoryLog::new();
        let bus = match kind {
            Kind::InProcess => None,
            Kind::Bus => {
                let bus = bus_at(&Stores::shared().nats_url).await;
                let relay = Running::relay(&log, &bus, Box::new(AlwaysHeld));
                relay.publishing().await;
                Some((bus, relay))
            }
        };
        Self { log, bus }
    }

    /// A new feed that depends on being woken: it polls, so to say, never.
    pub(crate) fn feed(&self) -> Box<dyn Feed> {
        match &self.bus {
            None => Box::new(LogFeed::new(self.log.clone(), self.log.wake(), NEVER)),
            Some((bus, _)) => Box::new(BusFeed::new(
                self.log.clone(),
                bus.clone(),
                BusFeedConfig {
                    poll_beside_bus: NEVER,
                    poll_without_bus: NEVER,
                },
            )),
        }
    }
}

/// A connection to a stream of the test's own.
pub(crate) async fn bus_at(url: &str) -> Bus {
    let name = unique_name("feed");
    let config = BusConfig {
        stream: name.clone(),
        subjects: name,
        max_bytes: 1 << 28,
        ..BusConfig::at(url)
    };
    let bus = Bus::connect(config)
        .await
        .expect("the configuration is sound");
    let mut link = bus.link();
    if bus.check().await.is_err() {
        timeout(PATIENCE, link.changed())
            .await
            .expect("nats-server answers")
            .expect("the bus lives");
    }
    bus
}

/// A relay in a task of its own.
pub(crate) struct Running {
    pub(crate) status: watch::Receiver<RelayStatus>,
    task: JoinHandle<()>,
    end: Arc<Notify>,
}

impl Running {
    pub(crate) fn relay(log: &Arc<MemoryLog>, bus: &Bus, lease: Box<dyn Lease>) -> Self {
        Self::relay_of(log.clone(), bus, lease, log.wake())
    }

    pub(crate) fn relay_of(
        log: Arc<dyn LogStore>,
        bus: &Bus,
        lease: Box<dyn Lease>,
        wake: watch::Receiver<Position>,
    ) -> Self {
        let config = RelayConfig {
            poll: Duration::from_millis(50),
            check_every: Duration::from_millis(50),
            longest_pause: Duration::from_millis(200),
            ..RelayConfig::default()
        };
        let end = Arc::new(Notify::new());
        let ended = Arc::clone(&end);
        let relay = Relay::new(log, bus.clone(), lease, wake, config);
        Self {
            status: relay.status(),
            task: tokio::spawn(relay.run(async move { ended.notified().await })),
            end,
        }
    }

    /// Until it publishes.
    pub(crate) async fn publishing(&self) {
        self.until(|status| status.state == RelayState::Publishing)
            .await;
    }

    /// Until the bus has acknowledged this position.
    pub(crate) async fn published(&self, position: u64) {
        self.until(|status| status.published.get() >= position)
            .await;
    }

    pub(crate) async fn until(&self, holds: impl FnMut(&RelayStatus) -> bool) {
        let mut status = self.status.clone();
        if timeout(PATIENCE, status.wait_for(holds)).await.is_err() {
            let status = self.status.borrow().clone();
            panic!("the relay did not get there: {status:?}");
        }
    }

    /// Asks it to end.
    pub(crate) fn shut_down(&self) {
        self.end.notify_one();
    }

    /// Ends it where it stands, as a crash would.
    pub(crate) async fn kill(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
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
                Err(FeedError::Interrupted { .. }) => {
                    tokio::task::yield_now().await;
                }
                Err(error) => panic!("after position {at}: {error}"),
            }
        }
        seen
    };
    timeout(PATIENCE * 2, reading)
        .await
        .unwrap_or_else(|_| panic!("position {until} was not reached in time"))
}
