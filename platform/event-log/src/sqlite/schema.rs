//! The tables of the log and how a database file comes to have them.
//!
//! It never touches a file that is not a log, and never one that a newer version has written.

use rusqlite::Connection;

use super::failure::During;
use crate::error::LogError;

/// `ACCS` in ASCII: what the header of our database files says.
const APPLICATION_ID: i64 = 0x4143_4353;

/// Every change of the schema, in order; the n-th makes version n. Published ones never change.
const MIGRATIONS: [&str; 9] = [
    include_str!("../../../../migrations/sqlite/0001_events.sql"),
    include_str!("../../../../migrations/sqlite/0002_events_append_only.sql"),
    include_str!("../../../../migrations/sqlite/0003_claims.sql"),
    include_str!("../../../../migrations/sqlite/0004_idempotency_keys.sql"),
    include_str!("../../../../migrations/sqlite/0005_snapshots.sql"),
    include_str!("../../../../migrations/sqlite/0006_service_credentials.sql"),
    include_str!("../../../../migrations/sqlite/0007_drop_service_credentials.sql"),
    include_str!("../../../../migrations/sqlite/0008_log_checkpoints.sql"),
    include_str!("../../../../migrations/sqlite/0009_log_imports.sql"),
];

/// Brings the schema to this version's state. Refuses what it does not know before it changes anything.
pub(super) fn migrate(connection: &Connection) -> Result<(), LogError> {
    let present = present_version(connection)?;
    for (version, change) in (1..).zip(MIGRATIONS).skip(present) {
        let doing = format!("migrating to schema {version}");
        let script = format!(
            "BEGIN IMMEDIATE; {change}; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {version}; \
             COMMIT"
        );
        if let Err(error) = connection.execute_batch(&script) {
            // The failure that matters is the first; the connection is dropped anyway.
            let _ = connection.execute_batch("ROLLBACK");
            return Err(error).during(&doing);
        }
    }
    Ok(())
}

/// Refuses a file whose schema is not exactly this version's: a reader changes nothing.
pub(super) fn require_current(connection: &Connection) -> Result<(), LogError> {
    let present = present_version(connection)?;
    if present == MIGRATIONS.len() {
        return Ok(());
    }
    Err(LogError::Permanent {
        reason: format!(
            "its schema is version {present} and this program reads version {}: start the server once, it migrates",
            MIGRATIONS.len()
        ),
    })
}

/// How many changes were made to this file; 0 for a new one.
fn present_version(connection: &Connection) -> Result<usize, LogError> {
    let application_id: i64 = pragma(connection, "application_id")?;
    let version: usize = pragma(connection, "user_version")?;
    let tables: u64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .during("reading the schema")?;
    if application_id != APPLICATION_ID && (tables > 0 || version > 0) {
        return Err(LogError::Permanent {
            reason: format!(
                "this SQLite file belongs to another program (application id {application_id:#x}, expected \
                 {APPLICATION_ID:#x}): name another file"
            ),
        });
    }
    if version > MIGRATIONS.len() {
        return Err(LogError::Permanent {
            reason: format!(
                "a newer Accession wrote this log (schema {version}, this one knows up to {}): update this program",
                MIGRATIONS.len()
            ),
        });
    }
    Ok(version)
}

/// The value of a setting.
pub(super) fn pragma<T: rusqlite::types::FromSql>(
    connection: &Connection,
    name: &str,
) -> Result<T, LogError> {
    connection
        .pragma_query_value(None, name, |row| row.get(0))
        .during("reading a setting")
}
