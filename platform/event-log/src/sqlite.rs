//! The event log in one SQLite file: one thread writes, a few connections read.
//!
//! The same promises as on Postgres, kept by one compliance suite. It never lets a second process write.

mod appending;
mod checks;
mod claims;
mod connections;
mod copying;
mod failure;
mod importing;
mod lock;
mod lone_stream;
mod lookups;
mod operating;
mod readers;
mod reading;
mod schema;
mod sealing;
mod searching;
mod settings;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use accession_events::ids::EventId;
use accession_events::{ClaimKey, Position, RecordedEvent, StreamName};
use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::Connection;
use sqlx::SqlitePool;

use self::failure::During;
use self::lock::WriterLock;
use self::readers::Readers;
pub use self::settings::{Clock, SqliteSettings, Step};
use self::writer::{Transaction, Writer};
use crate::append::{Append, Outcome, StoredResponse};
use crate::error::LogError;
use crate::search::{EventFilter, Found};
use crate::store::{LogStore, Snapshot, StreamAfter, StreamEvent};

/// A log in a SQLite file.
#[derive(Debug)]
pub struct SqliteLog {
    path: PathBuf,
    writer: Option<Writer>,
    readers: Arc<Readers>,
    streams: SqlitePool,
    settings: SqliteSettings,
}

impl SqliteLog {
    /// Opens the log for reading and writing; makes the file when there is none. Fails when another process writes to it, when a newer
    /// version has, or when its file system cannot keep it safe.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, LogError> {
        Self::open_with(path, SqliteSettings::default()).await
    }

    /// The same, in surroundings of the caller's choice.
    pub async fn open_with(
        path: impl AsRef<Path>,
        settings: SqliteSettings,
    ) -> Result<Self, LogError> {
        let path = path.as_ref().to_owned();
        let surroundings = settings.clone();
        let file = path.clone();
        let writer = blocking(move || {
            let lock = WriterLock::take(&file)?;
            let connection =
                connections::open_writer(&file).map_err(|error| named(&file, error))?;
            Writer::start(connection, lock, surroundings)
        })
        .await?;
        Ok(Self::over(path, Some(writer), settings))
    }

    /// Opens the log for reading only, also beside a server that writes to it.
    pub async fn open_read_only(path: impl AsRef<Path>) -> Result<Self, LogError> {
        let path = path.as_ref().to_owned();
        let file = path.clone();
        blocking(move || {
            let connection = connections::open_reader(&file)?;
            schema::require_current(&connection).map_err(|error| named(&file, error))
        })
        .await?;
        Ok(Self::over(path, None, SqliteSettings::default()))
    }

    /// Reads private tables that share the file with the log, such as the claims.
    pub async fn read_private<T, F>(&self, reading: F) -> Result<T, LogError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.readers
            .read(|connection| reading(connection).during("reading a private table"))
            .await
    }

    /// Changes the private tables that share the file with the log, in one transaction of the writing thread: it holds up all appends,
    /// so it must be short. Returns when the change is durable.
    pub async fn write_private<T, F>(&self, change: F) -> Result<T, LogError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.write(|transaction| change(transaction.connection).during("changing a private table"))
            .await
    }

    /// Copies a database file as it is at one moment, also while a server writes to it. The target must not exist; it is
    /// durable when this returns.
    pub async fn copy(source: &Path, target: &Path) -> Result<(), LogError> {
        let (source, target) = (source.to_owned(), target.to_owned());
        blocking(move || copying::copy(&source, &target)).await
    }

    fn over(path: PathBuf, writer: Option<Writer>, settings: SqliteSettings) -> Self {
        Self {
            readers: Readers::new(&path),
            streams: lone_stream::pool(&path),
            path,
            writer,
            settings,
        }
    }

    async fn write<T, F>(&self, work: F) -> Result<T, LogError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Transaction<'_>) -> Result<T, LogError> + Send + 'static,
    {
        let Some(writer) = &self.writer else {
            return Err(LogError::Permanent {
                reason: format!("{} was opened for reading only", self.path.display()),
            });
        };
        writer.write(work).await
    }
}

