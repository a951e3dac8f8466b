//! A repeated request is answered as before; it is never executed again.

use std::time::Duration;

use accession_event_log::{Outcome, StoredResponse};
use accession_events::Position;

use crate::stories::*;
use crate::subject::Subject;

const DAY: Duration = Duration::from_hours(24);

pub(crate) async fn a_repeated_request_is_answered_as_before_with_its_position(
    subject: &dyn Subject,
) {
    let log = subject.log();
    must_append(&*log, one("before", 0)).await;
    let request = keyed(append(vec![write("a", 0, 2)]), "me", "k1", "f1");
    assert_eq!(try_append(&*log, request.clone()).await, committed(2, 3));
    must_append(&*log, one("a", 2)).await;
    assert_eq!(try_append(&*log, request).await, replayed("f1", 3));
    assert_eq!(head(&*log).await, 4);
    let stored = log.stored_response("me", "k1").await.unwrap();
    let expected = StoredResponse {
        fingerprint: "f1".into(),
        response: "answer to f1".into(),
        position: Position::new(3),
    };
    assert_eq!(stored, Some(expected));
}

pub(crate) async fn another_request_under_the_same_key_is_refused(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, keyed(one("a", 0), "me", "k1", "f1")).await;
    let other = keyed(one("b", 0), "me", "k1", "f2");
    assert_eq!(try_append(&*log, other).await, Outcome::KeyReused);
    assert_eq!(version(&*log, "b").await, 0);
    let stored = log.stored_response("me", "k1").await.unwrap().unwrap();
    assert_eq!(stored.fingerprint, "f1");
}

pub(crate) async fn a_repeat_within_one_batch_is_answered_as_the_first(subject: &dyn Subject) {
    let log = subject.log();
    let batch = [
        keyed(one("a", 0), "me", "k1", "f1"),
        keyed(one("a", 0), "me", "k1", "f1"),
        keyed(one("b", 0), "me", "k1", "f2"),
        one("b", 0),
    ];
    assert_eq!(
        log.append(&batch).await.unwrap(),
        [
            committed(1, 1),
            replayed("f1", 1),
            Outcome::KeyReused,
            committed(2, 2)
        ]
    );
}

pub(crate) async fn an_append_without_events_keeps_its_answer(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, append(vec![write("a", 0, 4)])).await;
    let nothing_to_do = keyed(append(vec![write("a", 4, 0)]), "me", "k1", "f1");
    assert_eq!(
        try_append(&*log, nothing_to_do.clone()).await,
        committed(4, 4)
    );
    must_append(&*log, one("a", 4)).await;
    assert_eq!(try_append(&*log, nothing_to_do).await, replayed("f1", 4));
    let no_writes = keyed(append(vec![]), "me", "k2", "f2");
    assert_eq!(try_append(&*log, no_writes.clone()).await, committed(5, 5));
    assert_eq!(try_append(&*log, no_writes).await, replayed("f2", 5));
}

pub(crate) async fn keys_of_two_callers_never_meet(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, keyed(one("a", 0), "me", "k1", "f1")).await;
    must_append(&*log, keyed(one("b", 0), "you", "k1", "f2")).await;
    assert_eq!(head(&*log).await, 2);
    assert_eq!(log.stored_response("they", "k1").await.unwrap(), None);
    let yours = log.stored_response("you", "k1").await.unwrap().unwrap();
    assert_eq!(yours.fingerprint, "f2");
}

pub(crate) async fn a_refused_append_keeps_no_answer(subject: &dyn Subject) {
    let log = subject.log();
    let refused = keyed(one("a", 3), "me", "k1", "f1");
    assert_eq!(try_append(&*log, refused).await, conflict("a", 3, 0));
    assert_eq!(log.stored_response("me", "k1").await.unwrap(), None);
    let decided_again = keyed(one("a", 0), "me", "k1", "f1");
    assert_eq!(try_append(&*log, decided_again).await, committed(1, 1));
}

pub(crate) async fn keys_are_forgotten_after_seven_days_and_not_before(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, keyed(one("a", 0), "me", "old", "f1")).await;
    subject.age_keys(DAY * 4).await;
    must_append(&*log, keyed(one("b", 0), "me", "young", "f2")).await;
    assert_eq!(log.purge_idempotency().await.unwrap(), 0);
    subject.age_keys(DAY * 3 + Duration::from_secs(1)).await;
    assert_eq!(log.purge_idempotency().await.unwrap(), 1);
    assert_eq!(log.stored_response("me", "old").await.unwrap(), None);
    assert!(log.stored_response("me", "young").await.unwrap().is_some());
    assert_eq!(log.purge_idempotency().await.unwrap(), 0);
}

pub(crate) async fn an_expired_key_is_free_before_it_is_purged(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, keyed(one("a", 0), "me", "k1", "f1")).await;
    subject.age_keys(DAY * 8).await;
    assert_eq!(log.stored_response("me", "k1").await.unwrap(), None);
    let another = keyed(one("b", 0), "me", "k1", "f2");
    assert_eq!(try_append(&*log, another.clone()).await, committed(2, 2));
    assert_eq!(try_append(&*log, another).await, replayed("f2", 2));
    assert_eq!(log.purge_idempotency().await.unwrap(), 0);
}
