//! Looks for events by what is recorded about them, along the table, which is in the order of positions.
//!
//! Never over more than a stretch of the log in one query.

use accession_events::Position;
use rusqlite::{Connection, params};

use super::reading::{bounded, recorded};
use crate::error::LogError;
use crate::search::{EventFilter, Found, STRETCH};

/// Wanted events of the next stretch after a position.
pub(super) fn find(
    connection: &Connection,
    filter: &EventFilter,
    after: Position,
    up_to: Position,
    limit: usize,
) -> Result<Found, LogError> {
    let end = up_to.get().min(after.get().saturating_add(STRETCH));
    let stream = filter.stream.as_ref();
    let events = recorded(
        connection,
        "SELECT position, aggregate_type, aggregate_id, sequence, event_id, event_type, event_version, payload, \
         metadata, recorded_at FROM events \
         WHERE position > ?1 AND position <= ?2 \
           AND (?4 IS NULL OR aggregate_type = ?4) \
           AND (?5 IS NULL OR aggregate_id = ?5) \
           AND (?6 IS NULL OR aggregate_type = ?6) \
           AND (?7 = '[]' OR event_type IN (SELECT value FROM json_each(?7))) \
           AND (?8 IS NULL OR metadata ->> '$.actor' = ?8) \
           AND (?9 IS NULL OR metadata ->> '$.import_run' = ?9 OR aggregate_id = ?9) \
           AND (?10 IS NULL OR metadata ->> '$.correlation' = ?10) \
           AND (?11 IS NULL OR aggregate_id = ?11 OR instr(payload, ?11) > 0) \
         ORDER BY position LIMIT ?3",
        params![
            after.get(),
            end,
            bounded(limit),
            stream.map(|stream| &*stream.aggregate_type),
            stream.map(|stream| &*stream.aggregate_id),
            filter.aggregate_type,
            serde_json::json!(filter.event_types).to_string(),
            filter.actor,
            filter.import_run,
            filter.correlation,
            filter.mentions,
        ],
    )?;
    Ok(Found::within(events, end, limit))
}
