//! Why the log could not do what it was asked: by what the caller should do about it, not by where it came from.

use std::time::Duration;

/// A failure of the log. Conflicts and claims are not failures: they are [`crate::Outcome`]s.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LogError {
    /// Nothing was written; the same call may succeed soon (server restarting, lock time-out, busy).
    #[error("the event log is not available for now: {reason}")]
    Transient {
        /// What the store said.
        reason: String,
    },
    /// Nothing was accepted: too much is waiting already.
    #[error("the event log has too much waiting; try again in {} s", retry_after.as_secs().max(1))]
    Overloaded {
        /// When to try again.
        retry_after: Duration,
    },
    /// The connection broke on commit and could not be restored in time to find out whether the commit took:
    /// the caller must look its event ids up before it writes them again.
    #[error("it is not known whether the events were written: {reason}")]
    Ambiguous {
        /// What the store said.
        reason: String,
    },
    /// Stored data that contradicts itself or cannot be read.
    #[error("the event log holds something it should not: {reason}")]
    Corrupt {
        /// Table, position or stream, and what is wrong with it.
        reason: String,
    },
    /// The request itself can never succeed.
    #[error("the event log refuses this: {reason}")]
    Permanent {
        /// What is wrong with it.
        reason: String,
    },
    /// The log has been closed by this process's shutdown.
    #[error("the event log is closed: the server is shutting down")]
    Closed,
}

impl LogError {
    /// One word for it, as a metric's label.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Transient { .. } => "transient",
            Self::Overloaded { .. } => "overloaded",
            Self::Ambiguous { .. } => "ambiguous",
            Self::Corrupt { .. } => "corrupt",
            Self::Permanent { .. } => "permanent",
            Self::Closed => "closed",
        }
    }

    /// Whether the same call may succeed later without a change.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Transient { .. } | Self::Overloaded { .. } | Self::Closed
        )
    }
}
