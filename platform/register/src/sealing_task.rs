//! The task that seals in the background: one process at a time by a lease, at most so often, and once more at the end.
//!
//! It holds up nobody: an append never waits for it, and a place that does not take a checkpoint never stops it.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::RegisterStore;
use accession_events::Position;
use accession_feed::relay::lease::Lease;
use accession_transparency::NoteSigner;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::outlet::Outlet;
use crate::sealing::{SealError, Sealer};

/// Longest pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long the last sealing at the end may take.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// Settings of the task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealingOptions {
    /// A checkpoint at most so often while events come slowly.
    pub every: Duration,
    /// And earlier when so many events wait.
    pub events: u64,
}

impl Default for SealingOptions {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(10),
            events: 10_000,
        }
    }
}

/// What the task is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealingState {
    /// Another process seals.
    Standby,
    /// Sealing; so many events are sealed.
    Sealing {
        /// Size of the last checkpoint.
        sealed: u64,
    },
    /// It failed and tries again; for some reasons it will fail until an operator has looked.
    Interrupted {
        /// Why.
        reason: String,
    },
}

/// The task and its parts.
pub struct SealingTask {
    store: Arc<dyn RegisterStore>,
    signer: NoteSigner,
    lease: Box<dyn Lease>,
    outlets: Vec<Box<dyn Outlet>>,
    wake: watch::Receiver<Position>,
    options: SealingOptions,
    clock: fn() -> Timestamp,
    state: watch::Sender<SealingState>,
}

impl SealingTask {
    /// A task over a log; `wake` carries the newest position that this process has committed.
    #[must_use]
    pub fn new(
        store: Arc<dyn RegisterStore>,
        signer: NoteSigner,
        lease: Box<dyn Lease>,
        wake: watch::Receiver<Position>,
        options: SealingOptions,
        clock: fn() -> Timestamp,
    ) -> Self {
        Self {
            store,
            signer,
            lease,
            outlets: Vec::new(),
            wake,
            options,
            clock,
            state: watch::Sender::new(SealingState::Standby),
        }
    }

    /// Also takes every checkpoint there.
    #[must_use]
    pub fn with_outlet(mut self, outlet: Box<dyn Outlet>) -> Self {
        self.outlets.push(outlet);
        self
    }

    /// What it is doing, now and later.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<SealingState> {
        self.state.subscribe()
    }

    /// Runs until `shutdown`, then seals what is left.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send) {
        tokio::select! {
            () = self.supervise() => {}
            () = shutdown => {}
        }
        if matches!(*self.state.borrow(), SealingState::Sealing { .. }) {
            match tokio::time::timeout(LAST_WORDS, self.session_once()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the last events are not sealed"),
                Err(_) => tracing::warn!("the last events are not sealed: it took too long"),
            }
        }
        self.lease.release().await;
    }

    async fn supervise(&mut self) {
        let mut pause = Duration::from_secs(1);
        loop {
            self.stand_by().await;
            let Err(error) = self.session().await else {
                continue;
            };
            if matches!(error, SealError::Rival | SealError::Log(_)) {
                pause = Duration::from_secs(1);
            }
            tracing::error!(%error, "the log is not sealed");
            metrics::counter!("accession_sealing_failures_total").increment(1);
            self.state.send_replace(SealingState::Interrupted {
                reason: error.to_string(),
            });
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn stand_by(&mut self) {
        while !matches!(self.lease.is_held().await, Ok(true)) {
            match self.lease.try_acquire().await {
                Ok(true) => return,
                Ok(false) => {
                    self.state.send_replace(SealingState::Standby);
                }
                Err(error) => {
                    self.state.send_replace(SealingState::Interrupted {
                        reason: error.to_string(),
                    });
                }
            }
            tokio::time::sleep(self.options.every.min(Duration::from_secs(5))).await;
        }
    }

    /// Seals for as long as the lease is held.
    async fn session(&mut self) -> Result<(), SealError> {
        let mut sealer = Sealer::open(Arc::clone(&self.store), self.signer.clone()).await?;
        self.deliver(&sealer).await;
        while matches!(self.lease.is_held().await, Ok(true)) {
            if self.step(&mut sealer).await? {
                continue;
            }
            let enough = sealer.sealed() + self.options.events;
            let waited = self.wake.wait_for(|head| head.get() >= enough);
            let writer_gone = matches!(
                tokio::time::timeout(self.options.every, waited).await,
                Ok(Err(_))
            );
            if writer_gone {
                // Only time wakes us from now on.
                tokio::time::sleep(self.options.every).await;
            }
        }
        Ok(())
    }

    async fn session_once(&mut self) -> Result<(), SealError> {
        let mut sealer = Sealer::open(Arc::clone(&self.store), self.signer.clone()).await?;
        while self.step(&mut sealer).await? {}
        Ok(())
    }

    /// One checkpoint; whether more is to be sealed at once.
    async fn step(&mut self, sealer: &mut Sealer) -> Result<bool, SealError> {
        let added = sealer.seal((self.clock)()).await?;
        self.state.send_replace(SealingState::Sealing {
            sealed: sealer.sealed(),
        });
        gauge(sealer.sealed());
        if added.is_none() {
            return Ok(false);
        }
        self.deliver(sealer).await;
        let head = self.store.head().await?.get();
        Ok(head >= sealer.sealed() + self.options.events)
    }

    async fn deliver(&mut self, sealer: &Sealer) {
        let Some(seal) = sealer.last() else { return };
        for outlet in &self.outlets {
            if let Err(error) = outlet.deliver(&*self.store, sealer.tree(), seal).await {
                tracing::error!(%error, outlet = outlet.name(), "a checkpoint could not be taken out of the log");
                metrics::counter!("accession_checkpoint_outlet_failures_total").increment(1);
            }
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "metrics are floating point; positions stay far below 2^52"
)]
fn gauge(sealed: u64) {
    metrics::gauge!("accession_log_sealed_position").set(sealed as f64);
}
