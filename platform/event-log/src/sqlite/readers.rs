//! A handful of connections that only read, lent to blocking threads.
//!
//! Every piece of reading sees one state of the log, whatever is written meanwhile; none of them ever writes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::connections::open_reader;
use super::failure::During;
use crate::error::LogError;

/// How many read at the same time; the others wait.
const AT_ONCE: usize = 4;

/// The connections of a log that read.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    /// Readers of the file at a path, opened when they are needed.
    pub(super) fn new(path: &Path) -> Arc<Self> {
        Arc::new(Self {
            path: path.to_owned(),
            idle: Mutex::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        })
    }

    /// Reads within one transaction, on a thread that may block.
    pub(super) async fn read<T, F>(self: &Arc<Self>, reading: F) -> Result<T, LogError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, LogError> + Send + 'static,
    {
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(|_| LogError::Closed)?;
        let readers = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            readers.read_now(reading)
        });
        done.await.map_err(|error| LogError::Transient {
            reason: format!("a reading thread ended early: {error}"),
        })?
    }

    fn read_now<T>(
        &self,
        reading: impl FnOnce(&Connection) -> Result<T, LogError>,
    ) -> Result<T, LogError> {
        let idle = self.lock().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open_reader(&self.path)?,
        };
        run(&connection, "BEGIN")?;
        // After a failure the connection is dropped, not returned: whatever is wrong with it goes with it.
        let read = reading(&connection)?;
        run(&connection, "COMMIT")?;
        self.lock().push(connection);
        Ok(read)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn run(connection: &Connection, statement: &str) -> Result<(), LogError> {
    connection
        .prepare_cached(statement)
        .and_then(|mut statement| statement.execute([]))
        .map(drop)
        .during("starting or ending a read")
}
