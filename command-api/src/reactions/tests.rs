//! What a reaction can rely on: order, its checkpoint, ids that stay, and what becomes of a failure.
//!
//! Over real stores; whatever waits, waits for a condition.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use accession_event_log::{
    Append, EventLog, NewEvent, Outcome, PostgresLog, PostgresOptions, SqliteLog, StreamWrite,
    WriterOptions, migrate,
};
use accession_events::ids::EventId;
use accession_events::{Position, RecordedEvent, StreamName};
use accession_feed::relay::lease::{AlwaysHeld, Lease, PostgresLease};
use accession_secrets::PrivateDatabase;
use accession_secrets::reaction_book::{self, KeptTimer, ParkedWhat, ReactionBook};
use accession_testkit::eventually;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::*;

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

/// A reaction that writes down what it is called for and fails as it is told.
struct Bell {
    birth: Birth,
    policy: Policy,
    heard: Mutex<Vec<(Position, String)>>,
    fired: Mutex<Vec<String>>,
    failures: Mutex<BTreeMap<Position, ReactionError>>,
    fail_timers: AtomicU32,
    timer: Option<SignedDuration>,
}

impl Bell {
    fn new(birth: Birth, policy: Policy) -> Self {
        Self {
            birth,
            policy,
            heard: Mutex::default(),
            fired: Mutex::default(),
            failures: Mutex::default(),
            fail_timers: AtomicU32::new(0),
            timer: None,
        }
    }

    fn heard(&self) -> Vec<u64> {
        self.heard
            .lock()
            .unwrap()
            .iter()
            .map(|(position, _)| position.get())
            .collect()
    }

    fn fail(&self, position: Position, error: Option<ReactionError>) {
        let mut failures = self.failures.lock().unwrap();
        match error {
            Some(error) => drop(failures.insert(position, error)),
            None => drop(failures.remove(&position)),
        }
    }
}

fn refused() -> Option<ReactionError> {
    Some(ReactionError::Refused {
        reason: "the rope is torn".into(),
    })
}

