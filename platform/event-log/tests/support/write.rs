//! Short ways to say an append in tests.

use accession_event_log::{Append, Idempotency, NewEvent, StreamWrite};
use accession_events::ids::EventId;
use accession_events::{ClaimChange, ClaimKey, ClaimKind, StreamName};
use uuid::Uuid;

pub(crate) fn id() -> String {
    Uuid::now_v7().to_string()
}

pub(crate) fn event(payload: &str) -> NewEvent {
    NewEvent {
        id: EventId::new(Uuid::now_v7()),
        event_type: "Noted".into(),
        event_version: 1,
        payload: payload.to_owned(),
    }
}

/// `count` events after `expected` of the note `id`.
pub(crate) fn notes(id: &str, expected: u64, count: usize) -> StreamWrite {
    StreamWrite {
        stream: StreamName::new("test.note", id),
        expected_version: expected,
        events: (0..count)
            .map(|n| event(&format!(r#"{{"n":{n}}}"#)))
            .collect(),
        claims: Vec::new(),
    }
}

pub(crate) fn of(write: StreamWrite) -> Append {
    Append {
        writes: vec![write],
        metadata: r#"{"actor":"test"}"#.to_owned(),
        idempotency: None,
    }
}

pub(crate) fn slug(value: &str) -> ClaimKey {
    ClaimKey::new(ClaimKind::TitleSlug, value)
}

pub(crate) fn claiming(mut write: StreamWrite, value: &str) -> StreamWrite {
    write.claims.push(ClaimChange::Make(slug(value)));
    write
}

pub(crate) fn keyed(mut append: Append, key: &str, fingerprint: &str, response: &str) -> Append {
    append.idempotency = Some(Idempotency {
        scope: "caller".to_owned(),
        key: key.to_owned(),
        fingerprint: fingerprint.to_owned(),
        response: response.to_owned(),
    });
    append
}
