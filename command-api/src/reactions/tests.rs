//! What a reaction can rely on: order, its checkpoint, ids that stay, and what becomes of a failure.
//!
//! Over real stores; whatever waits, waits for a condition.

mod bell;
mod failures;
mod order;
mod timers;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use accession_event_log::{
    Append, EventLog, NewEvent, Outcome, PostgresLog, PostgresOptions, SqliteLog, StreamWrite,
    WriterOptions, migrate,
};
use accession_events::ids::EventId;
use accession_events::{Position, StreamName};
use accession_feed::relay::lease::{AlwaysHeld, Lease, PostgresLease};
use accession_secrets::PrivateDatabase;
use accession_secrets::reaction_book::{self, KeptTimer, ParkedWhat, ReactionBook};
use accession_testkit::eventually;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::*;

use bell::{Bell, refused};

const LONG: Duration = Duration::from_secs(20);

/// Stores of one test.
struct Room {
    log: EventLog,
    book: Arc<dyn ReactionBook>,
    database: PrivateDatabase,
    _folder: tempfile::TempDir,
}

async fn room() -> Room {
    let folder = tempfile::tempdir().unwrap();
    let log = SqliteLog::open(&folder.path().join("log.db"))
        .await
        .unwrap();
    let database = PrivateDatabase::open_file(&folder.path().join("private.db"))
        .await
        .unwrap();
    Room {
        log: EventLog::start(Arc::new(log), WriterOptions::default()),
        book: reaction_book::open(&database),
        database,
        _folder: folder,
    }
}

async fn append(log: &EventLog, event_type: &'static str) -> Position {
    let stream = StreamName::new("test.bell", Uuid::now_v7());
    let event = NewEvent {
        id: EventId::new(Uuid::now_v7()),
        event_type: event_type.into(),
        event_version: 1,
        payload: "{}".into(),
    };
    let write = StreamWrite {
        stream,
        expected_version: 0,
        events: vec![event],
        claims: Vec::new(),
    };
    let append = Append {
        writes: vec![write],
        ..Append::default()
    };
    match log.append(append).await.unwrap() {
        Outcome::Committed(committed) => committed.last,
        other => panic!("{other:?}"),
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests' edge")]
fn clock() -> Timestamp {
    Timestamp::now()
}

struct Ringing {
    status: tokio::sync::watch::Receiver<ReactionStatus>,
    stop: tokio::sync::oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Ringing {
    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap();
    }
}

fn start_with(room: &Room, bell: &Arc<Bell>, lease: Box<dyn Lease>) -> Ringing {
    let options = ReactionOptions {
        poll: Duration::from_millis(20),
        at_most_every: Duration::from_millis(1),
        check_every: Duration::from_millis(50),
        shortest_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(5),
        ..ReactionOptions::default()
    };
    let store = Arc::clone(room.log.store());
    let reactions = Reactions::new(
        store,
        Arc::clone(&room.book),
        lease,
        room.log.head(),
        options,
        clock,
    )
    .with(Arc::clone(bell) as Arc<dyn Reaction>);
    let status = reactions.statuses().remove(0);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let task = tokio::spawn(reactions.run(async move { drop(stopped.await) }));
    Ringing { status, stop, task }
}

fn start(room: &Room, bell: &Arc<Bell>) -> Ringing {
    start_with(room, bell, Box::new(AlwaysHeld))
}

async fn until_heard(bell: &Bell, expected: &[u64]) {
    eventually(LONG, || async {
        let heard = bell.heard();
        if heard == expected {
            Ok(())
        } else {
            Err(format!("{heard:?}, not {expected:?}"))
        }
    })
    .await;
}

/// Until a new process would go on behind this event; one that is stopped before that hears of it once more.
async fn until_kept(room: &Room, position: u64) {
    eventually(LONG, || async {
        room.book.checkpoint("bell").await.unwrap() == Some(Position::new(position))
    })
    .await;
}
