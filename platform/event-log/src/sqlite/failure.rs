//! What a failure of SQLite means to a caller of the log.
//!
//! It never hides what SQLite said: the reason carries its words and what was being done.

use rusqlite::ErrorCode;

use crate::error::LogError;

/// Adds what was being done to an error of SQLite and sorts it by what the caller should do.
pub(super) trait During<T> {
    /// `doing` completes "SQLite failed while …".
    fn during(self, doing: &str) -> Result<T, LogError>;
}

impl<T> During<T> for rusqlite::Result<T> {
    fn during(self, doing: &str) -> Result<T, LogError> {
        self.map_err(|error| sorted(&error, doing))
    }
}

/// The log's error for an error of SQLite, counted.
pub(super) fn sorted(error: &rusqlite::Error, doing: &str) -> LogError {
    let sorted = by_code(error, doing);
    metrics::counter!("accession_store_errors_total", "store" => "sqlite", "kind" => sorted.word())
        .increment(1);
    sorted
}

fn by_code(error: &rusqlite::Error, doing: &str) -> LogError {
    let reason = format!("SQLite failed while {doing}: {error}");
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::SystemIoFailure
            | ErrorCode::DiskFull
            | ErrorCode::CannotOpen
            | ErrorCode::OutOfMemory
            | ErrorCode::OperationInterrupted
            | ErrorCode::FileLockingProtocolFailed,
        ) => LogError::Transient { reason },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => LogError::Corrupt { reason },
        None if is_unreadable(error) => LogError::Corrupt { reason },
        _ => LogError::Permanent { reason },
    }
}

/// What a failed COMMIT means: only a full disk is known to have written nothing. Whether the frames of a commit that
/// could not be flushed are found again after a crash, nobody can say.
pub(super) fn of_commit(error: &rusqlite::Error) -> LogError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy) => sorted(error, "committing"),
        _ => LogError::Ambiguous {
            reason: format!("SQLite failed while committing: {error}"),
        },
    }
}

fn is_unreadable(error: &rusqlite::Error) -> bool {
    use rusqlite::Error;
    matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..)
    )
}

/// A stored value that cannot be what it should be.
pub(super) fn corrupt(reason: impl Into<String>) -> LogError {
    LogError::Corrupt {
        reason: reason.into(),
    }
}
