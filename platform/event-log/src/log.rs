//! The log as the rest of the program uses it: grouped writes with back-pressure, grouped loads, and the head.
//!
//! It never interprets an event, and it acknowledges nothing before its store says that it is durable.

use std::sync::Arc;

use accession_events::{Position, StreamName};
use tokio::sync::watch;
use tracing::Instrument as _;

use crate::append::{Append, Outcome};
use crate::error::LogError;
use crate::loader::StreamLoader;
use crate::store::{LogStore, StoredStream};
use crate::writer::{Writer, WriterOptions};

/// A handle to the log; clones share one writer.
#[derive(Clone)]
pub struct EventLog {
    shared: Arc<Shared>,
}

struct Shared {
    store: Arc<dyn LogStore>,
    writer: Writer,
    loader: StreamLoader,
}

impl EventLog {
    /// Starts the writer and the loader over a store. Must be called within a Tokio runtime. They end when all handles
    /// are gone, or with [`EventLog::close`].
    #[must_use]
    pub fn start(store: Arc<dyn LogStore>, options: WriterOptions) -> Self {
        let writer = Writer::start(Arc::clone(&store), options);
        let loader = StreamLoader::start(&store);
        Self {
            shared: Arc::new(Shared {
                store,
                writer,
                loader,
            }),
        }
    }

    /// Writes one command's events. The outcome comes after it is durable.
    pub async fn append(&self, append: Append) -> Result<Outcome, LogError> {
        self.append_all(vec![append])
            .await?
            .into_iter()
            .next()
            .ok_or_else(|| LogError::Corrupt {
                reason: "the store answered an append with no outcome".to_owned(),
            })
    }

    /// Writes several appends in this order, kept together in one transaction, each accepted or refused for itself.
    pub async fn append_all(&self, appends: Vec<Append>) -> Result<Vec<Outcome>, LogError> {
        if appends.is_empty() {
            return Ok(Vec::new());
        }
        let span =
            accession_trace::append(appends.len(), appends.iter().map(Append::event_count).sum());
        self.shared.writer.write(appends).instrument(span).await
    }

    /// The store, for reads.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn LogStore> {
        &self.shared.store
    }

    /// The newest position that this process has written or found at its start; wakes after each of its commits.
    /// Commits of other processes do not wake it: readers who depend on those also poll.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<Position> {
        self.shared.writer.head()
    }

    /// How many appends wait or are on their way, and how many may.
    #[must_use]
    pub fn waiting(&self) -> (usize, usize) {
        self.shared.writer.waiting()
    }

    /// What is stored of a stream; concurrent calls share a round trip.
    pub async fn load(
        &self,
        stream: StreamName,
        schema: &'static str,
    ) -> Result<StoredStream, LogError> {
        self.shared.loader.load(stream, schema).await
    }

    /// Answers all that waits, then refuses appends with [`LogError::Closed`]. Reads go on working.
    pub async fn close(&self) {
        self.shared.writer.close().await;
    }
}
