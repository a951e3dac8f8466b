//! Runs the reactions while this process holds the lease, each at its own pace.
//!
//! A lease only keeps two processes from wasting work; what keeps them from doing a thing twice are ids and checkpoints.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::LogStore;
use accession_events::Position;
use accession_feed::relay::lease::Lease;
use accession_secrets::reaction_book::ReactionBook;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Reaction;
use super::follower::Follower;
use super::status::{ReactionState, ReactionStatus};

/// Pause after a follower that ended by itself, which only a defect does.
const PAUSE: Duration = Duration::from_secs(1);

/// Settings of the runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReactionOptions {
    /// Events that are taken from the log at once.
    pub page: usize,
    /// How often an idle reaction looks at the log and its timers when nothing wakes it.
    pub poll: Duration,
    /// Shortest time between two looks at the log, so that a busy log is read in pages.
    pub at_most_every: Duration,
    /// How often the lease is checked, or asked for.
    pub check_every: Duration,
    /// Pause after the first failure; each further one doubles it.
    pub shortest_pause: Duration,
    /// Longest pause after a failure.
    pub longest_pause: Duration,
}

impl Default for ReactionOptions {
    fn default() -> Self {
        Self {
            page: 200,
            poll: Duration::from_secs(1),
            at_most_every: Duration::from_millis(20),
            check_every: Duration::from_secs(2),
            shortest_pause: Duration::from_millis(250),
            longest_pause: Duration::from_mins(1),
        }
    }
}

/// What reactions work with.
#[derive(Clone)]
pub(super) struct Means {
    pub(super) log: Arc<dyn LogStore>,
    pub(super) book: Arc<dyn ReactionBook>,
    pub(super) wake: watch::Receiver<Position>,
    pub(super) options: ReactionOptions,
    pub(super) clock: fn() -> Timestamp,
}

/// A reaction and how it is doing.
type Registered = (Arc<dyn Reaction>, Arc<watch::Sender<ReactionStatus>>);

/// All reactions of the process.
pub struct Reactions {
    means: Means,
    lease: Box<dyn Lease>,
    registered: Vec<Registered>,
}

impl Reactions {
    /// Reactions to this log that remember in this book; `wake` carries the newest committed position.
    #[must_use]
    pub fn new(
        log: Arc<dyn LogStore>,
        book: Arc<dyn ReactionBook>,
        lease: Box<dyn Lease>,
        wake: watch::Receiver<Position>,
        options: ReactionOptions,
        clock: fn() -> Timestamp,
    ) -> Self {
        Self {
            means: Means {
                log,
                book,
                wake,
                options,
                clock,
            },
            lease,
            registered: Vec::new(),
        }
    }

    /// One more. Two of the same name would move each other's checkpoint.
    #[must_use]
    pub fn with(mut self, reaction: Arc<dyn Reaction>) -> Self {
        debug_assert!(
            self.registered
                .iter()
                .all(|(other, _)| other.name() != reaction.name())
        );
        let status = watch::Sender::new(ReactionStatus::new(reaction.name()));
        self.registered.push((reaction, Arc::new(status)));
        self
    }

    /// How each is doing, now and later.
    #[must_use]
    pub fn statuses(&self) -> Vec<watch::Receiver<ReactionStatus>> {
        let statuses = self.registered.iter();
        statuses.map(|(_, status)| status.subscribe()).collect()
    }

    /// Runs until `shutdown`. What is under way is taken up again by the next who holds the lease.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send) {
        tokio::select! {
            biased;
            () = shutdown => {}
            () = self.supervise() => {}
        }
        self.lease.release().await;
        self.enter(&ReactionState::Standby);
    }

    async fn supervise(&mut self) {
        loop {
            self.stand_by().await;
            self.session().await;
        }
    }

    async fn stand_by(&mut self) {
        while !matches!(self.lease.is_held().await, Ok(true)) {
            let state = match self.lease.try_acquire().await {
                Ok(true) => return,
                Ok(false) => ReactionState::Standby,
                Err(error) => ReactionState::Interrupted {
                    reason: error.to_string(),
                },
            };
            self.enter(&state);
            tokio::time::sleep(self.means.options.check_every).await;
        }
    }

    /// Lets all follow for as long as the lease is held.
    async fn session(&mut self) {
        let mut following = JoinSet::new();
        for (reaction, status) in &self.registered {
            let follower =
                Follower::new(Arc::clone(reaction), self.means.clone(), Arc::clone(status));
            following.spawn(follower.follow());
        }
        loop {
            tokio::select! {
                ended = following.join_next(), if !following.is_empty() => {
                    if let Some(Err(error)) = ended {
                        tracing::error!(%error, "a reaction has crashed; all reactions start over");
                        self.enter(&ReactionState::Interrupted { reason: "it has crashed and starts over".into() });
                    }
                    tokio::time::sleep(PAUSE).await;
                    return;
                }
                () = tokio::time::sleep(self.means.options.check_every) => {
                    if !matches!(self.lease.is_held().await, Ok(true)) {
                        return;
                    }
                }
            }
        }
    }

    fn enter(&self, state: &ReactionState) {
        for (_, status) in &self.registered {
            status.send_modify(|status| status.state = state.clone());
        }
    }
}
