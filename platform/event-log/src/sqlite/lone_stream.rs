//! Loads one stream whole through `sqlite-es`, over connections that only read.
//!
//! Nothing is ever written through it: its own append knows no positions, and its snapshots apply events twice.

use std::panic::AssertUnwindSafe;
use std::path::Path;

use accession_events::StreamName;
use cqrs_es::Aggregate;
use cqrs_es::persist::{PersistedEventRepository, SerializedEvent};
use futures_util::FutureExt;
use sqlite_es::SqliteEventRepository;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::failure::corrupt;
use super::reading::version;
use crate::error::LogError;
use crate::one_stream::OneStream;
use crate::store::StreamEvent;

/// Connections for lone loads; each is a thread.
const CONNECTIONS: u32 = 2;

/// Opens the connections when they are first needed. The file must exist by then.
pub(super) fn pool(path: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .foreign_keys(false)
        .pragma("query_only", "ON")
        .pragma("wal_autocheckpoint", "0");
    SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .test_before_acquire(false)
        .connect_lazy_with(options)
}

/// A stream from its beginning.
pub(super) async fn load(
    pool: &SqlitePool,
    stream: &StreamName,
) -> Result<Vec<StreamEvent>, LogError> {
    let repository =
        SqliteEventRepository::new(pool.clone()).with_tables(&table_of(stream), "snapshots");
    let loading = repository.get_events::<OneStream>(&stream.aggregate_id);
    // `sqlite-es` panics on a row that it cannot convert.
    let loaded = AssertUnwindSafe(loading)
        .catch_unwind()
        .await
        .map_err(|_| corrupt(format!("an event of stream {stream} cannot be read")))?;
    let events = loaded.map_err(|error| LogError::Transient {
        reason: format!("loading stream {stream}: {error}"),
    })?;
    events.into_iter().map(stream_event).collect()
}

fn stream_event(event: SerializedEvent) -> Result<StreamEvent, LogError> {
    Ok(StreamEvent {
        sequence: event.sequence as u64,
        event_version: version(&event.event_version)?,
        event_type: event.event_type,
        payload: event.payload.to_string(),
    })
}

/// `sqlite-es` takes the aggregate type from a constant of a Rust type, and we know it only as a value: so it asks
/// a table of the streams of that type, which SQLite resolves to the same search of the same index.
fn table_of(stream: &StreamName) -> String {
    let quoted = stream.aggregate_type.replace('\'', "''");
    format!(
        "(SELECT '{}' AS aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata \
         FROM events WHERE aggregate_type = '{quoted}')",
        OneStream::TYPE
    )
}
