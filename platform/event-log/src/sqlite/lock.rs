//! One process writes to a log: an advisory lock on a file beside the database says which.
//!
//! The operating system drops the lock with the process, however it ends; the file itself is never removed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::error::LogError;

/// The right to write to the log at a path, for as long as it lives.
#[derive(Debug)]
pub(super) struct WriterLock {
    _held: File,
}

impl WriterLock {
    /// Takes the lock, or says who has it.
    pub(super) fn take(database: &Path) -> Result<Self, LogError> {
        let path = beside(database);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| refused(&path, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held_by_another(database, &mut file)),
            Err(TryLockError::Error(error)) => return Err(refused(&path, &error)),
        }
        sign(&mut file).map_err(|error| refused(&path, &error))?;
        Ok(Self { _held: file })
    }
}

/// `log.db` is locked by `log.db.writer.lock`, beside SQLite's own `log.db-wal` and `log.db-shm`.
fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".writer.lock");
    PathBuf::from(name)
}

/// Leaves the process id for whoever finds the lock taken.
fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

fn held_by_another(database: &Path, file: &mut File) -> LogError {
    let mut holder = String::new();
    // Only to name the holder; without a name the message is still right.
    let _ = file.read_to_string(&mut holder);
    let holder = match holder.trim() {
        "" => String::from("another process"),
        id => format!("process {id}"),
    };
    LogError::Permanent {
        reason: format!(
            "{} is being written by {holder}: one server owns a log; stop that server, or give this one another data \
             directory",
            database.display()
        ),
    }
}

fn refused(path: &Path, error: &std::io::Error) -> LogError {
    LogError::Permanent {
        reason: format!(
            "the lock file {} cannot be used: {error}; its directory must exist and be writable",
            path.display()
        ),
    }
}
