//! The writer is stopped between its statements while others read: whatever the moment, a reader sees whole commits
//! in order. Nothing here sleeps: the writer goes on when the reader has looked.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use accession_event_log::sqlite::SqliteSettings;
use accession_event_log::sqlite::Step::{self, BeforeCommit, Begun, Checked, Committed, Written};
use accession_event_log::{LogStore, SqliteLog};
use accession_events::Position;

use crate::events::{dense_feed, one};

const PATIENCE: Duration = Duration::from_mins(1);

/// Holds the writer at every step until told to go on.
struct Stops {
    reached: Receiver<Step>,
    go_on: Sender<()>,
}

fn stopping() -> (SqliteSettings, Stops) {
    let (tell, reached) = channel();
    let (go_on, told) = channel();
    let told = Mutex::new(told);
    let settings = SqliteSettings {
        on_step: Some(Arc::new(move |step| {
            // The test has ended when nobody listens: the writer need not wait then.
            if tell.send(step).is_ok() {
                let _ = told.lock().unwrap().recv_timeout(PATIENCE);
            }
        })),
        ..SqliteSettings::default()
    };
    (settings, Stops { reached, go_on })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_becomes_visible_at_once_and_only_when_committed() {
    let directory = tempfile::tempdir().unwrap();
    let (settings, writer_stops) = stopping();
    let path = directory.path().join("log.db");
    let log = Arc::new(SqliteLog::open_with(&path, settings).await.unwrap());
    let mut seen = 0;
    for round in 0..5 {
        let batch = [
            one("a", round * 2),
            one("b", round),
            one("b", 99),
            one("a", round * 2 + 1),
        ];
        let writing = {
            let log = Arc::clone(&log);
            tokio::spawn(async move { log.append(&batch).await })
        };
        let mut steps = Vec::new();
        while steps.last() != Some(&Committed) {
            let step = writer_stops.reached.recv_timeout(PATIENCE).unwrap();
            steps.push(step);
            if step == Committed {
                seen += 3;
            }
            let feed = dense_feed(&*log).await;
            assert_eq!(feed.len(), seen, "at {steps:?} of round {round}");
            writer_stops.go_on.send(()).unwrap();
        }
        let three_written_one_refused = [
            Begun,
            Checked,
            Written,
            Checked,
            Written,
            Checked,
            Checked,
            Written,
            BeforeCommit,
            Committed,
        ];
        assert_eq!(steps, three_written_one_refused);
        writing.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_pauses_between_its_pages_skips_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (settings, writer_stops) = stopping();
    let path = directory.path().join("log.db");
    let log = Arc::new(SqliteLog::open_with(&path, settings).await.unwrap());
    let writers: Vec<_> = (0..4_u64)
        .map(|writer| {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                for version in 0..25 {
                    log.append(&[one(&writer.to_string(), version)])
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    // One page of the tail at each step of the writer: the reader stands still while the writer moves, and the
    // writer stands still, in the midst of a transaction, while the reader moves.
    let mut at = Position::START;
    let mut pages = 0;
    while at.get() < 100 {
        if let Ok(step) = writer_stops.reached.try_recv() {
            pages += usize::from(step != Committed);
            at = follow(&log, at).await;
            writer_stops.go_on.send(()).unwrap();
        } else {
            at = follow(&log, at).await;
        }
    }
    assert!(
        pages > 100,
        "the reader looked in the midst of transactions: {pages}"
    );
    drop(writer_stops);
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(dense_feed(&*log).await.len(), 100);
}

/// Reads a page of three and insists that it goes on right where the last one ended.
async fn follow(log: &SqliteLog, mut at: Position) -> Position {
    for event in log.read_feed(at, 3).await.unwrap() {
        assert_eq!(event.position, at.next());
        at = event.position;
    }
    at
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_stops_waiting_does_not_undo_what_was_asked() {
    let directory = tempfile::tempdir().unwrap();
    let (settings, writer_stops) = stopping();
    let path = directory.path().join("log.db");
    let log = Arc::new(SqliteLog::open_with(&path, settings).await.unwrap());
    let impatient = {
        let log = Arc::clone(&log);
        tokio::spawn(async move { log.append(&[one("a", 0)]).await })
    };
    assert_eq!(writer_stops.reached.recv_timeout(PATIENCE).unwrap(), Begun);
    impatient.abort();
    assert!(impatient.await.unwrap_err().is_cancelled());
    drop(writer_stops);
    log.append(&[one("b", 0)]).await.unwrap();
    assert_eq!(dense_feed(&*log).await.len(), 2);
}
