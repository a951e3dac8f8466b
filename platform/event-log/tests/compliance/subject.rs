//! A database that keeps an event log, as the scenarios see it. Every subject is fresh: it never sees another's events.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::{LogStore, RegisterStore, SqliteLog};
use async_trait::async_trait;
use tempfile::TempDir;

/// A fresh log, and what a scenario needs beside the port.
#[async_trait]
pub(crate) trait Subject: Send + Sync {
    /// The log.
    fn log(&self) -> Arc<dyn LogStore>;

    /// The same log, as operators see it.
    fn register(&self) -> Arc<dyn RegisterStore>;

    /// Makes the idempotency keys that are there older.
    async fn age_keys(&self, by: Duration);

    /// Statements that would change or remove events.
    fn vandalism(&self) -> &'static [&'static str];

    /// Runs a statement with the rights of the log's owner; the error's text if it is refused.
    async fn run_as_owner(&self, statement: &'static str) -> Result<(), String>;
}

/// A log in a SQLite file of its own.
pub(crate) struct SqliteSubject {
    log: Arc<SqliteLog>,
    // Removed last, with its contents.
    _directory: TempDir,
}

impl SqliteSubject {
    pub(crate) async fn fresh() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let log = SqliteLog::open(directory.path().join("log.db"))
            .await
            .unwrap();
        Self {
            log: Arc::new(log),
            _directory: directory,
        }
    }
}

#[async_trait]
impl Subject for SqliteSubject {
    fn log(&self) -> Arc<dyn LogStore> {
        Arc::clone(&self.log) as Arc<dyn LogStore>
    }

    fn register(&self) -> Arc<dyn RegisterStore> {
        Arc::clone(&self.log) as Arc<dyn RegisterStore>
    }

    async fn age_keys(&self, by: Duration) {
        let microseconds = i64::try_from(by.as_micros()).unwrap();
        let aged = move |connection: &rusqlite::Connection| {
            connection.execute(
                "UPDATE idempotency_keys SET created_at = created_at - ?1",
                [microseconds],
            )
        };
        self.log.write_private(aged).await.unwrap();
    }

    fn vandalism(&self) -> &'static [&'static str] {
        &[
            "UPDATE events SET payload = '{}'",
            "UPDATE events SET position = position + 1000",
            "DELETE FROM events WHERE position = 1",
            "DELETE FROM events",
            "INSERT OR REPLACE INTO events SELECT * FROM events WHERE position = 1",
            "INSERT OR REPLACE INTO events SELECT 3, aggregate_type, aggregate_id, sequence, event_id, event_type, \
             event_version, '{}', metadata, recorded_at FROM events WHERE position = 1",
        ]
    }

    async fn run_as_owner(&self, statement: &'static str) -> Result<(), String> {
        self.log
            .write_private(move |connection| connection.execute_batch(statement))
            .await
            .map_err(|error| error.to_string())
    }
}
