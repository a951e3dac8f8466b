//! The one thread that writes: it owns the writing connection and runs one transaction after the other.
//!
//! Positions are dense because nothing else numbers them. It never answers before what it wrote is flushed to the disk.

use std::thread::JoinHandle;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use tokio::sync::{mpsc, oneshot};

use super::failure::{During, corrupt, of_commit};
use super::lock::WriterLock;
use super::settings::{SqliteSettings, Step};
use crate::error::LogError;

/// Pieces of writing that may wait for the thread; further callers wait for room.
const WAITING: usize = 64;

type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// The handle to the writing thread; dropping it ends the thread after what was asked of it is done.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread over a connection and the right to use it.
    pub(super) fn start(
        connection: Connection,
        lock: WriterLock,
        settings: SqliteSettings,
    ) -> Result<Self, LogError> {
        let (jobs, mut waiting) = mpsc::channel::<Job>(WAITING);
        let mut session = Session {
            connection,
            settings,
            head: None,
        };
        let thread = std::thread::Builder::new()
            .name("event-log-writer".into())
            .spawn(move || {
                while let Some(job) = waiting.blocking_recv() {
                    job(&mut session);
                }
                drop(session);
                // Only now may another process write.
                drop(lock);
            })
            .map_err(|error| LogError::Transient {
                reason: format!("the writing thread could not be started: {error}"),
            })?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Runs one transaction on the thread. What is asked is done even if the caller stops waiting for it.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, LogError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Transaction<'_>) -> Result<T, LogError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |session| {
            // A caller who has gone away does not want the answer.
            let _ = answer.send(session.transaction(work));
        });
        let jobs = self.jobs.as_ref().ok_or(LogError::Closed)?;
        jobs.send(job).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing left to hand over.
            let _ = thread.join();
        }
    }
}

fn stopped() -> LogError {
    LogError::Ambiguous {
        reason: "the writing thread has stopped: restart the server".into(),
    }
}

/// Where the log stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    /// Position of the last event; 0 for none.
    pub(super) position: u64,
    /// When the last event was recorded, in microseconds since 1970.
    pub(super) recorded_at: i64,
}

/// One transaction of the writer.
pub(super) struct Transaction<'session> {
    /// The connection, inside BEGIN IMMEDIATE.
    pub(super) connection: &'session Connection,
    /// Where the log stands within this transaction.
    pub(super) head: Head,
    /// The time of this transaction, in microseconds since 1970; never before that of an event already written.
    pub(super) now: i64,
    settings: &'session SqliteSettings,
}

impl Transaction<'_> {
    /// Tells who listens that the writer stands between two statements.
    pub(super) fn at(&self, step: Step) {
        self.settings.at(step);
    }
}

struct Session {
    connection: Connection,
    settings: SqliteSettings,
    /// What is known of the log's head; unknown at the start and after a failure.
    head: Option<Head>,
}

impl Session {
    fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, LogError>,
    ) -> Result<T, LogError> {
        let known = self.head.take();
        run(&self.connection, "BEGIN IMMEDIATE").during("starting a transaction")?;
        let done = self.work(known, work);
        match done {
            Ok((done, head)) => self.commit(head).map(|()| done),
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    fn work<T>(
        &self,
        known: Option<Head>,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, LogError>,
    ) -> Result<(T, Head), LogError> {
        let head = match known {
            Some(head) => head,
            None => read_head(&self.connection)?,
        };
        let mut transaction = Transaction {
            connection: &self.connection,
            head,
            now: (self.settings.clock)()
                .as_microsecond()
                .max(head.recorded_at),
            settings: &self.settings,
        };
        transaction.at(Step::Begun);
        let done = work(&mut transaction)?;
        transaction.at(Step::BeforeCommit);
        Ok((done, transaction.head))
    }

    fn commit(&mut self, head: Head) -> Result<(), LogError> {
        if let Err(error) = run(&self.connection, "COMMIT") {
            self.roll_back();
            return Err(of_commit(&error));
        }
        self.head = Some(head);
        self.settings.at(Step::Committed);
        Ok(())
    }

    /// The error that led here is what the caller is told; SQLite rolls some failures back by itself.
    fn roll_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = run(&self.connection, "ROLLBACK")
        {
            tracing::error!(%error, "the event log could not roll a transaction back");
        }
    }
}

/// Runs a statement that answers no rows, prepared once a connection.
pub(super) fn run(connection: &Connection, statement: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute([]).map(drop)
}

/// Where the log stands.
pub(super) fn read_head(connection: &Connection) -> Result<Head, LogError> {
    let last = connection
        .prepare_cached("SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1")
        .and_then(|mut statement| {
            let head = |row: &rusqlite::Row<'_>| {
                Ok(Head {
                    position: row.get(0)?,
                    recorded_at: row.get(1)?,
                })
            };
            statement.query_row([], head).optional()
        })
        .during("reading the head of the log")?;
    Ok(last.unwrap_or(Head {
        position: 0,
        recorded_at: i64::MIN,
    }))
}

/// A stored time.
pub(super) fn time(microseconds: i64) -> Result<Timestamp, LogError> {
    Timestamp::from_microsecond(microseconds)
        .map_err(|error| corrupt(format!("time {microseconds} of an event: {error}")))
}
