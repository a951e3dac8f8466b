//! The port that a database implements to be an event log. Postgres and SQLite do; one compliance suite tells.
//!
//! Callers use [`crate::EventLog`], never a store directly: it adds group commit and bounded waiting.

use std::collections::BTreeSet;

use accession_events::ids::EventId;
use accession_events::{ClaimKey, Position, RecordedEvent, StreamName};
use async_trait::async_trait;

use crate::append::{Append, Outcome, StoredResponse};
use crate::error::LogError;
use crate::search::{self, EventFilter, Found};

/// One event of a stream as an aggregate needs it: no position, no time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamEvent {
    /// Number within the stream, from 1.
    pub sequence: u64,
    /// Name of its type.
    pub event_type: String,
    /// Version of its type's shape.
    pub event_version: u16,
    /// Payload as JSON text.
    pub payload: String,
}

/// A disposable copy of an aggregate's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Whose state.
    pub stream: StreamName,
    /// The sequence of the last event in it.
    pub version: u64,
    /// Hash of the state's shape: a snapshot of another shape is not read.
    pub schema: String,
    /// The state as JSON text.
    pub state: String,
}

/// Where a stream stands in a request for its tail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamAfter {
    /// The stream.
    pub stream: StreamName,
    /// Only events with a higher sequence are wanted; 0 for all.
    pub after: u64,
}

/// All that is stored about one aggregate's state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredStream {
    /// Its newest snapshot of the schema asked for, if there is one.
    pub snapshot: Option<Snapshot>,
    /// The events after the snapshot, or all of them, in order.
    pub tail: Vec<StreamEvent>,
}

/// A stream to be restored, and the schema of which a snapshot would help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamToRestore {
    /// The stream.
    pub stream: StreamName,
    /// Hash of the state's present shape.
    pub schema: &'static str,
}

/// A database that keeps the log.
#[async_trait]
pub trait LogStore: Send + Sync + 'static {
    /// Writes a batch in one transaction, in order; each append is accepted or refused for itself. Within a batch a
    /// later append sees what an earlier one wrote. Returns one outcome an append, only after all of it is durable.
    async fn append(&self, batch: &[Append]) -> Result<Vec<Outcome>, LogError>;

    /// The position of the last event; [`Position::START`] for an empty log.
    async fn head(&self) -> Result<Position, LogError>;

    /// Events after a position, in order, at most `limit`. Never skips one.
    async fn read_feed(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError>;

    /// Events of a stream after a sequence, in order, at most `limit`, with all that is recorded about them.
    async fn read_stream(
        &self,
        stream: &StreamName,
        after: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError>;

    /// Events after a position that a filter wants, in order, at most `limit`, and none after `up_to`. Looks at a
    /// bounded stretch of the log and tells how far it came; [`search::Search`] walks on. The filter's stream is a filter
    /// like the others here: for one stream [`LogStore::read_stream`] is the way.
    async fn find_events_where(
        &self,
        filter: &EventFilter,
        after: Position,
        up_to: Position,
        limit: usize,
    ) -> Result<Found, LogError> {
        search::by_reading(self, filter, after, up_to, limit).await
    }

    /// The tails of many streams in one round trip, in the order asked for; an unknown stream is empty.
    async fn load_streams(&self, wanted: &[StreamAfter])
    -> Result<Vec<Vec<StreamEvent>>, LogError>;

    /// Who holds each of these values, in the order asked for.
    async fn claim_owners(&self, keys: &[ClaimKey]) -> Result<Vec<Option<String>>, LogError>;

    /// The position of each of these events if it was written: for looking up after an ambiguous commit.
    async fn find_events(&self, ids: &[EventId]) -> Result<Vec<Option<Position>>, LogError>;

    /// The answer kept under an idempotency key.
    async fn stored_response(
        &self,
        scope: &str,
        key: &str,
    ) -> Result<Option<StoredResponse>, LogError>;

    /// Forgets idempotency keys older than seven days; returns how many.
    async fn purge_idempotency(&self) -> Result<u64, LogError>;

    /// The newest snapshots of these streams with this schema, in the order asked for.
    async fn load_snapshots(
        &self,
        streams: &[StreamName],
        schema: &str,
    ) -> Result<Vec<Option<Snapshot>>, LogError>;

    /// What is stored of these streams, snapshots and tails, in the order asked for; an unknown stream is empty.
    ///
    /// A backend that can do it in fewer round trips overrides this.
    async fn restore_streams(
        &self,
        wanted: &[StreamToRestore],
    ) -> Result<Vec<StoredStream>, LogError> {
        let mut stored = vec![StoredStream::default(); wanted.len()];
        let schemas: BTreeSet<&'static str> = wanted.iter().map(|each| each.schema).collect();
        for schema in schemas {
            let of_schema = || {
                wanted
                    .iter()
                    .enumerate()
                    .filter(move |(_, each)| each.schema == schema)
            };
            let streams: Vec<StreamName> =
                of_schema().map(|(_, each)| each.stream.clone()).collect();
            let snapshots = self.load_snapshots(&streams, schema).await?;
            for ((place, _), snapshot) in of_schema().zip(snapshots) {
                if let Some(entry) = stored.get_mut(place) {
                    entry.snapshot = snapshot;
                }
            }
        }
        let tails: Vec<StreamAfter> = wanted
            .iter()
            .zip(&stored)
            .map(|(each, entry)| StreamAfter {
                stream: each.stream.clone(),
                after: entry
                    .snapshot
                    .as_ref()
                    .map_or(0, |snapshot| snapshot.version),
            })
            .collect();
        for (entry, tail) in stored.iter_mut().zip(self.load_streams(&tails).await?) {
            entry.tail = tail;
        }
        Ok(stored)
    }

    /// Keeps a snapshot, unless a newer one of the same schema is there. Failing to is never an error of a command.
    async fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), LogError>;

    /// The position of the last event recorded at or before a time.
    async fn position_at(&self, time: jiff::Timestamp) -> Result<Position, LogError>;
}
