//! Small questions to the log: where events stand, who holds a value, what was answered, which state was kept.
//!
//! None of them reads a payload.

use accession_events::ids::EventId;
use accession_events::{ClaimKey, Position, StreamName};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::checks::{KEY_LIFETIME, owner_id};
use super::failure::During;
use super::writer::{Transaction, read_head};
use crate::error::LogError;
use crate::store::Snapshot;

/// Expired idempotency keys deleted in one transaction, so that nobody waits long behind a purge.
pub(super) const PURGED_AT_ONCE: usize = 2_000;

/// The position of the last event.
pub(super) fn head(connection: &Connection) -> Result<Position, LogError> {
    Ok(Position::new(read_head(connection)?.position))
}

/// Who holds each of these values.
pub(super) fn claim_owners(
    connection: &Connection,
    keys: &[ClaimKey],
) -> Result<Vec<Option<String>>, LogError> {
    keys.iter().map(|key| owner_id(connection, key)).collect()
}

/// Where each of these events stands.
pub(super) fn find_events(
    connection: &Connection,
    ids: &[EventId],
) -> Result<Vec<Option<Position>>, LogError> {
    let doing = "looking an event up by its id";
    let mut statement = connection
        .prepare_cached("SELECT position FROM events WHERE event_id = ?1")
        .during(doing)?;
    let mut find = |id: &EventId| {
        let position = statement
            .query_row([id.as_uuid().as_bytes()], |row| row.get(0))
            .optional()
            .during(doing)?;
        Ok(position.map(Position::new))
    };
    ids.iter().map(&mut find).collect()
}

/// The newest snapshots with a schema.
pub(super) fn snapshots(
    connection: &Connection,
    streams: &[StreamName],
    schema: &str,
) -> Result<Vec<Option<Snapshot>>, LogError> {
    streams
        .iter()
        .map(|stream| snapshot(connection, stream, schema))
        .collect()
}

fn snapshot(
    connection: &Connection,
    stream: &StreamName,
    schema: &str,
) -> Result<Option<Snapshot>, LogError> {
    connection
        .prepare_cached(
            "SELECT version, state FROM snapshots WHERE aggregate_type = ?1 AND aggregate_id = ?2 AND schema = ?3",
        )
        .and_then(|mut statement| {
            let parameters = params![stream.aggregate_type, stream.aggregate_id, schema];
            let kept = |row: &rusqlite::Row<'_>| {
                Ok(Snapshot {
                    stream: stream.clone(),
                    version: row.get(0)?,
                    schema: schema.to_owned(),
                    state: row.get(1)?,
                })
            };
            statement.query_row(parameters, kept).optional()
        })
        .during("reading a snapshot")
}

/// Keeps a snapshot unless a newer one of the same schema is there.
pub(super) fn keep_snapshot(
    transaction: &Transaction<'_>,
    snapshot: &Snapshot,
) -> Result<(), LogError> {
    transaction
        .connection
        .prepare_cached(
            "INSERT INTO snapshots (aggregate_type, aggregate_id, schema, version, state, saved_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (aggregate_type, aggregate_id, schema) DO UPDATE SET \
             version = excluded.version, state = excluded.state, saved_at = excluded.saved_at \
             WHERE excluded.version > snapshots.version",
        )
        .and_then(|mut upsert| {
            upsert.execute(params![
                snapshot.stream.aggregate_type,
                snapshot.stream.aggregate_id,
                snapshot.schema,
                snapshot.version,
                snapshot.state,
                transaction.now,
            ])
        })
        .map(drop)
        .during("keeping a snapshot")
}

/// Forgets some idempotency keys that have expired; fewer than [`PURGED_AT_ONCE`] means: all.
pub(super) fn purge_keys(transaction: &Transaction<'_>) -> Result<usize, LogError> {
    transaction
        .connection
        .prepare_cached(
            "DELETE FROM idempotency_keys WHERE rowid IN \
             (SELECT rowid FROM idempotency_keys WHERE created_at < ?1 ORDER BY created_at LIMIT ?2)",
        )
        .and_then(|mut delete| {
            let oldest = transaction.now.saturating_sub(KEY_LIFETIME);
            delete.execute(params![oldest, PURGED_AT_ONCE])
        })
        .during("forgetting idempotency keys")
}

/// The position of the last event recorded at or before a time. Times never go backwards along positions, so a binary
/// search finds it without an index on time.
pub(super) fn position_at(
    connection: &Connection,
    wanted: Timestamp,
) -> Result<Position, LogError> {
    let doing = "looking a time up";
    let wanted = wanted.as_microsecond();
    let mut statement = connection
        .prepare_cached("SELECT recorded_at FROM events WHERE position = ?1")
        .during(doing)?;
    let (mut low, mut high) = (0, read_head(connection)?.position);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        let recorded: i64 = statement
            .query_row([middle], |row| row.get(0))
            .during(doing)?;
        if recorded <= wanted {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Ok(Position::new(low))
}
