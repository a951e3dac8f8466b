//! A whole log written as it was exported, into a SQLite file: by the one writing thread, numbered as it comes.
//!
//! It never writes into a log that holds anything else.

use accession_transparency::{Column, Hash, StoredEvent};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::failure::{During, corrupt};
use super::writer::Transaction;
use crate::error::LogError;
use crate::seal::{LogImport, only_into_an_empty_log, still_where_it_was};

const READING: &str = "reading stored events";
const IMPORTING: &str = "importing";

pub(super) fn stored(
    connection: &Connection,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredEvent>, LogError> {
    let mut statement = connection
        .prepare_cached(
            "SELECT position, sequence, recorded_at, event_id, aggregate_type, aggregate_id, event_type, \
             event_version, payload, metadata FROM events WHERE position > ?1 ORDER BY position LIMIT ?2",
        )
        .during(READING)?;
    let mut rows = statement.query(params![after, limit]).during(READING)?;
    let mut events = Vec::with_capacity(limit.min(4096));
    while let Some(row) = rows.next().during(READING)? {
        events.push(event(row)?);
    }
    Ok(events)
}

fn event(row: &Row<'_>) -> Result<StoredEvent, LogError> {
    let position: i64 = row.get(0).during(READING)?;
    let bytes = |column| match row.get_ref(column).during(READING)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Ok(bytes),
        other => Err(corrupt(format!(
            "position {position} holds a value of type {} in column {column}",
            other.data_type()
        ))),
    };
    Ok(StoredEvent::new(
        position,
        row.get(1).during(READING)?,
        row.get(2).during(READING)?,
        [
            bytes(3)?,
            bytes(4)?,
            bytes(5)?,
            bytes(6)?,
            bytes(7)?,
            bytes(8)?,
            bytes(9)?,
        ],
    ))
}

/// The import that is noted; there is never a second one, because it would find the log not empty.
pub(super) fn noted(connection: &Connection) -> Result<Option<LogImport>, LogError> {
    let row: Option<(String, u64, bool)> = connection
        .query_row(
            "SELECT root, size, finished_at IS NOT NULL FROM log_imports LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()
        .during(IMPORTING)?;
    row.map(|(root, size, finished)| {
        let root = Hash::from_base64(&root)
            .ok_or_else(|| corrupt(format!("log_imports: `{root}` is not a hash")))?;
        Ok(LogImport {
            root,
            size,
            finished,
        })
    })
    .transpose()
}

pub(super) fn begin(transaction: &Transaction<'_>, root: Hash, size: u64) -> Result<u64, LogError> {
    let head = transaction.head.position;
    if let Some(noted) = noted(transaction.connection)? {
        noted.may_go_on(root)?;
        return Ok(head);
    }
    only_into_an_empty_log(head)?;
    transaction
        .connection
        .execute(
            "INSERT INTO log_imports (root, size, started_at) VALUES (?1, ?2, ?3)",
            params![root.to_string(), size, transaction.now],
        )
        .during(IMPORTING)?;
    Ok(head)
}

pub(super) fn add(
    transaction: &mut Transaction<'_>,
    after: u64,
    events: &[StoredEvent],
) -> Result<(), LogError> {
    still_where_it_was(transaction.head.position, after)?;
    let mut insert = transaction
        .connection
        .prepare_cached(
            "INSERT INTO events (position, aggregate_type, aggregate_id, sequence, event_id, event_type, \
             event_version, payload, metadata, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )
        .during(IMPORTING)?;
    for event in events {
        insert
            .execute(params![
                event.position,
                event.text(Column::AggregateType),
                event.text(Column::AggregateId),
                event.sequence,
                event.column(Column::EventId),
                event.text(Column::EventType),
                event.text(Column::EventVersion),
                event.text(Column::Payload),
                event.text(Column::Metadata),
                event.recorded_at,
            ])
            .during(&format!("importing position {}", event.position))?;
        transaction.head.position = u64::try_from(event.position).unwrap_or_default();
        transaction.head.recorded_at = event.recorded_at;
    }
    Ok(())
}

pub(super) fn finish(transaction: &Transaction<'_>, root: Hash) -> Result<(), LogError> {
    transaction
        .connection
        .execute(
            "UPDATE log_imports SET finished_at = ?2 WHERE root = ?1",
            params![root.to_string(), transaction.now],
        )
        .map(drop)
        .during(IMPORTING)
}
