//! The server dies, restarts, or the wire breaks in the middle of an append: nothing acknowledged is lost, nothing is
//! written twice, and what is not known is said to be not known.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use accession_event_log::{
    Append, EventLog, LogError, LogStore, Outcome, PostgresLog, PostgresOptions, WriterOptions,
    migrate,
};
use accession_events::Position;
use accession_events::ids::EventId;
use accession_testkit::{PrivatePostgres, Proxy, eventually};

use crate::support::{APPEND_LOCK, Ground, ground};
use crate::write::{id, notes, of};

const PATIENCE: Duration = Duration::from_secs(20);

fn ids(append: &Append) -> Vec<EventId> {
    append
        .writes
        .iter()
        .flat_map(|write| &write.events)
        .map(|event| event.id)
        .collect()
}

async fn through(ground: &Ground, proxy: &Proxy) -> Arc<PostgresLog> {
    let mut url = ground.database.url().to_owned();
    let server = ground.server_port();
    url = url.replacen(&format!(":{server}/"), &format!(":{}/", proxy.port()), 1);
    Arc::new(
        PostgresLog::connect(&url, PostgresOptions::default())
            .await
            .unwrap(),
    )
}

/// Waits until a session of the log stands in line for the append lock.
async fn someone_waits_for_the_lock(raw: &sqlx::PgPool) {
    eventually(PATIENCE, async || {
        let waiting: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
             WHERE l.locktype = 'advisory' AND NOT l.granted AND a.datname = current_database()",
        )
        .fetch_one(raw)
        .await
        .unwrap();
        waiting == 1
    })
    .await;
}

#[tokio::test]
async fn an_append_whose_answer_got_lost_is_found_and_not_written_again() {
    let ground = ground().await;
    let proxy = Proxy::to(ground.server_port()).await;
    let store = through(&ground, &proxy).await;
    store.append(&[of(notes(&id(), 0, 1))]).await.unwrap();

    proxy.withhold_answers();
    let append = of(notes(&id(), 0, 2));
    let pending = tokio::spawn({
        let (store, batch) = (Arc::clone(&store), [append.clone()]);
        async move { store.append(&batch).await }
    });
    eventually(PATIENCE, async || {
        ground.store.head().await.unwrap() == Position::new(3)
    })
    .await;
    proxy.cut();
    let outcomes = pending.await.unwrap().unwrap();
    assert!(
        matches!(&outcomes[..], [Outcome::Committed(at)] if at.first.get() == 2 && at.last.get() == 3),
        "{outcomes:?}"
    );
    assert_eq!(ground.store.head().await.unwrap(), Position::new(3));
}

#[tokio::test]
async fn a_session_that_was_cut_off_while_it_waited_for_the_lock_cannot_write_behind_our_back() {
    let ground = ground().await;
    let proxy = Proxy::to(ground.server_port()).await;
    let store = through(&ground, &proxy).await;
    store.append(&[of(notes(&id(), 0, 1))]).await.unwrap();

    let raw = ground.raw().await;
    let mut holder = raw.begin().await.unwrap();
    sqlx::query(APPEND_LOCK)
        .execute(&mut *holder)
        .await
        .unwrap();
    let append = of(notes(&id(), 0, 2));
    let pending = tokio::spawn({
        let (store, batch) = (Arc::clone(&store), [append.clone()]);
        async move { store.append(&batch).await }
    });
    someone_waits_for_the_lock(&raw).await;
    let zombie: i32 = waiting_pid(&raw).await;
    proxy.cut();
    // The old session is ended before the second try stands in line.
    eventually(PATIENCE, async || waiting_pid(&raw).await != zombie).await;
    holder.rollback().await.unwrap();
    let outcomes = pending.await.unwrap().unwrap();
    assert!(
        matches!(&outcomes[..], [Outcome::Committed(at)] if at.last.get() == 3),
        "{outcomes:?}"
    );
    assert_eq!(ground.store.head().await.unwrap(), Position::new(3));
}

async fn waiting_pid(raw: &sqlx::PgPool) -> i32 {
    sqlx::query_scalar(
        "SELECT coalesce(max(l.pid), 0) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         WHERE l.locktype = 'advisory' AND NOT l.granted AND a.datname = current_database()",
    )
    .fetch_one(raw)
    .await
    .unwrap()
}

#[tokio::test]
async fn an_append_whose_session_an_administrator_ended_is_tried_again() {
    let ground = ground().await;
    let raw = ground.raw().await;
    let mut holder = raw.begin().await.unwrap();
    sqlx::query(APPEND_LOCK)
        .execute(&mut *holder)
        .await
        .unwrap();
    let pending = tokio::spawn({
        let store = Arc::clone(&ground.store);
        async move { store.append(&[of(notes(&id(), 0, 1))]).await }
    });
    someone_waits_for_the_lock(&raw).await;
    sqlx::query("SELECT pg_terminate_backend($1)")
        .bind(waiting_pid(&raw).await)
        .execute(&raw)
        .await
        .unwrap();
    holder.rollback().await.unwrap();
    assert!(matches!(
        pending.await.unwrap().unwrap()[..],
        [Outcome::Committed(_)]
    ));
    assert_eq!(ground.store.head().await.unwrap(), Position::new(1));
}

/// What the writers of a crash test were told.
#[derive(Default)]
struct Ledger {
    acknowledged: Vec<(Append, Position)>,
    refused: Vec<Append>,
    unknown: Vec<Append>,
}

