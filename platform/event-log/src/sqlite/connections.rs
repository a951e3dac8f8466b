//! How connections to the log's file are opened: one that writes and checkpoints, and others that only read.
//!
//! A reader never checkpoints: in this SQLite a checkpoint beside another connection's write could corrupt the file.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::failure::During;
use super::schema;
use crate::error::LogError;

/// How long a connection waits for another's lock; readers and the writer hardly ever meet in WAL mode.
const BUSY: Duration = Duration::from_secs(5);
/// Pages in the write-ahead log before the writer copies them into the table file: 16 MiB.
const CHECKPOINT_PAGES: u32 = 4_096;
/// Statements kept prepared by a connection; more than we have.
const STATEMENTS: usize = 48;

/// Opens the one connection that writes, on a file that exists afterwards, with the present schema.
pub(super) fn open_writer(path: &Path) -> Result<Connection, LogError> {
    create_private(path)?;
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // First, because it refuses foreign files before anything below changes them.
    schema::migrate(&connection)?;
    let journal: String = connection
        .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))
        .during("switching to the write-ahead log")?;
    connection
        .execute_batch(&format!(
            "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}; \
             PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; \
             PRAGMA recursive_triggers = ON"
        ))
        .during("setting up the writer")?;
    let synchronous: u8 = schema::pragma(&connection, "synchronous")?;
    if journal != "wal" || synchronous != 2 {
        return Err(LogError::Permanent {
            reason: format!(
                "SQLite runs with journal_mode={journal}, synchronous={synchronous} where wal and 2 are needed: the \
                 data directory must be on a local file system"
            ),
        });
    }
    Ok(connection)
}

/// Opens a connection that reads. The file must exist.
pub(super) fn open_reader(path: &Path) -> Result<Connection, LogError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection
        .execute_batch(
            "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -4096",
        )
        .during("setting up a reader")?;
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .during("setting up a reader")?;
    Ok(connection)
}

fn open(path: &Path, access: OpenFlags) -> Result<Connection, LogError> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(path, flags).during(&format!("opening {}", path.display()))?;
    connection.busy_timeout(BUSY).during("setting a time-out")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Makes the file readable by its owner only; SQLite gives its companions the same mode.
fn create_private(path: &Path) -> Result<(), LogError> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .map(drop)
        .map_err(|error| LogError::Permanent {
            reason: format!(
                "{} cannot be opened for writing: {error}; its directory must exist and be writable",
                path.display()
            ),
        })
}
