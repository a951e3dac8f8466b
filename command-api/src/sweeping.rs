//! What had served its time is swept out of the private tables, every now and then, by one process at a time.
//!
//! Never takes what still opens something: each table's own port says what is too old.

#[cfg(test)]
mod tests;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use accession_event_log::{
    EventLog, ExecuteError, Given, LogError, LogStore, Repository, RepositoryOptions,
};
use accession_events::Metadata;
use accession_events::identity::SessionEnd;
use accession_feed::relay::lease::Lease;
use accession_secrets::challenges::{self, ChallengeStore};
use accession_secrets::guesses::{self, GuessStore};
use accession_secrets::sessions::{self, SessionStore};
use accession_secrets::sign_in_attempts::{self, SignInAttemptStore};
use accession_secrets::{PrivateDatabase, SecretsError, view_log};
use accession_service::views::{ViewLog, ViewsAway};
use jiff::{SignedDuration, Timestamp};

use crate::identity::session::{Session, SessionCommand, SessionError};

/// What is swept, as the metric names it.
pub const KINDS: &[&str] = &[
    "sessions_expired",
    "sessions_ended",
    "challenges",
    "sign_in_failures",
    "sign_in_attempts",
    "views",
    "idempotency_keys",
];

/// How long it is kept who looked at whose data.
pub const VIEWS_KEPT: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);
/// How long the row of a session that is over is kept: as long as one of its tokens might come back.
const SESSIONS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a challenge is kept that nobody answered: until nobody asks any more why a link does not work.
const CHALLENGES_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Sessions whose end is told in one round; more wait for the next.
const ENDS_AT_ONCE: u32 = 500;
/// From one round to the next.
const BETWEEN: Duration = Duration::from_mins(10);
/// Sessions that are ended here are not kept in memory for long.
const CACHED: u64 = 100;

/// Why a round did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// A private table could not be used.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The views could not be purged.
    #[error(transparent)]
    Views(#[from] ViewsAway),
    /// The log could not be used.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The end of a session could not be told.
    #[error("the end of a session could not be told: {0}")]
    Session(#[from] ExecuteError<SessionError>),
}

/// How much a round has swept, by what.
pub type Swept = Vec<(&'static str, u64)>;

/// Sweeps the private tables beside a log.
pub struct Sweeper {
    log: Arc<dyn LogStore>,
    repository: Repository<Session>,
    sessions: Arc<dyn SessionStore>,
    challenges: Arc<dyn ChallengeStore>,
    failures: Arc<dyn GuessStore>,
    attempts: Arc<dyn SignInAttemptStore>,
    views: Arc<dyn ViewLog>,
    every: Duration,
}

impl Sweeper {
    /// Over these tables; the ends of sessions are told in this log.
    #[must_use]
    pub fn new(log: &EventLog, database: &PrivateDatabase) -> Self {
        let options = RepositoryOptions {
            cached_states: CACHED,
            ..RepositoryOptions::default()
        };
        Self {
            log: Arc::clone(log.store()),
            repository: Repository::new(log.clone(), options),
            sessions: sessions::open(database),
            challenges: challenges::open(database),
            failures: guesses::open(database),
            attempts: sign_in_attempts::open(database),
            views: view_log::open(database),
            every: BETWEEN,
        }
    }

    /// The same, so often.
    #[must_use]
    pub const fn every(mut self, pause: Duration) -> Self {
        self.every = pause;
        self
    }

    /// Sweeps until the shutdown, whenever it holds the lease; the first time after one pause.
    pub async fn run(
        self,
        mut lease: Box<dyn Lease>,
        clock: fn() -> Timestamp,
        shutdown: impl Future<Output = ()> + Send,
    ) {
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => return,
                () = tokio::time::sleep(self.every) => {}
            }
            // Another process sweeps, or the lease cannot be had: the next round will tell.
            if !lease.try_acquire().await.unwrap_or(false) {
                continue;
            }
            let ends = tokio::select! {
                biased;
                () = &mut shutdown => true,
                swept = self.sweep(clock()) => {
                    report(&swept);
                    false
                }
            };
            lease.release().await;
            if ends {
                return;
            }
        }
    }

    /// One round, as of now.
    pub async fn sweep(&self, now: Timestamp) -> Result<Swept, SweepError> {
        let before = |kept| now.saturating_sub(kept).unwrap_or(Timestamp::MIN);
        Ok(vec![
            ("sessions_expired", self.end_expired(now).await?),
            (
                "sessions_ended",
                self.sessions.forget_ended(before(SESSIONS_KEPT)).await?,
            ),
            (
                "challenges",
                self.challenges.purge(before(CHALLENGES_KEPT)).await?,
            ),
            ("sign_in_failures", self.failures.forget_old(now).await?),
            ("sign_in_attempts", self.attempts.forget_expired(now).await?),
            ("views", self.views.purge(before(VIEWS_KEPT)).await?),
            ("idempotency_keys", self.log.purge_idempotency().await?),
        ])
    }

    /// Tells the ends of sessions that nobody refreshed in time.
    async fn end_expired(&self, now: Timestamp) -> Result<u64, SweepError> {
        let expired = self.sessions.expired(now, ENDS_AT_ONCE).await?;
        let command = SessionCommand::End(SessionEnd::Expired);
        let mut ended = 0;
        for session in expired {
            let given = Given {
                metadata: Metadata {
                    actor: Some("system".into()),
                    ..Metadata::default()
                },
                ..Given::default()
            };
            let id = session.id.to_string();
            match self.repository.execute(&id, &given, &command).await {
                // A row that was written, and whose event never was.
                Ok(_) | Err(ExecuteError::Refused(SessionError::Unknown)) => {}
                Err(error) => return Err(error.into()),
            }
            ended += u64::from(self.sessions.end(session.id, now).await?);
        }
        Ok(ended)
    }
}

fn report(swept: &Result<Swept, SweepError>) {
    match swept {
        Ok(swept) => {
            for (what, rows) in swept {
                metrics::counter!("accession_swept_total", "what" => *what).increment(*rows);
            }
        }
        Err(error) => {
            metrics::counter!("accession_sweep_failures_total").increment(1);
            tracing::warn!(%error, "private tables could not be swept; the next round tries again");
        }
    }
}
