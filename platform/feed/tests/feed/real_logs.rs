//! The feeds over the logs that the product ships: SQLite woken in-process, Postgres relayed over the bus.
//! What the logs themselves promise is proved with them.

use std::sync::Arc;

use accession_event_log::{
    Append, EventLog, LogStore, NewEvent, Outcome, PostgresLog, PostgresOptions, SqliteLog,
    StreamWrite, WriterOptions, migrate,
};
use accession_events::ids::EventId;
use accession_events::{Position, RecordedEvent, StreamName};
use accession_feed::relay::lease::PostgresLease;
use accession_feed::{BusFeed, LogFeed, RelayState};
use accession_testkit::{Stores, fresh_database};
use uuid::Uuid;

use crate::rig::{NEVER, Running, bus_at, read_until};
use crate::stage::BUS_ALONE;

const WRITERS: u64 = 8;
const APPENDS: u64 = 40;
const TOTAL: u64 = WRITERS * APPENDS * 3;

/// Three events on a stream of their own.
fn three_events(number: u64) -> Append {
    let event = |text: &str| NewEvent {
        id: EventId::new(Uuid::now_v7()),
        event_type: "Noted".into(),
        event_version: 1,
        payload: format!(r#"{{ "n":{number},  "text":"{text}" }}"#),
    };
    Append {
        writes: vec![StreamWrite {
            stream: StreamName::new("test.note", Uuid::now_v7()),
            expected_version: 0,
            events: vec![event("a"), event("é\\n"), event("指輪")],
            claims: Vec::new(),
        }],
        metadata: r#"{"actor":"test"}"#.to_owned(),
        idempotency: None,
    }
}

async fn write_from_all_sides(log: &EventLog) {
    let writers = (0..WRITERS).map(|writer| {
        let log = log.clone();
        tokio::spawn(async move {
            for number in 0..APPENDS {
                let outcome = log.append(three_events(writer * APPENDS + number)).await;
                assert!(matches!(outcome, Ok(Outcome::Committed(_))), "{outcome:?}");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("the writer ends well");
    }
}

async fn recorded(store: &Arc<dyn LogStore>) -> Vec<RecordedEvent> {
    let limit = usize::try_from(TOTAL).expect("a test's number");
    store
        .read_feed(Position::START, limit)
        .await
        .expect("the log answers")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_in_sqlite_is_followed_in_process() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = SqliteLog::open(directory.path().join("log.db"))
        .await
        .expect("it can be made");
    let store: Arc<dyn LogStore> = Arc::new(store);
    let log = EventLog::start(Arc::clone(&store), WriterOptions::default());
    let mut feed = LogFeed::new(Arc::clone(&store), log.head(), NEVER);
    let reading = tokio::spawn(async move { read_until(&mut feed, 0, TOTAL).await });
    write_from_all_sides(&log).await;
    let seen = reading.await.expect("the reader ends well");
    assert_eq!(seen, recorded(&store).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_in_postgres_is_followed_over_the_bus() {
    let database = fresh_database(&Stores::shared().postgres_url).await;
    migrate::migrate(database.url())
        .await
        .expect("the database is new");
    let store = PostgresLog::connect(database.url(), PostgresOptions::default()).await;
    let store: Arc<dyn LogStore> = Arc::new(store.expect("it is migrated"));
    let log = EventLog::start(Arc::clone(&store), WriterOptions::default());
    let bus = bus_at(&Stores::shared().nats_url).await;
    let lease = PostgresLease::new(database.url(), &bus.config().stream).expect("the URL is sound");
    let relay = Running::relay_of(Arc::clone(&store), &bus, Box::new(lease), log.head());
    relay
        .until(|status| status.state == RelayState::Publishing)
        .await;
    let mut feed = BusFeed::new(Arc::clone(&store), bus.clone(), BUS_ALONE);
    let reading = tokio::spawn(async move { read_until(&mut feed, 0, TOTAL).await });
    write_from_all_sides(&log).await;
    let seen = reading.await.expect("the reader ends well");
    assert_eq!(seen, recorded(&store).await);
}
