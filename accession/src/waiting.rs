//! Waits for a store that is not up yet, and says in one line what is waited for, or what was not found and what to do.
//!
//! It never waits for what waiting cannot mend, and never shows a password.

use std::fmt::{self, Display};
use std::time::Duration;

use accession_event_log::LogError;
use accession_feed::BusError;
use accession_read_store::ReadStoreError;
use anyhow::Result;
use tokio::time::Instant;

use crate::settings::{Settings, without_password};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// A store that the settings name.
pub(crate) struct Dependency {
    what: &'static str,
    setting: &'static str,
    address: String,
    remedy: &'static str,
    patience: Duration,
}

/// A store that cannot be used; all of it in one line.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct UnusableStore {
    message: String,
    /// It did not answer in time, rather than being the wrong one.
    pub(crate) out_of_reach: bool,
}

impl Dependency {
    pub(crate) fn event_log(settings: &Settings, url: &str) -> Self {
        Self::new(
            settings,
            "the event log",
            "log_url",
            url,
            "start PostgreSQL there",
        )
    }

    pub(crate) fn read_store(settings: &Settings) -> Self {
        let url = settings.read_store_url.as_deref().unwrap_or("");
        Self::new(
            settings,
            "the read store",
            "read_store_url",
            url,
            "start Redis there",
        )
    }

    pub(crate) fn bus(settings: &Settings, url: &str) -> Self {
        Self::new(
            settings,
            "the bus",
            "bus_url",
            url,
            "start nats-server there",
        )
    }

    fn new(
        settings: &Settings,
        what: &'static str,
        setting: &'static str,
        url: &str,
        remedy: &'static str,
    ) -> Self {
        Self {
            what,
            setting,
            address: without_password(url),
            remedy,
            patience: Duration::from_secs(settings.start_patience_seconds),
        }
    }

    /// Tries until it works, an error that waiting cannot mend comes, or patience ends; the pauses grow. Says once what
    /// it waits for.
    pub(crate) async fn patiently<T, E, F>(&self, mut attempt: impl FnMut() -> F) -> Result<T>
    where
        E: Display + MayPass,
        F: Future<Output = Result<T, E>>,
    {
        let deadline = Instant::now() + self.patience;
        let mut pause = FIRST_PAUSE;
        let mut told = false;
        loop {
            let error = match attempt().await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if !error.may_pass() {
                return Err(self.unusable(&error).into());
            }
            if left.is_zero() {
                return Err(self.out_of_reach(&error).into());
            }
            if !told {
                let seconds = self.patience.as_secs();
                tracing::warn!(%error, "waiting for {self}, at most {seconds} s (start_patience_seconds)");
                told = true;
            }
            tokio::time::sleep(pause.min(left)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn out_of_reach(&self, error: &impl Display) -> UnusableStore {
        let message = format!(
            "{self} was out of reach for {} s: {error}; {}, correct ACCESSION_{}, or raise start_patience_seconds",
            self.patience.as_secs(),
            self.remedy,
            self.setting.to_uppercase(),
        );
        UnusableStore {
            message,
            out_of_reach: true,
        }
    }

    /// What is wrong with a store that answers.
    pub(crate) fn unusable(&self, error: &impl Display) -> UnusableStore {
        UnusableStore {
            message: format!("{self} cannot be used: {error}"),
            out_of_reach: false,
        }
    }
}

impl Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} = {})", self.what, self.setting, self.address)
    }
}

/// Whether an error may be gone after a while.
pub(crate) trait MayPass {
    fn may_pass(&self) -> bool;
}

impl MayPass for LogError {
    fn may_pass(&self) -> bool {
        self.is_transient()
    }
}

impl MayPass for ReadStoreError {
    fn may_pass(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

impl MayPass for BusError {
    fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Refused { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(patience: u64) -> Dependency {
        let settings = Settings {
            start_patience_seconds: patience,
            ..Settings::default()
        };
        Dependency::event_log(&settings, "postgres://me:secret@db/accession")
    }

    fn away() -> LogError {
        LogError::Transient {
            reason: "connection refused".into(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_comes_in_time_is_used() {
        let (mut tries, log) = (0, log(5));
        let found = log.patiently(|| {
            tries += 1;
            let found = if tries < 4 { Err(away()) } else { Ok(tries) };
            async move { found }
        });
        assert_eq!(found.await.unwrap(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_does_not_come_is_given_up_in_one_line_with_what_to_do() {
        let began = Instant::now();
        let error = log(7).patiently(|| async { Err::<(), _>(away()) }).await;
        let error = error.unwrap_err();
        assert_eq!(began.elapsed(), Duration::from_secs(7));
        let line = format!("{error:#}");
        for part in [
            "log_url",
            "postgres://me@db/accession",
            "ACCESSION_LOG_URL",
            "refused",
            "7 s",
        ] {
            assert!(line.contains(part), "{part}: {line}");
        }
        assert!(!line.contains("secret") && !line.contains('\n'), "{line}");
        assert!(error.downcast_ref::<UnusableStore>().unwrap().out_of_reach);
    }

    #[tokio::test(start_paused = true)]
    async fn what_waiting_cannot_mend_is_said_at_once() {
        let began = Instant::now();
        let wrong = || LogError::Permanent {
            reason: "password authentication failed".into(),
        };
        let error = log(7).patiently(|| async { Err::<(), _>(wrong()) }).await;
        let error = error.unwrap_err();
        assert_eq!(began.elapsed(), Duration::ZERO);
        assert!(!error.downcast_ref::<UnusableStore>().unwrap().out_of_reach);
    }
}
