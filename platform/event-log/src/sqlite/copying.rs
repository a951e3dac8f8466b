//! A copy of a database file as it is at one moment, taken beside the server that writes to it.
//!
//! It only reads the source: one read transaction, however long it takes; the writer goes on meanwhile.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::failure::During;
use crate::error::LogError;

/// Copies a database into a new file that only its owner can read.
pub(super) fn copy(source: &Path, target: &Path) -> Result<(), LogError> {
    // SQLite fills an empty file that is there, and leaves its mode alone.
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(target)
        .map_err(|error| unwritable(target, &error))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let doing = format!("copying {} to {}", source.display(), target.display());
    let connection = Connection::open_with_flags(source, flags).during(&doing)?;
    connection
        .busy_timeout(Duration::from_secs(30))
        .during(&doing)?;
    connection
        .execute("VACUUM INTO ?1", [target.to_string_lossy()])
        .during(&doing)?;
    File::open(target)
        .and_then(|file| file.sync_all())
        .map_err(|error| unwritable(target, &error))
}

fn unwritable(target: &Path, error: &std::io::Error) -> LogError {
    LogError::Permanent {
        reason: format!("{} cannot be written: {error}", target.display()),
    }
}
