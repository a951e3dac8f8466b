//! What only the feed over the log itself has to show: polling without a waker, and a log that lies.
//! The common promises are in the compliance suite.

use std::time::Duration;

use accession_event_log::LogError;
use accession_events::Position;
use accession_feed::{Feed, FeedError, LogFeed};
use tokio::sync::watch;

use crate::memory_log::MemoryLog;
use crate::rig::{NEVER, PATIENCE, read_until};

#[tokio::test]
async fn without_anyone_to_wake_it_polling_alone_finds_new_events() {
    let log = MemoryLog::new();
    let (nobody, wake) = watch::channel(Position::START);
    drop(nobody);
    let mut feed = LogFeed::new(log.clone(), wake, Duration::from_millis(5));
    let writer = log.clone();
    let reading = tokio::spawn(async move { read_until(&mut feed, 0, 3).await });
    while writer.reads() < 2 {
        tokio::task::yield_now().await;
    }
    writer.append(3);
    assert_eq!(reading.await.expect("the reader ends well").len(), 3);
}

#[tokio::test]
async fn a_feed_that_nobody_can_wake_does_not_spin() {
    let log = MemoryLog::new();
    let (nobody, wake) = watch::channel(Position::START);
    drop(nobody);
    let mut feed = LogFeed::new(log.clone(), wake, NEVER);
    let nothing = feed
        .after(Position::START, 10, Duration::from_millis(50))
        .await;
    assert!(nothing.expect("an idle feed is no error").is_empty());
    assert_eq!(
        log.reads(),
        2,
        "one read when it came, one when its patience ended"
    );
}

#[tokio::test]
async fn a_hole_in_the_log_itself_is_reported_and_never_stepped_over() {
    let log = MemoryLog::new();
    log.append(10);
    log.tear_a_hole_at(5);
    let mut feed = LogFeed::new(log.clone(), log.wake(), NEVER);
    for from in [0, 4] {
        let error = feed
            .after(Position::new(from), 10, PATIENCE)
            .await
            .expect_err("a torn log");
        assert!(matches!(error, FeedError::Corrupt { .. }), "{error}");
        assert!(
            error
                .to_string()
                .contains("position 6 after 4, where 5 belongs"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_log_that_is_away_interrupts_and_the_same_call_succeeds_when_it_is_back() {
    let log = MemoryLog::new();
    log.append(3);
    let mut feed = LogFeed::new(log.clone(), log.wake(), NEVER);
    log.fail_with(Some(LogError::Transient {
        reason: "connection refused".into(),
    }));
    let error = feed
        .after(Position::START, 10, PATIENCE)
        .await
        .expect_err("the log is away");
    assert!(
        matches!(&error, FeedError::Interrupted { reason } if reason.contains("connection refused"))
    );
    log.fail_with(None);
    assert_eq!(
        feed.after(Position::START, 10, PATIENCE)
            .await
            .expect("it is back")
            .len(),
        3
    );
}

#[tokio::test]
async fn the_known_end_of_a_long_history_is_asked_of_the_log_once() {
    let log = MemoryLog::new();
    log.append(1_000);
    let (_nobody, wake) = watch::channel(Position::START);
    let mut feed = LogFeed::new(log.clone(), wake, NEVER);
    let page = feed
        .after(Position::START, 10, PATIENCE)
        .await
        .expect("history");
    assert_eq!((page.len(), feed.newest_known().get()), (10, 1_000));
}
