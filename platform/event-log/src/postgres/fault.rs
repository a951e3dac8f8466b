//! Sorts what sqlx and Postgres report into what a caller can do about it, by SQLSTATE and constraint name.
//!
//! It never looks at message texts: they are translated and reworded between server versions.

use sqlx::postgres::{PgDatabaseError, PgSeverity};

use crate::error::LogError;

/// What became of a statement that ended in an error.
pub(crate) enum Fault {
    /// The server refused it and rolled back: nothing was written, the connection is fine.
    Refused(LogError),
    /// The connection broke or the server ended it: if a commit was on its way, it may have taken.
    Lost(String),
}

impl Fault {
    /// Sorts an error of a statement that was sent.
    pub(crate) fn of(error: sqlx::Error) -> Self {
        match error
            .as_database_error()
            .and_then(|error| error.try_downcast_ref::<PgDatabaseError>())
        {
            Some(answer) if matches!(answer.severity(), PgSeverity::Fatal | PgSeverity::Panic) => {
                Self::Lost(answer.to_string())
            }
            Some(_) => Self::Refused(classify(error)),
            None if matches!(
                error,
                sqlx::Error::ColumnDecode { .. } | sqlx::Error::Encode(_)
            ) =>
            {
                Self::Refused(classify(error))
            }
            None => Self::Lost(error.to_string()),
        }
    }
}

/// Sorts an error of a statement that wrote nothing, and counts it.
pub(crate) fn classify(error: sqlx::Error) -> LogError {
    let sorted = sorted(error);
    metrics::counter!("accession_store_errors_total", "store" => "postgres", "kind" => sorted.word())
        .increment(1);
    sorted
}

fn sorted(error: sqlx::Error) -> LogError {
    match error {
        sqlx::Error::Database(answer) => match answer.try_downcast::<PgDatabaseError>() {
            Ok(answer) => by_sqlstate(&answer),
            Err(other) => LogError::Permanent {
                reason: other.to_string(),
            },
        },
        sqlx::Error::PoolTimedOut => LogError::Transient {
            reason: "all connections to Postgres are busy or it does not answer".to_owned(),
        },
        sqlx::Error::PoolClosed => LogError::Closed,
        error @ (sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed) => LogError::Transient {
            reason: error.to_string(),
        },
        error @ (sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Decode(_)
        | sqlx::Error::ColumnNotFound(_)) => LogError::Corrupt {
            reason: error.to_string(),
        },
        error => LogError::Permanent {
            reason: error.to_string(),
        },
    }
}

/// Whether an append met a stream that was expected to be new and is not.
pub(crate) fn is_not_new(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|answer| answer.constraint() == Some("events_pkey"))
}

/// Whether a read may be tried again at once on another connection.
pub(crate) fn is_broken_connection(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(answer) => answer
            .code()
            .is_some_and(|code| matches!(&*code, "57P01" | "57P02")),
        _ => false,
    }
}

fn by_sqlstate(answer: &PgDatabaseError) -> LogError {
    let reason = format!("{} (SQLSTATE {})", answer.message(), answer.code());
    match answer.code() {
        "23505" => match answer.constraint() {
            Some("events_event_id_key") => LogError::Permanent {
                reason: format!(
                    "an event id is in the log already: {reason}: {}",
                    answer.detail().unwrap_or_default()
                ),
            },
            _ => LogError::Corrupt {
                reason: format!("numbered outside the log's lock: {reason}"),
            },
        },
        // Serialization, deadlock, lock time-out, statement time-out, shutting down or starting, a former primary.
        "40001" | "40P01" | "55P03" | "57014" | "57P01" | "57P02" | "57P03" | "25006" => {
            LogError::Transient { reason }
        }
        "42P01" | "42883" | "42703" | "3F000" => LogError::Permanent {
            reason: format!(
                "the schema of the log is missing or old, run the migrations: {reason}"
            ),
        },
        "XX001" | "XX002" => LogError::Corrupt { reason },
        code if code.starts_with("53") || code.starts_with("08") => LogError::Transient { reason },
        _ => LogError::Permanent { reason },
    }
}
