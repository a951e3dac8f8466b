//! The relay: carries the log's tail to the bus, one process at a time, in order, without a hole.
//!
//! It trusts the stream's end and never a cursor of its own: the bus may lose what it has acknowledged.

pub mod lease;
pub mod outlet;
mod session;
mod status;
mod stop;
mod window;

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::LogStore;
use accession_events::Position;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::bus::Bus;
use crate::log_feed::changed;
use lease::Lease;
use outlet::{Outlet, SharedOutlet};
use session::Session;
pub use status::{RelayState, RelayStatus};
use stop::Stop;

/// Shortest pause between two sessions that fail.
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
/// A session that lasted as long was well; the pauses begin anew.
const WELL_AFTER: Duration = Duration::from_secs(5);

/// Settings of the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayConfig {
    /// How many messages may wait for their acknowledgement.
    pub in_flight: usize,
    /// How many events are read from the log at once.
    pub page: usize,
    /// How often an idle relay looks at the log when nothing wakes it.
    pub poll: Duration,
    /// How often it checks its lease, and the stream's end while idle; also how often it asks for the lease.
    pub check_every: Duration,
    /// Longest pause between two sessions that fail.
    pub longest_pause: Duration,
}

impl Default for RelayConfig {
    fn default() -> Self {
        Self {
            in_flight: 256,
            page: 1000,
            poll: Duration::from_millis(250),
            check_every: Duration::from_secs(1),
            longest_pause: Duration::from_secs(5),
        }
    }
}

/// Publishes the log to the bus for as long as it holds the lease.
pub struct Relay {
    log: Arc<dyn LogStore>,
    outlet: SharedOutlet,
    lease: Box<dyn Lease>,
    wake: watch::Receiver<Position>,
    config: RelayConfig,
    status: watch::Sender<RelayStatus>,
}

impl Relay {
    /// Relays `log` to `bus` while `lease` is held; `wake` carries the newest committed position.
    #[must_use]
    pub fn new(
        log: Arc<dyn LogStore>,
        bus: Bus,
        lease: Box<dyn Lease>,
        wake: watch::Receiver<Position>,
        config: RelayConfig,
    ) -> Self {
        Self::over(log, Arc::new(bus), lease, wake, config)
    }

    /// The same over any stream.
    #[must_use]
    pub fn over(
        log: Arc<dyn LogStore>,
        outlet: Arc<dyn Outlet>,
        lease: Box<dyn Lease>,
        wake: watch::Receiver<Position>,
        config: RelayConfig,
    ) -> Self {
        Self {
            log,
            outlet,
            lease,
            wake,
            config,
            status: watch::Sender::new(RelayStatus::new()),
        }
    }

    /// How it is doing, now and later.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<RelayStatus> {
        self.status.subscribe()
    }

    /// Runs until `shutdown`. What was read is published and acknowledged or will be published by the next relay:
    /// stopping at any point loses nothing.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send) {
        tokio::select! {
            biased;
            () = self.supervise() => {}
            () = shutdown => {}
        }
        self.lease.release().await;
        self.status
            .send_modify(|status| status.enter(RelayState::Stopped));
    }

    async fn supervise(&mut self) {
        let mut pause = SHORTEST_PAUSE;
        let mut ids_by_place = false;
        loop {
            self.stand_by().await;
            let began = Instant::now();
            let stop = self.session(ids_by_place).await;
            // Only the server's memory of lost messages calls for other ids, and it forgets within its window.
            ids_by_place = matches!(
                stop,
                Stop::Misplaced {
                    duplicate: true,
                    ..
                }
            );
            self.interrupted(&stop);
            if began.elapsed() >= WELL_AFTER {
                pause = SHORTEST_PAUSE;
            }
            self.pause(pause).await;
            pause = (pause * 2).min(self.config.longest_pause);
        }
    }

    async fn session(&mut self, ids_by_place: bool) -> Stop {
        let session = Session {
            log: Arc::clone(&self.log),
            outlet: Arc::clone(&self.outlet),
            lease: &mut *self.lease,
            wake: &mut self.wake,
            config: &self.config,
            status: &self.status,
            ids_by_place,
        };
        session.run().await
    }

    /// Until the lease is ours.
    async fn stand_by(&mut self) {
        // Held from the session before, in the usual case.
        while !matches!(self.lease.is_held().await, Ok(true)) {
            let state = match self.lease.try_acquire().await {
                Ok(true) => return,
                Ok(false) => RelayState::Standby,
                Err(error) => RelayState::Interrupted {
                    reason: error.to_string(),
                },
            };
            self.status.send_modify(|status| status.enter(state));
            tokio::time::sleep(self.config.check_every).await;
        }
    }

    fn interrupted(&self, stop: &Stop) {
        let reason = stop.to_string();
        tracing::warn!(reason, "the relay starts over from the stream's end");
        metrics::counter!("accession_relay_restarts_total", "reason" => stop.word()).increment(1);
        self.status
            .send_modify(|status| status.enter(RelayState::Interrupted { reason }));
    }

    /// At most `longest`, less when the connection to the bus changes meanwhile.
    async fn pause(&mut self, longest: Duration) {
        let mut link = self.outlet.link();
        let _ = tokio::time::timeout(longest, changed(&mut link)).await;
    }
}
