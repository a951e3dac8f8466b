//! Positions and sequences: dense, in commit order, never burned.

use crate::stories::*;
use crate::subject::Subject;

pub(crate) async fn positions_are_dense_and_in_commit_order_over_many_streams(
    subject: &dyn Subject,
) {
    let log = subject.log();
    let mut written = Vec::new();
    for round in 0..4 {
        for name in ["a", "b", "c"] {
            let append = append(vec![write(name, round * 2, 2)]);
            written.extend(append.writes[0].events.iter().map(|event| event.id));
            let last = must_append(&*log, append).await;
            assert_eq!(last, written.len() as u64);
        }
    }
    let feed = whole_feed(&*log).await;
    assert_dense(&feed);
    let read: Vec<_> = feed.iter().map(|event| event.event_id).collect();
    assert_eq!(read, written);
}

pub(crate) async fn a_conflict_rejects_its_append_and_not_the_batch_and_burns_no_position(
    subject: &dyn Subject,
) {
    let log = subject.log();
    let batch = [one("a", 0), one("a", 0), one("b", 7), one("c", 0)];
    let outcomes = log.append(&batch).await.unwrap();
    assert_eq!(
        outcomes,
        [
            committed(1, 1),
            conflict("a", 0, 1),
            conflict("b", 7, 0),
            committed(2, 2)
        ]
    );
    assert_eq!(must_append(&*log, one("a", 1)).await, 3);
    assert_dense(&whole_feed(&*log).await);
}

pub(crate) async fn a_later_append_of_a_batch_sees_an_earlier_one(subject: &dyn Subject) {
    let log = subject.log();
    let batch = [one("a", 0), one("a", 1), append(vec![write("a", 2, 3)])];
    let outcomes = log.append(&batch).await.unwrap();
    assert_eq!(
        outcomes,
        [committed(1, 1), committed(2, 2), committed(3, 5)]
    );
    assert_eq!(version(&*log, "a").await, 5);
}

pub(crate) async fn sequences_continue_where_the_stream_ended(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, append(vec![write("a", 0, 3)])).await;
    must_append(&*log, one("b", 0)).await;
    must_append(&*log, append(vec![write("a", 3, 2)])).await;
    let events = log.read_stream(&stream("a"), 0, 100).await.unwrap();
    let numbers: Vec<_> = events
        .iter()
        .map(|event| (event.sequence, event.position.get()))
        .collect();
    assert_eq!(numbers, [(1, 1), (2, 2), (3, 3), (4, 5), (5, 6)]);
}

pub(crate) async fn a_stream_written_twice_by_one_append_continues_within_it(
    subject: &dyn Subject,
) {
    let log = subject.log();
    let twice = append(vec![write("a", 0, 2), write("b", 0, 1), write("a", 2, 1)]);
    assert_eq!(try_append(&*log, twice).await, committed(1, 4));
    let blind = append(vec![write("a", 3, 1), write("a", 3, 1)]);
    assert_eq!(try_append(&*log, blind).await, conflict("a", 3, 4));
    assert_eq!(version(&*log, "a").await, 3);
}

pub(crate) async fn an_empty_batch_has_no_outcomes(subject: &dyn Subject) {
    let log = subject.log();
    assert_eq!(log.append(&[]).await.unwrap(), []);
    assert_eq!(head(&*log).await, 0);
}

pub(crate) async fn an_append_without_writes_is_committed_at_the_head(subject: &dyn Subject) {
    let log = subject.log();
    assert_eq!(try_append(&*log, append(vec![])).await, committed(0, 0));
    let batch = [one("a", 0), append(vec![]), one("a", 1)];
    assert_eq!(
        log.append(&batch).await.unwrap(),
        [committed(1, 1), committed(1, 1), committed(2, 2)]
    );
}

pub(crate) async fn five_thousand_appends_fit_into_one_batch(subject: &dyn Subject) {
    let log = subject.log();
    let batch: Vec<_> = (0..5_000)
        .map(|n| claiming(&format!("stream-{n}"), vec![make(&format!("value-{n}"))]))
        .collect();
    let outcomes = log.append(&batch).await.unwrap();
    let expected: Vec<_> = (1..=5_000).map(|n| committed(n, n)).collect();
    assert!(
        outcomes == expected,
        "each is committed at its own position"
    );
    assert_dense(&whole_feed(&*log).await);
    assert_eq!(
        owner(&*log, "value-4999").await.as_deref(),
        Some("stream-4999")
    );
}

pub(crate) async fn recorded_times_never_go_backwards(subject: &dyn Subject) {
    let log = subject.log();
    for n in 0..50 {
        must_append(&*log, append(vec![write("a", n * 2, 2)])).await;
    }
    let feed = whole_feed(&*log).await;
    assert!(feed.is_sorted_by_key(|event| event.recorded_at));
    assert!(feed[0].recorded_at < feed[99].recorded_at, "time goes on");
}
