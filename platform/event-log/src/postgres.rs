//! The event log in Postgres.
//!
//! One connection appends, through one SQL function under one lock (ADR 0001); a small pool reads. Nothing here
//! decides anything, and no transaction spans two round trips.

mod appending;
mod batch;
mod claims;
mod columns;
mod fault;
mod housekeeping;
mod importing;
mod lanes;
mod loading;
mod operating;
mod reading;
mod sealing;
mod searching;
mod session;
mod verdicts;

use std::time::Duration;

use accession_events::ids::EventId;
use accession_events::{ClaimKey, Position, RecordedEvent, StreamName};
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use self::appending::Appender;
use self::lanes::Lanes;
use self::reading::Readers;
use crate::append::{Append, Outcome, StoredResponse};
use crate::error::LogError;
use crate::search::{EventFilter, Found};
use crate::store::{LogStore, Snapshot, StoredStream, StreamAfter, StreamEvent, StreamToRestore};

pub(crate) use self::fault::classify;
pub(crate) use self::session::connect_options;

/// Settings of a [`PostgresLog`].
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// Connections that read, besides the one that appends.
    pub readers: u32,
    /// How long a read waits for a free connection or for the server.
    pub read_patience: Duration,
    /// How long to look for the answer after the connection broke on a commit, before saying that it is not known.
    pub resolve_patience: Duration,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            readers: 8,
            read_patience: Duration::from_secs(5),
            resolve_patience: Duration::from_secs(10),
        }
    }
}

/// The event log in a Postgres database whose migrations have run (see [`crate::migrate`]).
pub struct PostgresLog {
    appender: Appender,
    readers: Readers,
}

impl PostgresLog {
    /// Connects to the primary and checks that it can hold a log: version, durability settings, isolation.
    pub async fn connect(url: &str, options: PostgresOptions) -> Result<Self, LogError> {
        let pinned = connect_options(url)?;
        let pool = PgPoolOptions::new()
            .max_connections(options.readers)
            .acquire_timeout(options.read_patience)
            // No ping before each use: a read that meets a broken connection is tried again on another one.
            .test_before_acquire(false)
            .connect_with(pinned.clone())
            .await
            .map_err(classify)?;
        let mut connection = pool.acquire().await.map_err(classify)?;
        session::check_server(&mut connection).await?;
        drop(connection);
        let lanes = Lanes::new(pinned.clone(), options.read_patience);
        Ok(Self {
            appender: Appender::new(pinned, options.resolve_patience),
            readers: Readers { pool, lanes },
        })
    }

    /// The connections that read, for private tables that live beside the log (credentials).
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.readers.pool
    }
}

#[async_trait]
impl LogStore for PostgresLog {
    async fn append(&self, batch: &[Append]) -> Result<Vec<Outcome>, LogError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        self.appender.append(batch).await
    }

    async fn head(&self) -> Result<Position, LogError> {
        self.readers.head().await
    }

    async fn read_feed(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        self.readers.feed(after, limit).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        after: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        self.readers.stream(stream, after, limit).await
    }

    async fn find_events_where(
        &self,
        filter: &EventFilter,
        after: Position,
        up_to: Position,
        limit: usize,
    ) -> Result<Found, LogError> {
        self.readers.search(filter, after, up_to, limit).await
    }

    async fn load_streams(
        &self,
        wanted: &[StreamAfter],
    ) -> Result<Vec<Vec<StreamEvent>>, LogError> {
        if let [StreamAfter { stream, after: 0 }] = wanted {
            return Ok(vec![self.readers.whole_stream(stream).await?]);
        }
        self.readers.tails(wanted).await
    }

    async fn claim_owners(&self, keys: &[ClaimKey]) -> Result<Vec<Option<String>>, LogError> {
        self.readers.claim_owners(keys).await
    }

    async fn find_events(&self, ids: &[EventId]) -> Result<Vec<Option<Position>>, LogError> {
        self.readers.find_events(ids).await
    }

    async fn stored_response(
        &self,
        scope: &str,
        key: &str,
    ) -> Result<Option<StoredResponse>, LogError> {
        self.readers.stored_response(scope, key).await
    }

    async fn purge_idempotency(&self) -> Result<u64, LogError> {
        self.readers.purge_idempotency().await
    }

    async fn load_snapshots(
        &self,
        streams: &[StreamName],
        schema: &str,
    ) -> Result<Vec<Option<Snapshot>>, LogError> {
        self.readers.snapshots(streams, schema).await
    }

    async fn restore_streams(
        &self,
        wanted: &[StreamToRestore],
    ) -> Result<Vec<StoredStream>, LogError> {
        self.readers.restore(wanted).await
    }

    async fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), LogError> {
        self.readers.save_snapshot(snapshot).await
    }

    async fn position_at(&self, time: Timestamp) -> Result<Position, LogError> {
        self.readers.position_at(time).await
    }
}
