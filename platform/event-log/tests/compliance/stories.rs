//! Words for appends and what came of them, so that a scenario reads as one.
//! They hold no expectation that a scenario does not name.

use accession_event_log::{
    Append, Committed, Idempotency, LogStore, NewEvent, Outcome, StoredResponse, StreamAfter,
    StreamWrite,
};
use accession_events::ids::EventId;
use accession_events::{ClaimChange, ClaimKey, ClaimKind, Position, RecordedEvent, StreamName};

pub(crate) fn stream(id: &str) -> StreamName {
    StreamName::new("test.thing", id)
}

pub(crate) fn event(payload: &str) -> NewEvent {
    NewEvent {
        id: EventId::new(uuid::Uuid::now_v7()),
        event_type: "ThingHappened".into(),
        event_version: 1,
        payload: payload.into(),
    }
}

/// `count` events after version `expected` of a stream.
pub(crate) fn write(id: &str, expected: u64, count: usize) -> StreamWrite {
    StreamWrite {
        stream: stream(id),
        expected_version: expected,
        events: (0..count)
            .map(|n| event(&format!("{{\"n\":{n}}}")))
            .collect(),
        claims: Vec::new(),
    }
}

pub(crate) fn append(writes: Vec<StreamWrite>) -> Append {
    Append {
        writes,
        metadata: "{}".into(),
        idempotency: None,
    }
}

/// One event on a stream.
pub(crate) fn one(id: &str, expected: u64) -> Append {
    append(vec![write(id, expected, 1)])
}

/// One event on a new stream that changes claims.
pub(crate) fn claiming(id: &str, claims: Vec<ClaimChange>) -> Append {
    append(vec![StreamWrite {
        claims,
        ..write(id, 0, 1)
    }])
}

/// A change of claims without an event.
pub(crate) fn changing(id: &str, expected: u64, claims: Vec<ClaimChange>) -> Append {
    append(vec![StreamWrite {
        claims,
        ..write(id, expected, 0)
    }])
}

pub(crate) fn key(value: &str) -> ClaimKey {
    ClaimKey::new(ClaimKind::TitleSlug, value)
}

pub(crate) fn make(value: &str) -> ClaimChange {
    ClaimChange::Make(key(value))
}

pub(crate) fn release(value: &str) -> ClaimChange {
    ClaimChange::Release(key(value))
}

/// The same append under an idempotency key; its answer is `answer to <fingerprint>`.
pub(crate) fn keyed(append: Append, scope: &str, key: &str, fingerprint: &str) -> Append {
    Append {
        idempotency: Some(Idempotency {
            scope: scope.into(),
            key: key.into(),
            fingerprint: fingerprint.into(),
            response: format!("answer to {fingerprint}"),
        }),
        ..append
    }
}

pub(crate) fn committed(first: u64, last: u64) -> Outcome {
    Outcome::Committed(Committed {
        first: Position::new(first),
        last: Position::new(last),
    })
}

pub(crate) fn conflict(id: &str, expected: u64, actual: u64) -> Outcome {
    Outcome::Conflict {
        stream: stream(id),
        expected,
        actual,
    }
}

pub(crate) fn claimed(value: &str, owner: &str) -> Outcome {
    Outcome::Claimed {
        key: key(value),
        owner: owner.into(),
    }
}

pub(crate) fn replayed(fingerprint: &str, position: u64) -> Outcome {
    Outcome::Replayed(StoredResponse {
        fingerprint: fingerprint.into(),
        response: format!("answer to {fingerprint}"),
        position: Position::new(position),
    })
}

/// Appends one and returns its outcome.
pub(crate) async fn try_append(log: &dyn LogStore, append: Append) -> Outcome {
    let mut outcomes = log.append(&[append]).await.unwrap();
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0)
}

/// Appends one and insists that it is committed; the position of its last event.
pub(crate) async fn must_append(log: &dyn LogStore, append: Append) -> u64 {
    match try_append(log, append).await {
        Outcome::Committed(committed) => committed.last.get(),
        other => panic!("it was not committed: {other:?}"),
    }
}

/// The whole log.
pub(crate) async fn whole_feed(log: &dyn LogStore) -> Vec<RecordedEvent> {
    log.read_feed(Position::START, usize::MAX).await.unwrap()
}

pub(crate) async fn head(log: &dyn LogStore) -> u64 {
    log.head().await.unwrap().get()
}

pub(crate) async fn owner(log: &dyn LogStore, value: &str) -> Option<String> {
    log.claim_owners(&[key(value)]).await.unwrap().remove(0)
}

/// The version of a stream by its events.
pub(crate) async fn version(log: &dyn LogStore, id: &str) -> u64 {
    let all = log.read_stream(&stream(id), 0, usize::MAX).await.unwrap();
    all.last().map_or(0, |event| event.sequence)
}

pub(crate) fn after(id: &str, after: u64) -> StreamAfter {
    StreamAfter {
        stream: stream(id),
        after,
    }
}

/// Asserts that the positions are 1..N and that each stream's sequences are 1..n.
pub(crate) fn assert_dense(feed: &[RecordedEvent]) {
    let mut versions = std::collections::HashMap::new();
    for (expected, event) in (1..).zip(feed) {
        assert_eq!(event.position.get(), expected, "positions are dense");
        let version = versions.entry(event.stream.clone()).or_insert(0);
        *version += 1;
        assert_eq!(
            event.sequence, *version,
            "sequences of {} are dense",
            event.stream
        );
    }
}