#[async_trait]
impl LogStore for SqliteLog {
    async fn append(&self, batch: &[Append]) -> Result<Vec<Outcome>, LogError> {
        let batch = batch.to_vec();
        self.write(move |transaction| appending::append_all(transaction, &batch))
            .await
    }

    async fn head(&self) -> Result<Position, LogError> {
        self.readers.read(lookups::head).await
    }

    async fn read_feed(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        self.readers
            .read(move |connection| reading::feed(connection, after, limit))
            .await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        after: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        let stream = stream.clone();
        self.readers
            .read(move |connection| reading::stream(connection, &stream, after, limit))
            .await
    }

    async fn find_events_where(
        &self,
        filter: &EventFilter,
        after: Position,
        up_to: Position,
        limit: usize,
    ) -> Result<Found, LogError> {
        let filter = filter.clone();
        self.readers
            .read(move |connection| searching::find(connection, &filter, after, up_to, limit))
            .await
    }

    async fn load_streams(
        &self,
        wanted: &[StreamAfter],
    ) -> Result<Vec<Vec<StreamEvent>>, LogError> {
        if let [StreamAfter { stream, after: 0 }] = wanted {
            return Ok(vec![lone_stream::load(&self.streams, stream).await?]);
        }
        let wanted = wanted.to_vec();
        self.readers
            .read(move |connection| reading::tails(connection, &wanted))
            .await
    }

    async fn claim_owners(&self, keys: &[ClaimKey]) -> Result<Vec<Option<String>>, LogError> {
        let keys = keys.to_vec();
        self.readers
            .read(move |connection| lookups::claim_owners(connection, &keys))
            .await
    }

    async fn find_events(&self, ids: &[EventId]) -> Result<Vec<Option<Position>>, LogError> {
        let ids = ids.to_vec();
        self.readers
            .read(move |connection| lookups::find_events(connection, &ids))
            .await
    }

    async fn stored_response(
        &self,
        scope: &str,
        key: &str,
    ) -> Result<Option<StoredResponse>, LogError> {
        let (scope, key) = (scope.to_owned(), key.to_owned());
        let now = (self.settings.clock)().as_microsecond();
        self.readers
            .read(move |connection| checks::stored_response(connection, &scope, &key, now))
            .await
    }

    async fn purge_idempotency(&self) -> Result<u64, LogError> {
        let mut purged = 0;
        loop {
            let now = self
                .write(|transaction| lookups::purge_keys(transaction))
                .await?;
            purged += now as u64;
            if now < lookups::PURGED_AT_ONCE {
                return Ok(purged);
            }
        }
    }

    async fn load_snapshots(
        &self,
        streams: &[StreamName],
        schema: &str,
    ) -> Result<Vec<Option<Snapshot>>, LogError> {
        let (streams, schema) = (streams.to_vec(), schema.to_owned());
        self.readers
            .read(move |connection| lookups::snapshots(connection, &streams, &schema))
            .await
    }

    async fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), LogError> {
        let snapshot = snapshot.clone();
        self.write(move |transaction| lookups::keep_snapshot(transaction, &snapshot))
            .await
    }

    async fn position_at(&self, time: Timestamp) -> Result<Position, LogError> {
        self.readers
            .read(move |connection| lookups::position_at(connection, time))
            .await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LogError> + Send + 'static,
) -> Result<T, LogError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| LogError::Transient {
            reason: format!("a thread that opens the log ended early: {error}"),
        })?
}

/// Says which file an error is about.
fn named(path: &Path, error: LogError) -> LogError {
    match error {
        LogError::Permanent { reason } => LogError::Permanent {
            reason: format!("{}: {reason}", path.display()),
        },
        other => other,
    }
}
