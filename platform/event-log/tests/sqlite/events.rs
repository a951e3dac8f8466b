//! Words for the events of these tests, and what must hold of every log. Payloads carry no meaning here.

use accession_event_log::{Append, LogStore, NewEvent, StreamWrite};
use accession_events::ids::EventId;
use accession_events::{Position, RecordedEvent, StreamName};

/// One event on a stream.
pub(crate) fn one(stream: &str, expected: u64) -> Append {
    with_payload(stream, expected, "{\"a\":1}".into())
}

pub(crate) fn with_payload(stream: &str, expected: u64, payload: String) -> Append {
    Append {
        writes: vec![StreamWrite {
            stream: StreamName::new("test.thing", stream),
            expected_version: expected,
            events: vec![NewEvent {
                id: EventId::new(uuid::Uuid::now_v7()),
                event_type: "ThingHappened".into(),
                event_version: 1,
                payload,
            }],
            claims: Vec::new(),
        }],
        metadata: "{}".into(),
        idempotency: None,
    }
}

/// The id of an append's only event.
pub(crate) fn id_of(append: &Append) -> EventId {
    append.writes[0].events[0].id
}

/// The whole log, after checking that its positions are 1..N.
pub(crate) async fn dense_feed(log: &dyn LogStore) -> Vec<RecordedEvent> {
    let feed = log.read_feed(Position::START, usize::MAX).await.unwrap();
    for (expected, event) in (1..).zip(&feed) {
        assert_eq!(event.position.get(), expected);
    }
    assert_eq!(log.head().await.unwrap().get(), feed.len() as u64);
    feed
}