async fn write_until(log: EventLog, stop: Arc<AtomicBool>, told: Arc<AtomicUsize>) -> Ledger {
    let mut ledger = Ledger::default();
    while !stop.load(Ordering::SeqCst) {
        let append = of(notes(&id(), 0, 2));
        match log.append(append.clone()).await {
            Ok(Outcome::Committed(at)) => {
                ledger.acknowledged.push((append, at.last));
                told.fetch_add(1, Ordering::SeqCst);
            }
            Ok(other) => panic!("{other:?}"),
            Err(LogError::Ambiguous { .. }) => ledger.unknown.push(append),
            Err(error) if error.is_transient() => {
                ledger.refused.push(append);
                let head = || log.store().head();
                eventually(PATIENCE, head).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
    ledger
}

async fn crash_under_load(resolve_patience: Duration, down_for_long: bool) -> Vec<Ledger> {
    let server = PrivatePostgres::start().await;
    migrate::migrate(&server.url()).await.unwrap();
    let options = PostgresOptions {
        resolve_patience,
        ..PostgresOptions::default()
    };
    let store = Arc::new(PostgresLog::connect(&server.url(), options).await.unwrap());
    let log = EventLog::start(
        Arc::clone(&store) as Arc<dyn LogStore>,
        WriterOptions::default(),
    );
    let (stop, told) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let writers: Vec<_> = (0..16)
        .map(|_| {
            tokio::spawn(write_until(
                log.clone(),
                Arc::clone(&stop),
                Arc::clone(&told),
            ))
        })
        .collect();
    for round in 1..=3 {
        eventually(PATIENCE, async || told.load(Ordering::SeqCst) > round * 300).await;
        server.kill();
        if down_for_long {
            // The batch that was in flight is given up; the next ones cannot even connect.
            let refused = log.append(of(notes(&id(), 0, 1))).await.unwrap_err();
            assert!(
                refused.is_transient() || matches!(refused, LogError::Ambiguous { .. }),
                "{refused}"
            );
        }
        server.restart().await;
        let before = told.load(Ordering::SeqCst);
        eventually(PATIENCE, async || told.load(Ordering::SeqCst) > before + 16).await;
    }
    stop.store(true, Ordering::SeqCst);
    let mut ledgers = Vec::new();
    for writer in writers {
        ledgers.push(writer.await.unwrap());
    }
    check(&store, &ledgers).await;
    ledgers
}

/// The ledger against the log, after all is over.
async fn check(store: &PostgresLog, ledgers: &[Ledger]) {
    let mut expected = 0;
    for ledger in ledgers {
        for (append, last) in &ledger.acknowledged {
            let found = store.find_events(&ids(append)).await.unwrap();
            assert_eq!(
                found,
                [Some(Position::new(last.get() - 1)), Some(*last)],
                "acknowledged, and gone or moved"
            );
            expected += 2;
        }
        for append in &ledger.refused {
            assert_eq!(
                store.find_events(&ids(append)).await.unwrap(),
                [None, None],
                "told as not written"
            );
        }
        for append in &ledger.unknown {
            let found = store.find_events(&ids(append)).await.unwrap();
            let there = found.iter().flatten().count();
            assert!(there == 0 || there == 2, "half an append: {found:?}");
            expected += there as u64;
        }
    }
    let feed = store.read_feed(Position::START, 1_000_000).await.unwrap();
    assert_eq!(feed.len() as u64, expected, "nothing that nobody wrote");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_under_load_and_restarted_loses_nothing_acknowledged_and_doubles_nothing() {
    let ledgers = crash_under_load(PATIENCE, false).await;
    let unknown: usize = ledgers.iter().map(|ledger| ledger.unknown.len()).sum();
    assert_eq!(
        unknown, 0,
        "the server came back in time, so each append that was in flight was looked up"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_server_stays_away_appends_in_flight_are_ambiguous_and_later_ones_are_refused() {
    let ledgers = crash_under_load(Duration::from_millis(100), true).await;
    let told: usize = ledgers
        .iter()
        .map(|ledger| ledger.unknown.len() + ledger.refused.len())
        .sum();
    assert!(told > 0, "nobody noticed the crash");
}

#[tokio::test]
async fn reads_go_on_after_a_restart_though_all_connections_of_the_pool_are_broken() {
    let server = PrivatePostgres::start().await;
    migrate::migrate(&server.url()).await.unwrap();
    let store = PostgresLog::connect(&server.url(), PostgresOptions::default())
        .await
        .unwrap();
    store.append(&[of(notes(&id(), 0, 3))]).await.unwrap();
    let reads = (0..8).map(|_| store.read_feed(Position::START, 10));
    futures_util::future::join_all(reads).await;
    server.kill();
    server.restart().await;
    assert_eq!(store.read_feed(Position::START, 10).await.unwrap().len(), 3);
    assert_eq!(store.load_streams(&[]).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_server_that_does_not_flush_is_refused() {
    let settings = vec!["fsync=off".to_owned()];
    let server = PrivatePostgres::start_server(accession_testkit::Postgres {
        settings,
        ..accession_testkit::Postgres::default()
    })
    .await;
    let refused = PostgresLog::connect(&server.url(), PostgresOptions::default())
        .await
        .err()
        .unwrap();
    assert!(refused.to_string().contains("fsync=off"), "{refused}");
}