#[async_trait]
impl Reaction for Bell {
    fn name(&self) -> &'static str {
        "bell"
    }

    fn birth(&self) -> Birth {
        self.birth
    }

    fn policy(&self) -> Policy {
        self.policy
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &["Rang"]
    }

    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        let key = course.given("answer").idempotency.unwrap().key;
        self.heard.lock().unwrap().push((event.position, key));
        if let Some(after) = self.timer {
            let due = course.now().checked_add(after).unwrap();
            course
                .set_timer("echo", due, &event.position.to_string())
                .await?;
        }
        let failure = self.failures.lock().unwrap().get(&event.position).cloned();
        failure.map_or(Ok(()), Err)
    }

    async fn on_timer(&self, _course: &Course, timer: &KeptTimer) -> Result<(), ReactionError> {
        self.fired.lock().unwrap().push(timer.note.clone());
        if self.fail_timers.load(Ordering::SeqCst) > 0 {
            self.fail_timers.fetch_sub(1, Ordering::SeqCst);
            return refused().map_or(Ok(()), Err);
        }
        Ok(())
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

#[tokio::test]
async fn it_hears_of_its_own_events_in_order_and_goes_on_where_it_was_after_a_restart() {
    let room = room().await;
    for event_type in ["Rang", "Other", "Rang"] {
        append(&room.log, event_type).await;
    }
    let bell = Arc::new(Bell::new(Birth::LogStart, Policy::Retry));
    let ringing = start(&room, &bell);
    until_heard(&bell, &[1, 3]).await;
    append(&room.log, "Rang").await;
    until_heard(&bell, &[1, 3, 4]).await;
    ringing.stop().await;
    append(&room.log, "Rang").await;
    let ringing = start(&room, &bell);
    until_heard(&bell, &[1, 3, 4, 5]).await;
    ringing.stop().await;
}

#[tokio::test]
async fn one_that_is_born_now_never_hears_of_history() {
    let room = room().await;
    append(&room.log, "Rang").await;
    let bell = Arc::new(Bell::new(Birth::Now, Policy::Retry));
    let ringing = start(&room, &bell);
    eventually(LONG, || async {
        room.book.checkpoint("bell").await.unwrap()
    })
    .await;
    append(&room.log, "Rang").await;
    until_heard(&bell, &[2]).await;
    ringing.stop().await;
}

#[tokio::test]
async fn a_second_delivery_gets_the_same_command_id_and_another_event_another() {
    let room = room().await;
    append(&room.log, "Rang").await;
    append(&room.log, "Rang").await;
    let bell = Arc::new(Bell::new(Birth::LogStart, Policy::Retry));
    bell.fail(Position::new(1), refused());
    let ringing = start(&room, &bell);
    eventually(LONG, || async { bell.heard().len() > 3 }).await;
    bell.fail(Position::new(1), None);
    eventually(LONG, || async { bell.heard().contains(&2) }).await;
    ringing.stop().await;
    let heard = bell.heard.lock().unwrap().clone();
    let (first, last) = (&heard[0].1, &heard[heard.len() - 1].1);
    for (position, key) in &heard {
        let expected = if position.get() == 1 { first } else { last };
        assert_eq!(key, expected);
    }
    assert_ne!(first, last);
}

#[tokio::test]
async fn what_it_cannot_do_is_put_aside_others_go_on_and_an_operator_has_it_tried_again() {
    let room = room().await;
    let broken = append(&room.log, "Rang").await;
    append(&room.log, "Rang").await;
    let bell = Arc::new(Bell::new(Birth::LogStart, Policy::ParkAfter(3)));
    bell.fail(broken, refused());
    let ringing = start(&room, &bell);
    until_heard(&bell, &[1, 1, 1, 2]).await;
    let mut status = ringing.status.clone();
    status.wait_for(|status| status.parked == 1).await.unwrap();
    let parked = room.book.parked().await.unwrap();
    assert_eq!((parked.len(), &*parked[0].problem), (1, "the rope is torn"));
    let what = ParkedWhat::Event(broken);
    assert_eq!(parked[0].what, what);

    assert!(room.book.retry("bell", &what, clock()).await.unwrap());
    until_heard(&bell, &[1, 1, 1, 2, 1]).await;
    bell.fail(broken, None);
    eventually(LONG, || async {
        room.book.retry("bell", &what, clock()).await.unwrap()
    })
    .await;
    status.wait_for(|status| status.parked == 0).await.unwrap();
    assert_eq!(room.book.parked().await.unwrap(), []);
    ringing.stop().await;
}

#[tokio::test]
async fn what_is_only_away_is_waited_for_and_never_put_aside() {
    let room = room().await;
    let first = append(&room.log, "Rang").await;
    append(&room.log, "Rang").await;
    let bell = Arc::new(Bell::new(Birth::LogStart, Policy::ParkAfter(1)));
    bell.fail(
        first,
        Some(ReactionError::Away {
            reason: "the tower is locked".into(),
        }),
    );
    let ringing = start(&room, &bell);
    eventually(LONG, || async { bell.heard().len() >= 5 }).await;
    assert!(bell.heard().iter().all(|position| *position == 1));
    let interrupted = ringing.status.borrow().state.clone();
    assert!(
        matches!(interrupted, ReactionState::Interrupted { reason } if reason.contains("locked"))
    );
    bell.fail(first, None);
    eventually(LONG, || async { bell.heard().last() == Some(&2) }).await;
    assert_eq!(room.book.parked().await.unwrap(), []);
    ringing.stop().await;
}

#[tokio::test]
async fn one_that_stops_does_nothing_out_of_order() {
    let room = room().await;
    let broken = append(&room.log, "Rang").await;
    append(&room.log, "Rang").await;
    let bell = Arc::new(Bell::new(Birth::LogStart, Policy::Stop));
    bell.fail(broken, refused());
    let ringing = start(&room, &bell);
    let mut status = ringing.status.clone();
    let stopped = |status: &ReactionStatus| matches!(status.state, ReactionState::Stopped { .. });
    status.wait_for(stopped).await.unwrap();
    assert_eq!(bell.heard(), [1]);
    assert_eq!(
        room.book.checkpoint("bell").await.unwrap(),
        Some(Position::START)
    );
    ringing.stop().await;
}

#[tokio::test]
async fn a_timer_is_a_row_it_fires_once_and_survives_the_process() {
    let room = room().await;
    append(&room.log, "Rang").await;
    let mut bell = Bell::new(Birth::LogStart, Policy::Retry);
    bell.timer = Some(SignedDuration::from_hours(1));
    let bell = Arc::new(bell);
    let ringing = start(&room, &bell);
    let (book, later) = (
        &room.book,
        clock().checked_add(SignedDuration::from_hours(2)).unwrap(),
    );
    eventually(LONG, || async {
        book.upkeep("bell", clock(), 9)
            .await
            .unwrap()
            .next_due
            .is_some()
    })
    .await;
    assert_eq!(book.upkeep("bell", later, 9).await.unwrap().due.len(), 1);
    ringing.stop().await;
    assert!(bell.fired.lock().unwrap().is_empty());

    // Set anew for a moment that has passed, as an hour later would be.
    let due = KeptTimer {
        name: "echo".into(),
        note: "1".into(),
        due_at: Timestamp::UNIX_EPOCH,
    };
    book.set_timer("bell", &due).await.unwrap();
    bell.fail_timers.store(2, Ordering::SeqCst);
    let ringing = start(&room, &bell);
    eventually(LONG, || async { bell.fired.lock().unwrap().len() == 3 }).await;
    eventually(LONG, || async {
        book.upkeep("bell", later, 9).await.unwrap().due.is_empty()
    })
    .await;
    ringing.stop().await;
    assert_eq!(
        *bell.fired.lock().unwrap(),
        ["1", "1", "1"],
        "twice refused, then done, then no more"
    );
}

#[tokio::test]
async fn a_timer_that_is_refused_is_put_aside_by_a_reaction_that_parks() {
    let room = room().await;
    let due = KeptTimer {
        name: "echo".into(),
        note: "1".into(),
        due_at: Timestamp::UNIX_EPOCH,
    };
    room.book.set_timer("bell", &due).await.unwrap();
    let bell = Arc::new(Bell::new(Birth::LogStart, Policy::ParkAfter(5)));
    bell.fail_timers.store(1, Ordering::SeqCst);
    let ringing = start(&room, &bell);
    let parked = eventually(LONG, || async { room.book.parked().await.unwrap().pop() }).await;
    assert_eq!(parked.what, ParkedWhat::Timer("echo".into()));
    assert!(
        room.book
            .retry("bell", &parked.what, clock())
            .await
            .unwrap()
    );
    eventually(LONG, || async { bell.fired.lock().unwrap().len() == 2 }).await;
    ringing.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_processes_one_reacts_and_the_other_takes_over() {
    let stores = accession_testkit::Stores::shared();
    let fresh = accession_testkit::fresh_database(&stores.postgres_url).await;
    migrate::migrate(fresh.url()).await.unwrap();
    let log = PostgresLog::connect(fresh.url(), PostgresOptions::default())
        .await
        .unwrap();
    let database = PrivateDatabase::postgres(fresh.url(), 4).unwrap();
    let room = Room {
        log: EventLog::start(Arc::new(log), WriterOptions::default()),
        book: reaction_book::open(&database),
        database,
        _folder: tempfile::tempdir().unwrap(),
    };
    let lease = || Box::new(PostgresLease::new(fresh.url(), "reactions").unwrap());
    let bell = Arc::new(Bell::new(Birth::LogStart, Policy::Retry));
    let first = start_with(&room, &bell, lease());
    let mut status = first.status.clone();
    status
        .wait_for(|status| status.state == ReactionState::Following)
        .await
        .unwrap();
    let second = start_with(&room, &bell, lease());
    for _ in 0..20 {
        append(&room.log, "Rang").await;
    }
    until_heard(&bell, &(1..=20).collect::<Vec<_>>()).await;
    first.stop().await;
    append(&room.log, "Rang").await;
    until_heard(&bell, &(1..=21).collect::<Vec<_>>()).await;
    second.stop().await;
    room.database.close().await;
}
