//! What the storage engine's errors mean for the caller: try again, stop, or rebuild.
//! Never hides the engine's own words.

use std::path::Path;

use crate::one_thread::ThreadEnded;
use crate::store::ReadStoreError;

const POISONED: &str = "an earlier write failed; the store takes more once its disk has room again";

/// Whether the engine takes no more writes until it is opened anew.
pub(super) fn is_poisoned(error: &ReadStoreError) -> bool {
    matches!(error, ReadStoreError::Unavailable { reason } if reason == POISONED)
}

/// An error while the store is in use, counted.
pub(super) fn in_use(error: fjall::Error) -> ReadStoreError {
    let meaning = meaning(error);
    metrics::counter!("accession_store_errors_total", "store" => "embedded", "kind" => meaning.word())
        .increment(1);
    meaning
}

fn meaning(error: fjall::Error) -> ReadStoreError {
    match error {
        fjall::Error::Io(error) | fjall::Error::Storage(fjall::LsmError::Io(error)) => {
            unavailable(&error.to_string())
        }
        fjall::Error::Poisoned => unavailable(POISONED),
        other => ReadStoreError::Corrupt {
            reason: format!(
                "{other}; stop the server and remove the store's directory: it is rebuilt from the log"
            ),
        },
    }
}

/// An error while a directory is opened.
pub(super) fn at_open(error: fjall::Error, directory: &Path) -> ReadStoreError {
    let directory = directory.display();
    match error {
        fjall::Error::Locked => ReadStoreError::Unusable {
            reason: format!(
                "the directory {directory} is held by another process; \
                 stop that server, or give this one a data directory of its own"
            ),
        },
        fjall::Error::Io(error) | fjall::Error::Storage(fjall::LsmError::Io(error)) => {
            ReadStoreError::Unusable {
                reason: format!("the directory {directory} cannot be opened: {error}"),
            }
        }
        other => ReadStoreError::Corrupt {
            reason: format!(
                "the directory {directory}: {other}; remove it: it is rebuilt from the log"
            ),
        },
    }
}

/// Something stored that this version cannot read.
pub(super) fn unreadable(what: &str) -> ReadStoreError {
    ReadStoreError::Corrupt {
        reason: format!(
            "{what}; stop the server and remove the store's directory: it is rebuilt from the log"
        ),
    }
}

/// A thread that was to work for a request has ended.
pub(super) fn thread_ended(error: &tokio::task::JoinError) -> ReadStoreError {
    unavailable(&format!("the store's thread ended: {error}"))
}

/// The thread that writes has ended.
pub(super) fn writer_ended(error: ThreadEnded) -> ReadStoreError {
    unavailable(&format!("the store's writer: {error}; restart the server"))
}

fn unavailable(reason: &str) -> ReadStoreError {
    ReadStoreError::Unavailable {
        reason: reason.to_owned(),
    }
}
