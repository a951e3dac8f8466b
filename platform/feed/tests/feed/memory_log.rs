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
use tokio::sync::{Notify, watch};
use tokio::time::timeout;
use uuid::Uuid;

use crate::rig::PATIENCE;

pub(crate) struct MemoryLog {
    events: Arc<Mutex<Vec<RecordedEvent>>>,
    failing: Mutex<Option<LogError>>,
    pause: Mutex<Option<(usize, Arc<Pause>)>>,
    reads: AtomicUsize,
    wake: watch::Sender<Position>,
}

/// Stops a reader between its read and what it does with it.
#[derive(Default)]
pub(crate) struct Pause {
    reached: Notify,
    ended: Notify,
}

impl Pause {
    /// Until the reader stands still.
    pub(crate) async fn reached(&self) {
        timeout(PATIENCE, self.reached.notified())
            .await
            .expect("somebody reads");
    }

    /// The reader goes on with what it has read.
    pub(crate) fn end(&self) {
        self.ended.notify_one();
    }
}

impl MemoryLog {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            events: Arc::default(),
            failing: Mutex::default(),
            pause: Mutex::default(),
            reads: AtomicUsize::new(0),
            wake: watch::Sender::new(Position::START),
        })
    }

    /// The same log through another door, with wake-ups and faults of its own.
    pub(crate) fn twin(&self) -> Arc<Self> {
        Arc::new(Self {
            events: Arc::clone(&self.events),
            failing: Mutex::default(),
            pause: Mutex::default(),
            reads: AtomicUsize::new(0),
            wake: watch::Sender::new(Position::START),
        })
    }

    /// Wakes who waits at this door, for what was appended through another.
    pub(crate) fn wake_all(&self) {
        self.wake
            .send_replace(Position::new(self.events().len() as u64));
    }

    /// The first read through this door that gives `count` events or more stops before it returns.
    pub(crate) fn pause_after_next_read_of(&self, count: usize) -> Arc<Pause> {
        let pause = Arc::new(Pause::default());
        *self
            .pause
            .lock()
            .expect("no test panics while it holds this") = Some((count, Arc::clone(&pause)));
        pause
    }

    /// The event at a position.
    pub(crate) fn event(&self, position: u64) -> Option<RecordedEvent> {
        let index = usize::try_from(position)
            .expect("a test's number")
            .checked_sub(1)?;
        self.events().get(index).cloned()
    }

    /// Appends `count` ordinary events and wakes who waits.
    pub(crate) fn append(&self, count: u64) {
        for _ in 0..count {
            self.append_with(|_| {});
        }
    }

    /// Appends `count` ordinary events and wakes nobody.
    pub(crate) fn append_silently(&self, count: u64) {
        let mut events = self.events();
        let last = events.len() as u64;
        events.extend((last + 1..=last + count).map(ordinary));
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
        let page: Vec<RecordedEvent> = {
            let events = self.events();
            let from = events.partition_point(|event| event.position <= after);
            events[from..].iter().take(limit).cloned().collect()
        };
        let pause = {
            let mut pause = self
                .pause
                .lock()
                .expect("no test panics while it holds this");
            pause.take_if(|(count, _)| page.len() >= *count)
        };
        if let Some((_, pause)) = pause {
            pause.reached.notify_one();
            pause.ended.notified().await;
        }
        Ok(page)
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
