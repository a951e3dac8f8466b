//! A log in memory that a test can fill, wake from, break and count the reads of.
//! It keeps only what a feed and a relay ask of a log; anything else it refuses.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use accession_event_log::{
    Append, LogError, LogStore, Outcome, Snapshot, StoredResponse, StreamAfter, StreamEvent,
};
use accession_events::ids::EventId;
use accession_events::{ClaimKey, Position, RecordedEvent, StreamName};
use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;
use uuid::Uuid;

pub(crate) struct MemoryLog {
    events: Mutex<Vec<RecordedEvent>>,
    failing: Mutex<Option<LogError>>,
    reads: AtomicUsize,
    wake: watch::Sender<Position>,
}

impl MemoryLog {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            events: Mutex::default(),
            failing: Mutex::default(),
            reads: AtomicUsize::new(0),
            wake: watch::Sender::new(Position::START),
        })
    }

    /// Appends `count` ordinary events and wakes who waits.
    pub(crate) fn append(&self, count: u64) {
        for _ in 0..count {
            self.append_with(|_| {});
        }
    }

    /// Appends one event, changed by the test beforehand, and wakes who waits.
    pub(crate) fn append_with(&self, change: impl FnOnce(&mut RecordedEvent)) {
        let position = {
            let mut events = self.events();
            let number = events.len() as u64 + 1;
            let mut event = ordinary(number);
            change(&mut event);
            events.push(event);
            Position::new(number)
        };
        self.wake.send_replace(position);
    }

    /// Everything in it.
    pub(crate) fn all(&self) -> Vec<RecordedEvent> {
        self.events().clone()
    }

    /// Takes one event out, which no log may ever lose.
    pub(crate) fn tear_a_hole_at(&self, position: u64) {
        self.events()
            .retain(|event| event.position.get() != position);
    }

    /// From now on every read fails with this; None: works again.
    pub(crate) fn fail_with(&self, error: Option<LogError>) {
        *self
            .failing
            .lock()
            .expect("no test panics while it holds this") = error;
    }

    /// How many times the feed was read.
    pub(crate) fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    pub(crate) fn wake(&self) -> watch::Receiver<Position> {
        self.wake.subscribe()
    }

    fn events(&self) -> MutexGuard<'_, Vec<RecordedEvent>> {
        self.events
            .lock()
            .expect("no test panics while it holds this")
    }

    fn healthy(&self) -> Result<(), LogError> {
        let failing = self
            .failing
            .lock()
            .expect("no test panics while it holds this");
        failing.clone().map_or(Ok(()), Err)
    }
}

fn ordinary(number: u64) -> RecordedEvent {
    // Ten streams, so that subjects repeat.
    let stream = StreamName::new("catalog.title", Uuid::from_u128(u128::from(number % 10)));
    RecordedEvent {
        position: Position::new(number),
        stream,
        sequence: number / 10 + 1,
        event_id: EventId::new(Uuid::now_v7()),
        event_type: "TitleAdded".into(),
        event_version: 2,
        payload: format!(
            r#"{{"name":"Title {number}","note":"{}"}}"#,
            "x".repeat(200)
        )
        .into(),
        metadata: r#"{"actor":"curator:7","trace":"4bf92f3577b34da6a3ce929d0e0e4736"}"#.into(),
        recorded_at: Timestamp::from_microsecond(1_795_000_000_123_456 + number.cast_signed())
            .expect("a time within range"),
    }
}

fn refused<T>(what: &str) -> Result<T, LogError> {
    Err(LogError::Permanent {
        reason: format!("no feed asks a log for {what}"),
    })
}

#[async_trait]
impl LogStore for MemoryLog {
    async fn head(&self) -> Result<Position, LogError> {
        self.healthy()?;
        Ok(self
            .events()
            .last()
            .map_or(Position::START, |event| event.position))
    }

    async fn read_feed(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        self.healthy()?;
        self.reads.fetch_add(1, Ordering::SeqCst);
        let events = self.events();
        let from = events.partition_point(|event| event.position <= after);
        Ok(events[from..].iter().take(limit).cloned().collect())
    }

    async fn append(&self, _: &[Append]) -> Result<Vec<Outcome>, LogError> {
        refused("appends")
    }

    async fn read_stream(
        &self,
        _: &StreamName,
        _: u64,
        _: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        refused("streams")
    }

    async fn load_streams(&self, _: &[StreamAfter]) -> Result<Vec<Vec<StreamEvent>>, LogError> {
        refused("streams")
    }

    async fn claim_owners(&self, _: &[ClaimKey]) -> Result<Vec<Option<String>>, LogError> {
        refused("claims")
    }

    async fn find_events(&self, _: &[EventId]) -> Result<Vec<Option<Position>>, LogError> {
        refused("events by id")
    }

    async fn stored_response(&self, _: &str, _: &str) -> Result<Option<StoredResponse>, LogError> {
        refused("responses")
    }

    async fn purge_idempotency(&self) -> Result<u64, LogError> {
        refused("idempotency keys")
    }

    async fn load_snapshots(
        &self,
        _: &[StreamName],
        _: &str,
    ) -> Result<Vec<Option<Snapshot>>, LogError> {
        refused("snapshots")
    }

    async fn save_snapshot(&self, _: &Snapshot) -> Result<(), LogError> {
        refused("snapshots")
    }

    async fn position_at(&self, _: Timestamp) -> Result<Position, LogError> {
        refused("positions by time")
    }
}
