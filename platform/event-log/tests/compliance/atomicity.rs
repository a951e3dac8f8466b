//! One append over several streams: all of it or nothing.

use accession_event_log::StreamWrite;

use crate::stories::*;
use crate::subject::Subject;

pub(crate) async fn a_conflict_on_the_second_stream_writes_nothing_to_the_first(
    subject: &dyn Subject,
) {
    let log = subject.log();
    must_append(&*log, one("b", 0)).await;
    let both = append(vec![write("a", 0, 2), write("b", 0, 1), write("c", 0, 1)]);
    assert_eq!(try_append(&*log, both).await, conflict("b", 0, 1));
    assert_eq!(head(&*log).await, 1);
    assert_eq!(version(&*log, "a").await, 0);
    assert_eq!(must_append(&*log, one("a", 0)).await, 2);
}

pub(crate) async fn a_claim_refused_on_the_second_stream_writes_nothing_to_the_first(
    subject: &dyn Subject,
) {
    let log = subject.log();
    must_append(&*log, claiming("owner", vec![make("taken")])).await;
    let first = StreamWrite {
        claims: vec![make("free")],
        ..write("a", 0, 1)
    };
    let second = StreamWrite {
        claims: vec![make("taken")],
        ..write("b", 0, 1)
    };
    let outcome = try_append(&*log, append(vec![first, second])).await;
    assert_eq!(outcome, claimed("taken", "owner"));
    assert_eq!(head(&*log).await, 1);
    assert_eq!(owner(&*log, "free").await, None);
}

pub(crate) async fn a_refused_append_makes_no_claims(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, claiming("a", vec![make("held")])).await;
    let stale = append(vec![StreamWrite {
        claims: vec![make("new"), release("held")],
        ..write("a", 0, 1)
    }]);
    let next = claiming("b", vec![make("new")]);
    assert_eq!(
        log.append(&[stale, next]).await.unwrap(),
        [conflict("a", 0, 1), committed(2, 2)]
    );
    assert_eq!(owner(&*log, "new").await.as_deref(), Some("b"));
    assert_eq!(owner(&*log, "held").await.as_deref(), Some("a"));
}

pub(crate) async fn a_multi_stream_append_keeps_the_order_of_its_writes(subject: &dyn Subject) {
    let log = subject.log();
    let all = append(vec![write("b", 0, 2), write("a", 0, 1), write("c", 0, 2)]);
    assert_eq!(try_append(&*log, all).await, committed(1, 5));
    let feed = whole_feed(&*log).await;
    let order: Vec<_> = feed
        .iter()
        .map(|event| (&*event.stream.aggregate_id, event.sequence))
        .collect();
    assert_eq!(order, [("b", 1), ("b", 2), ("a", 1), ("c", 1), ("c", 2)]);
}

pub(crate) async fn a_stream_that_is_only_read_is_checked(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, one("read", 0)).await;
    let stale = append(vec![write("read", 0, 0), write("written", 0, 1)]);
    assert_eq!(try_append(&*log, stale).await, conflict("read", 0, 1));
    let fresh = append(vec![write("read", 1, 0), write("written", 0, 1)]);
    assert_eq!(try_append(&*log, fresh).await, committed(2, 2));
    assert_eq!(version(&*log, "read").await, 1);
}

pub(crate) async fn an_append_that_only_reads_is_committed_at_the_head(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, append(vec![write("a", 0, 3)])).await;
    let reading = append(vec![write("a", 3, 0), write("unknown", 0, 0)]);
    assert_eq!(try_append(&*log, reading).await, committed(3, 3));
    assert_eq!(head(&*log).await, 3);
}
