//! Many writers and a reader at the same time. No test here waits for a clock; each ends when all has been seen.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use accession_event_log::{Append, LogStore, Outcome};
use accession_events::{Position, RecordedEvent};
use tokio::time::timeout;

use crate::stories::*;
use crate::subject::Subject;

const WRITERS: usize = 8;
const APPENDS: usize = 200;
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) async fn a_tail_behind_eight_writers_never_skips_repeats_or_reorders(
    subject: &dyn Subject,
) {
    let log = subject.log();
    let tail = tokio::spawn(tail_until(Arc::clone(&log), WRITERS * APPENDS));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write_many(Arc::clone(&log), writer)))
        .collect();
    for writer in writers {
        timeout(PATIENCE, writer)
            .await
            .expect("a writer is stuck")
            .unwrap();
    }
    let seen = timeout(PATIENCE, tail)
        .await
        .expect("the tail is stuck")
        .unwrap();
    let ids: HashSet<_> = seen.iter().map(|event| event.event_id).collect();
    assert_eq!(ids.len(), WRITERS * APPENDS, "each event is seen once");
    assert_dense(&seen);
    assert_eq!(seen, whole_feed(&*log).await);
}

/// Every append races for a shared stream and writes to the writer's own.
async fn write_many(log: Arc<dyn LogStore>, writer: usize) {
    let own = format!("writer-{writer}");
    for n in 0..APPENDS {
        let rivalling = append(vec![write("shared", 0, 0), write(&own, n as u64, 1)]);
        let mut batch = vec![rivalling];
        if n % 3 == 0 {
            batch.push(one(&own, 1_000_000));
        }
        let outcomes = log.append(&batch).await.unwrap();
        assert!(matches!(outcomes[0], Outcome::Committed(_)), "{outcomes:?}");
    }
}

/// Follows the feed in small pages until it has seen as many events.
async fn tail_until(log: Arc<dyn LogStore>, count: usize) -> Vec<RecordedEvent> {
    let mut seen: Vec<RecordedEvent> = Vec::new();
    while seen.len() < count {
        let after = seen.last().map_or(Position::START, |last| last.position);
        let page = log.read_feed(after, 7).await.unwrap();
        for event in &page {
            let expected = seen.last().map_or(1, |last| last.position.get() + 1);
            assert_eq!(event.position.get(), expected, "the tail skips nothing");
            seen.push(event.clone());
        }
        tokio::task::yield_now().await;
    }
    seen
}

/// Appends them all at the same time; how many were committed, and the others' outcomes.
async fn race(log: Arc<dyn LogStore>, appends: Vec<Append>) -> (usize, Vec<Outcome>) {
    let runners: Vec<_> = appends
        .into_iter()
        .map(|append| {
            let log = Arc::clone(&log);
            tokio::spawn(async move { try_append(&*log, append).await })
        })
        .collect();
    let mut winners = 0;
    let mut others = Vec::new();
    for runner in runners {
        match timeout(PATIENCE, runner)
            .await
            .expect("a rival is stuck")
            .unwrap()
        {
            Outcome::Committed(_) => winners += 1,
            other => others.push(other),
        }
    }
    (winners, others)
}

pub(crate) async fn one_of_many_rivals_for_a_version_wins(subject: &dyn Subject) {
    let log = subject.log();
    let rivals = (0..16).map(|_| one("a", 0)).collect();
    let (winners, others) = race(Arc::clone(&log), rivals).await;
    assert_eq!(winners, 1);
    assert_eq!(others, vec![conflict("a", 0, 1); 15]);
    assert_eq!(head(&*log).await, 1);
}

pub(crate) async fn one_of_many_rivals_for_a_claim_wins(subject: &dyn Subject) {
    let log = subject.log();
    let rivals = (0..16)
        .map(|n| claiming(&format!("rival-{n}"), vec![make("slug")]))
        .collect();
    let (winners, others) = race(Arc::clone(&log), rivals).await;
    assert_eq!(winners, 1);
    let owner = owner(&*log, "slug").await.unwrap();
    assert_eq!(others, vec![claimed("slug", &owner); 15]);
    assert_eq!(version(&*log, &owner).await, 1);
    assert_eq!(head(&*log).await, 1);
}

pub(crate) async fn one_of_many_repeats_of_a_request_is_executed(subject: &dyn Subject) {
    let log = subject.log();
    let repeats = (0..16)
        .map(|_| keyed(one("a", 0), "me", "k1", "f1"))
        .collect();
    let (winners, others) = race(Arc::clone(&log), repeats).await;
    assert_eq!(winners, 1);
    assert_eq!(others, vec![replayed("f1", 1); 15]);
    assert_eq!(head(&*log).await, 1);
}
