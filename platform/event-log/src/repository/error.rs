//! Why a command was not executed, or an aggregate not loaded: by what the caller can do about it.
//!
//! Knows nothing of HTTP.

use accession_events::{ClaimKey, StreamName};

use crate::error::LogError;

/// Why an aggregate could not be loaded.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RepositoryError {
    /// The log could not be read or written.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A stored event cannot be read as this program's event type, or an event cannot be written as JSON.
    #[error("event {sequence} ({event_type}) of {stream} cannot be read or written: {reason}")]
    Unreadable {
        /// Its stream.
        stream: StreamName,
        /// Its number within the stream.
        sequence: u64,
        /// Its type.
        event_type: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Why a command was not executed.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError<E: std::error::Error + 'static> {
    /// The aggregate refused it.
    #[error(transparent)]
    Refused(E),
    /// The aggregate has moved on since the caller looked.
    #[error("the version is {actual} by now, not {expected}")]
    StaleVersion {
        /// What the caller had seen.
        expected: u64,
        /// What it is.
        actual: u64,
    },
    /// Others wrote to the same stream each time; the caller may try again.
    #[error(
        "{stream} was changed by others at the same time, {attempts} times in a row; try again"
    )]
    Conflict {
        /// The stream.
        stream: StreamName,
        /// How often it was tried.
        attempts: u32,
    },
    /// A value that must be unique belongs to another.
    #[error("{} `{}` belongs to {owner} already", key.kind, key.value)]
    Claimed {
        /// The value.
        key: ClaimKey,
        /// The aggregate id that holds it.
        owner: String,
    },
    /// The idempotency key was used before for another request.
    #[error("this idempotency key was used before for another request; use a new key")]
    KeyReused,
    /// It could not be loaded or written.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl<E: std::error::Error + 'static> From<LogError> for ExecuteError<E> {
    fn from(error: LogError) -> Self {
        Self::Repository(RepositoryError::Log(error))
    }
}
