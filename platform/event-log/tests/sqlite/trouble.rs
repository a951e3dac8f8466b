//! A full disk, a clock that goes back, stored rubbish: the log says what is wrong and keeps what it has.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use accession_event_log::sqlite::SqliteSettings;
use accession_event_log::{LogError, LogStore, SqliteLog, StreamAfter};
use accession_events::StreamName;
use jiff::Timestamp;

use crate::events::{dense_feed, one, with_payload};

#[tokio::test]
async fn a_full_disk_writes_nothing_of_the_batch_and_the_log_goes_on_when_there_is_room() {
    let directory = tempfile::tempdir().unwrap();
    let log = SqliteLog::open(directory.path().join("log.db"))
        .await
        .unwrap();
    log.append(&[one("a", 0)]).await.unwrap();
    limit_pages(&log, 60).await;
    let large = format!("\"{}\"", "x".repeat(400_000));
    let batch = [one("b", 0), with_payload("c", 0, large.clone())];
    let failed = log.append(&batch).await.unwrap_err();
    assert!(matches!(failed, LogError::Transient { .. }), "{failed:?}");
    assert!(failed.to_string().contains("full"), "{failed}");
    assert_eq!(dense_feed(&log).await.len(), 1);
    log.append(&[one("b", 0)]).await.unwrap();
    limit_pages(&log, 1_000_000).await;
    log.append(&[with_payload("c", 0, large)]).await.unwrap();
    assert_eq!(dense_feed(&log).await.len(), 3);
}

async fn limit_pages(log: &SqliteLog, pages: u32) {
    log.write_private(move |connection| {
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn recorded_times_do_not_follow_a_clock_that_goes_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.db");
    let seconds = Arc::new(AtomicI64::new(1_000));
    let settings = || {
        let seconds = Arc::clone(&seconds);
        SqliteSettings {
            clock: Arc::new(move || {
                Timestamp::from_second(seconds.load(Ordering::Relaxed)).unwrap()
            }),
            on_step: None,
        }
    };
    let log = SqliteLog::open_with(&path, settings()).await.unwrap();
    for (version, now) in [1_000, 900, 1_100].into_iter().enumerate() {
        seconds.store(now, Ordering::Relaxed);
        log.append(&[one("a", version as u64)]).await.unwrap();
    }
    drop(log);
    seconds.store(500, Ordering::Relaxed);
    let log = SqliteLog::open_with(&path, settings()).await.unwrap();
    log.append(&[one("a", 3)]).await.unwrap();
    let recorded: Vec<_> = dense_feed(&log)
        .await
        .iter()
        .map(|event| event.recorded_at.as_second())
        .collect();
    assert_eq!(recorded, [1_000, 1_000, 1_100, 1_100]);
}

#[tokio::test]
async fn a_private_table_changes_whole_or_not_at_all() {
    let directory = tempfile::tempdir().unwrap();
    let log = SqliteLog::open(directory.path().join("log.db"))
        .await
        .unwrap();
    let add = |id: &'static str| {
        move |connection: &rusqlite::Connection| {
            connection.execute("INSERT INTO private_things (id) VALUES (?1)", [id])
        }
    };
    let count = || {
        log.read_private(|connection| {
            let count = "SELECT count(*) FROM private_things";
            connection.query_row(count, [], |row| row.get::<_, i64>(0))
        })
    };
    let table = "CREATE TABLE private_things (id TEXT NOT NULL PRIMARY KEY) STRICT";
    log.write_private(move |connection| connection.execute_batch(table))
        .await
        .unwrap();
    log.write_private(add("first")).await.unwrap();
    let failed = log
        .write_private(move |connection| {
            add("second")(connection)?;
            add("first")(connection)
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(count().await.unwrap(), 1);
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_an_error_and_never_a_panic() {
    let directory = tempfile::tempdir().unwrap();
    let log = SqliteLog::open(directory.path().join("log.db"))
        .await
        .unwrap();
    // Valid JSON, and more than the library that loads lone streams takes.
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    log.append(&[with_payload("a", 0, deep.clone())])
        .await
        .unwrap();
    let wanted = StreamAfter {
        stream: StreamName::new("test.thing", "a"),
        after: 0,
    };
    let alone = log
        .load_streams(std::slice::from_ref(&wanted))
        .await
        .unwrap_err();
    assert!(matches!(alone, LogError::Corrupt { .. }), "{alone:?}");
    let twice = log.load_streams(&[wanted.clone(), wanted]).await.unwrap();
    assert_eq!(twice[0][0].payload, deep);
}
