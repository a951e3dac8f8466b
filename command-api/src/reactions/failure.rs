//! When a reaction begins, how it can fail, and what becomes of the event then.
//!
//! "The database is away" is never taken for "this can't be done": only the second is ever put aside.

use accession_event_log::{ExecuteError, LogError, RepositoryError};
use accession_events::DecodeError;
use accession_secrets::SecretsError;

/// Where in the log a reaction begins when it runs for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Birth {
    /// With the first event: what it does has to be done for history, too.
    LogStart,
    /// With the first event after it was switched on: mails, for example, are not about history.
    Now,
}

/// What becomes of an event that a reaction refuses. What is only away for now is waited for under every policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// It is tried for ever; later events wait.
    Retry,
    /// After so many attempts it is put aside with an alarm, and later events go on.
    ParkAfter(u32),
    /// The reaction stops with an alarm until the process is started anew: nothing is done out of order.
    Stop,
}

/// Why a reaction could not do its work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReactionError {
    /// Something it needs is away for now. Tried again without end.
    #[error("{reason}")]
    Away {
        /// What is away.
        reason: String,
    },
    /// It cannot be done, as things are. The policy decides. Never names a person or a secret.
    #[error("{reason}")]
    Refused {
        /// Why.
        reason: String,
    },
}

impl ReactionError {
    fn from_failure(transient: bool, reason: String) -> Self {
        if transient {
            Self::Away { reason }
        } else {
            Self::Refused { reason }
        }
    }
}

impl From<LogError> for ReactionError {
    fn from(error: LogError) -> Self {
        // Whether an ambiguous append took is told by the idempotency key of the next attempt.
        let transient = error.is_transient() || matches!(error, LogError::Ambiguous { .. });
        Self::from_failure(transient, error.to_string())
    }
}

impl From<RepositoryError> for ReactionError {
    fn from(error: RepositoryError) -> Self {
        match error {
            RepositoryError::Log(error) => error.into(),
            unreadable @ RepositoryError::Unreadable { .. } => Self::Refused {
                reason: unreadable.to_string(),
            },
        }
    }
}

impl<E: std::error::Error + 'static> From<ExecuteError<E>> for ReactionError {
    fn from(error: ExecuteError<E>) -> Self {
        match error {
            ExecuteError::Repository(error) => error.into(),
            conflict @ ExecuteError::Conflict { .. } => Self::Away {
                reason: conflict.to_string(),
            },
            other => Self::Refused {
                reason: other.to_string(),
            },
        }
    }
}

impl From<SecretsError> for ReactionError {
    fn from(error: SecretsError) -> Self {
        Self::from_failure(error.is_transient(), error.to_string())
    }
}

impl From<DecodeError> for ReactionError {
    fn from(error: DecodeError) -> Self {
        Self::Refused {
            reason: error.to_string(),
        }
    }
}
