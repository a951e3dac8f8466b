//! A log that is away, slow or full: a clear answer, and nothing acknowledged that is not there.
//!
//! Never kills a server: that is the fault rig's; here the store itself answers with trouble.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use accession_event_log::sqlite::SqliteLog;
use accession_event_log::{
    Append, LogError, LogStore, Outcome, Snapshot, StoredResponse, StoredStream, StreamAfter,
    StreamEvent, StreamToRestore,
};
use accession_events::ids::EventId;
use accession_events::{ClaimKey, Position, RecordedEvent, StreamName};
use async_trait::async_trait;
use serde_json::json;
use tokio::sync::watch;

use crate::app::App;

/// A store that does as it is told, and counts what it is asked.
pub(crate) struct Moody {
    store: SqliteLog,
    mood: watch::Receiver<u8>,
    asked: Arc<AtomicUsize>,
}

const WELL: u8 = 0;
const AWAY: u8 = 1;
const FULL: u8 = 2;
const IN_DOUBT: u8 = 3;
const BROKEN: u8 = 4;
const HELD: u8 = 5;

impl Moody {
    /// A store in the best of moods, how to change that, and what it counts.
    pub(crate) fn over(store: SqliteLog) -> (Self, watch::Sender<u8>, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let (teller, mood) = watch::channel(WELL);
        (
            Self {
                store,
                mood,
                asked: Arc::clone(&asked),
            },
            teller,
            asked,
        )
    }

    async fn mood(&self) -> Result<(), LogError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let reason = "as told".to_owned();
        let mood = self
            .mood
            .clone()
            .wait_for(|mood| *mood != HELD)
            .await
            .map_or(WELL, |mood| *mood);
        match mood {
            WELL => Ok(()),
            AWAY => Err(LogError::Transient { reason }),
            FULL => Err(LogError::Overloaded {
                retry_after: Duration::from_secs(3),
            }),
            IN_DOUBT => Err(LogError::Ambiguous { reason }),
            _ => Err(LogError::Corrupt { reason }),
        }
    }
}

#[async_trait]
impl LogStore for Moody {
    async fn append(&self, batch: &[Append]) -> Result<Vec<Outcome>, LogError> {
        self.mood().await?;
        self.store.append(batch).await
    }

    async fn head(&self) -> Result<Position, LogError> {
        self.mood().await?;
        self.store.head().await
    }

    async fn read_feed(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        self.mood().await?;
        self.store.read_feed(after, limit).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        after: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        self.mood().await?;
        self.store.read_stream(stream, after, limit).await
    }

    async fn load_streams(
        &self,
        wanted: &[StreamAfter],
    ) -> Result<Vec<Vec<StreamEvent>>, LogError> {
        self.mood().await?;
        self.store.load_streams(wanted).await
    }

    async fn claim_owners(&self, keys: &[ClaimKey]) -> Result<Vec<Option<String>>, LogError> {
        self.mood().await?;
        self.store.claim_owners(keys).await
    }

    async fn find_events(&self, ids: &[EventId]) -> Result<Vec<Option<Position>>, LogError> {
        self.mood().await?;
        self.store.find_events(ids).await
    }

    async fn stored_response(
        &self,
        scope: &str,
        key: &str,
    ) -> Result<Option<StoredResponse>, LogError> {
        self.mood().await?;
        self.store.stored_response(scope, key).await
    }

    async fn purge_idempotency(&self) -> Result<u64, LogError> {
        self.mood().await?;
        self.store.purge_idempotency().await
    }

    async fn load_snapshots(
        &self,
        streams: &[StreamName],
        schema: &str,
    ) -> Result<Vec<Option<Snapshot>>, LogError> {
        self.mood().await?;
        self.store.load_snapshots(streams, schema).await
    }

    async fn restore_streams(
        &self,
        wanted: &[StreamToRestore],
    ) -> Result<Vec<StoredStream>, LogError> {
        self.mood().await?;
        self.store.restore_streams(wanted).await
    }

    async fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), LogError> {
        self.mood().await?;
        self.store.save_snapshot(snapshot).await
    }

    async fn position_at(&self, time: jiff::Timestamp) -> Result<Position, LogError> {
        self.mood().await?;
        self.store.position_at(time).await
    }
}

async fn moody() -> (App, watch::Sender<u8>, Arc<AtomicUsize>) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteLog::open(folder.path().join("log.db")).await.unwrap();
    let (store, mood, asked) = Moody::over(store);
    (App::over(Arc::new(store), folder, None).await, mood, asked)
}

#[tokio::test]
async fn trouble_is_answered_with_503_and_a_time_and_a_defect_with_500() {
    let (app, mood, _) = moody().await;
    let id = app.book("Emma").await;
    let body = json!({ "kind": "book", "name": "Persuasion" });
    let items =
        json!({ "items": [{ "source": "s", "source_id": "1", "kind": "book", "name": "A" }] });
    for (told, status, code) in [
        (AWAY, 503, "dependency_unavailable"),
        (FULL, 503, "overloaded"),
        (IN_DOUBT, 503, "dependency_unavailable"),
        (BROKEN, 500, "internal_error"),
    ] {
        mood.send(told).unwrap();
        let add = app
            .post("/api/v1/titles")
            .by_curator()
            .json(&body)
            .send()
            .await;
        let hide = app
            .post(format!("/api/v1/titles/{id}/activate"))
            .by_curator()
            .send()
            .await;
        let batch = app
            .post("/api/v1/internal/import/titles:batch")
            .by_importer()
            .json(&items)
            .send()
            .await;
        for answer in [add, hide, batch] {
            assert_eq!(answer.problem(), (status, code.to_owned()));
            assert_eq!(
                answer.header("retry-after").is_empty(),
                status == 500,
                "{answer:?}"
            );
        }
    }
    mood.send(WELL).unwrap();
    app.post("/api/v1/titles")
        .by_curator()
        .json(&body)
        .send()
        .await
        .created();
    assert_eq!(
        app.events().await.len(),
        2,
        "what was refused is not there, what was acknowledged is"
    );
}

#[tokio::test]
async fn after_the_log_is_closed_commands_are_told_to_come_back() {
    let app = App::embedded().await;
    app.log.close().await;
    let body = json!({ "kind": "book", "name": "Persuasion" });
    let answer = app
        .post("/api/v1/titles")
        .by_curator()
        .json(&body)
        .send()
        .await;
    assert_eq!(answer.problem(), (503, "dependency_unavailable".into()));
}

#[tokio::test]
async fn more_batches_than_the_server_takes_on_are_told_to_wait() {
    let (app, mood, asked) = moody().await;
    let items =
        json!({ "items": [{ "source": "s", "source_id": "1", "kind": "book", "name": "A" }] });
    let send = || {
        app.post("/api/v1/internal/import/titles:batch")
            .by_importer()
            .json(&items)
            .send()
    };
    let before = asked.load(Ordering::SeqCst);
    mood.send(HELD).unwrap();
    let three = futures_util::future::join_all((0..3).map(|_| send()));
    let one_more = async {
        let under_way = || async { asked.load(Ordering::SeqCst) >= before + 3 };
        accession_testkit::eventually(Duration::from_secs(20), under_way).await;
        let told = send().await;
        mood.send(WELL).unwrap();
        told
    };
    let (taken, told) = tokio::join!(three, one_more);
    assert_eq!(told.problem(), (503, "too_many_batches".into()));
    assert_eq!(told.header("retry-after"), "1");
    for answer in taken {
        answer.ok();
    }
}
