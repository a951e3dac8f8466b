//! A log that acknowledges before it commits: the first defect.
//!
//! Without a crash nobody notices: what was acknowledged is written a moment later, in order.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::{
    Append, Committed, LogError, LogStore, Outcome, Snapshot, StoredResponse, StreamAfter,
    StreamEvent,
};
use accession_events::ids::EventId;
use accession_events::{ClaimKey, Position, RecordedEvent, StreamName};
use async_trait::async_trait;
use tokio::sync::{Mutex, mpsc};
use tokio::time::Instant;

/// How long what was acknowledged can still be lost.
const LATE: Duration = Duration::from_millis(150);

pub(super) struct EarlyAcknowledgement {
    store: Arc<dyn LogStore>,
    waiting: mpsc::UnboundedSender<(Instant, Vec<Append>)>,
    /// The position that the next event is told.
    head: Mutex<Option<u64>>,
}

impl EarlyAcknowledgement {
    pub(super) fn over(store: Arc<dyn LogStore>) -> Self {
        let (waiting, mut batches) = mpsc::unbounded_channel::<(Instant, Vec<Append>)>();
        let writing = Arc::clone(&store);
        tokio::spawn(async move {
            while let Some((acknowledged, batch)) = batches.recv().await {
                tokio::time::sleep_until(acknowledged + LATE).await;
                // Whatever happens now, the caller has been told that it is done.
                let _ = writing.append(&batch).await;
            }
        });
        Self {
            store,
            waiting,
            head: Mutex::new(None),
        }
    }
}

#[async_trait]
impl LogStore for EarlyAcknowledgement {
    async fn append(&self, batch: &[Append]) -> Result<Vec<Outcome>, LogError> {
        let mut head = self.head.lock().await;
        let mut last = match *head {
            Some(last) => last,
            None => self.store.head().await?.get(),
        };
        let outcomes = batch.iter().map(|append| {
            let first = last + 1;
            last += append.event_count() as u64;
            Outcome::Committed(Committed {
                first: Position::new(first),
                last: Position::new(last),
            })
        });
        let outcomes = outcomes.collect();
        *head = Some(last);
        self.waiting
            .send((Instant::now(), batch.to_vec()))
            .map_err(|_| LogError::Closed)?;
        Ok(outcomes)
    }

    async fn head(&self) -> Result<Position, LogError> {
        self.store.head().await
    }

    async fn read_feed(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        self.store.read_feed(after, limit).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        after: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        self.store.read_stream(stream, after, limit).await
    }

    async fn load_streams(
        &self,
        wanted: &[StreamAfter],
    ) -> Result<Vec<Vec<StreamEvent>>, LogError> {
        self.store.load_streams(wanted).await
    }

    async fn claim_owners(&self, keys: &[ClaimKey]) -> Result<Vec<Option<String>>, LogError> {
        self.store.claim_owners(keys).await
    }

    async fn find_events(&self, ids: &[EventId]) -> Result<Vec<Option<Position>>, LogError> {
        self.store.find_events(ids).await
    }

    async fn stored_response(
        &self,
        scope: &str,
        key: &str,
    ) -> Result<Option<StoredResponse>, LogError> {
        self.store.stored_response(scope, key).await
    }

    async fn purge_idempotency(&self) -> Result<u64, LogError> {
        self.store.purge_idempotency().await
    }

    async fn load_snapshots(
        &self,
        streams: &[StreamName],
        schema: &str,
    ) -> Result<Vec<Option<Snapshot>>, LogError> {
        self.store.load_snapshots(streams, schema).await
    }

    async fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), LogError> {
        self.store.save_snapshot(snapshot).await
    }

    async fn position_at(&self, time: jiff::Timestamp) -> Result<Position, LogError> {
        self.store.position_at(time).await
    }
}
