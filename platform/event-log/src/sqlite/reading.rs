//! Reads recorded events: the feed by position, a stream by sequence, the tails of many streams.
//!
//! It pages by key, never by offset, and hands payloads out byte for byte.

use std::collections::HashSet;
use std::sync::Arc;

use accession_events::ids::EventId;
use accession_events::{Position, RecordedEvent, StreamName};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};

use super::failure::{During, corrupt};
use super::writer::time;
use crate::error::LogError;
use crate::store::{StreamAfter, StreamEvent};

/// Events after a position.
pub(super) fn feed(
    connection: &Connection,
    after: Position,
    limit: usize,
) -> Result<Vec<RecordedEvent>, LogError> {
    recorded(
        connection,
        "SELECT position, aggregate_type, aggregate_id, sequence, event_id, event_type, event_version, payload, \
         metadata, recorded_at FROM events WHERE position > ?1 ORDER BY position LIMIT ?2",
        params![after.get(), bounded(limit)],
    )
}

/// Events of a stream after a sequence, with all that is recorded about them.
pub(super) fn stream(
    connection: &Connection,
    stream: &StreamName,
    after: u64,
    limit: usize,
) -> Result<Vec<RecordedEvent>, LogError> {
    recorded(
        connection,
        "SELECT position, aggregate_type, aggregate_id, sequence, event_id, event_type, event_version, payload, \
         metadata, recorded_at FROM events WHERE aggregate_type = ?1 AND aggregate_id = ?2 AND sequence > ?3 \
         ORDER BY sequence LIMIT ?4",
        params![
            stream.aggregate_type,
            stream.aggregate_id,
            after,
            bounded(limit)
        ],
    )
}

/// The tails of many streams, in the order asked for.
pub(super) fn tails(
    connection: &Connection,
    wanted: &[StreamAfter],
) -> Result<Vec<Vec<StreamEvent>>, LogError> {
    wanted.iter().map(|one| tail(connection, one)).collect()
}

fn tail(connection: &Connection, wanted: &StreamAfter) -> Result<Vec<StreamEvent>, LogError> {
    let doing = "loading a stream";
    let mut statement = connection
        .prepare_cached(
            "SELECT sequence, event_type, event_version, payload FROM events \
             WHERE aggregate_type = ?1 AND aggregate_id = ?2 AND sequence > ?3 ORDER BY sequence",
        )
        .during(doing)?;
    let StreamName {
        aggregate_type,
        aggregate_id,
    } = &wanted.stream;
    let mut rows = statement
        .query(params![aggregate_type, aggregate_id, wanted.after])
        .during(doing)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next().during(doing)? {
        events.push(StreamEvent {
            sequence: row.get(0).during(doing)?,
            event_type: row.get(1).during(doing)?,
            event_version: version(text(row, 2)?)?,
            payload: row.get(3).during(doing)?,
        });
    }
    Ok(events)
}

pub(super) fn recorded(
    connection: &Connection,
    query: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<RecordedEvent>, LogError> {
    let mut statement = connection.prepare_cached(query).during("reading events")?;
    let mut rows = statement.query(parameters).during("reading events")?;
    let mut names = Names::default();
    let mut events = Vec::new();
    while let Some(row) = rows.next().during("reading events")? {
        events.push(event(row, &mut names)?);
    }
    Ok(events)
}

fn event(row: &Row<'_>, names: &mut Names) -> Result<RecordedEvent, LogError> {
    let doing = "reading an event";
    Ok(RecordedEvent {
        position: Position::new(row.get(0).during(doing)?),
        stream: StreamName {
            aggregate_type: names.shared(text(row, 1)?),
            aggregate_id: text(row, 2)?.into(),
        },
        sequence: row.get(3).during(doing)?,
        event_id: EventId::new(uuid::Uuid::from_bytes(row.get(4).during(doing)?)),
        event_type: names.shared(text(row, 5)?),
        event_version: version(text(row, 6)?)?,
        payload: text(row, 7)?.into(),
        metadata: names.shared(text(row, 8)?),
        recorded_at: time(row.get(9).during(doing)?)?,
    })
}

/// A text column, borrowed from SQLite's own page.
fn text<'row>(row: &'row Row<'_>, column: usize) -> Result<&'row str, LogError> {
    let value = row.get_ref(column).during("reading an event")?;
    match value {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes)
            .map_err(|error| corrupt(format!("column {column} of an event: {error}"))),
        other => Err(corrupt(format!(
            "column {column} of an event is of type {}",
            other.data_type()
        ))),
    }
}

/// A version as stored.
pub(super) fn version(stored: &str) -> Result<u16, LogError> {
    stored
        .parse()
        .map_err(|_| corrupt(format!("event version `{stored}` is not a small number")))
}

pub(super) fn bounded(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// The few texts that most events of a page have in common, allocated once a page.
#[derive(Default)]
struct Names(HashSet<Arc<str>>);

impl Names {
    fn shared(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        self.0.insert(Arc::clone(&name));
        name
    }
}
