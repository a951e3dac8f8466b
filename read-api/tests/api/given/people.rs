//! Somebody with an account who looks after a library: as far as a gate has to know them.
//!
//! Never a document that anybody is shown.

use accession_events::ids::EventId;
use accession_events::{Event, Position, RecordedEvent, StreamName};
use accession_projector::identity::StandingModel;
use accession_read_store::Commit;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Fold, Subject, id};

fn event(position: u64, stream: StreamName, name: &str, fields: &Value) -> (Event, RecordedEvent) {
    let recorded = RecordedEvent {
        position: Position::new(position),
        stream,
        sequence: 1,
        event_id: EventId::new(id(8000 + u128::from(position))),
        event_type: name.into(),
        event_version: 1,
        payload: json!({ name: fields }).to_string().into(),
        metadata: "{}".into(),
        recorded_at: Timestamp::UNIX_EPOCH,
    };
    (Event::decode(&recorded).unwrap(), recorded)
}

/// Something that happened to an account.
pub(crate) fn event_of_account(
    position: u64,
    account: Uuid,
    name: &str,
    fields: &Value,
) -> (Event, RecordedEvent) {
    event(
        position,
        StreamName::new("identity.account", account),
        name,
        fields,
    )
}

/// Something that happened in a library.
pub(crate) fn event_of_library(
    position: u64,
    library: Uuid,
    name: &str,
    fields: &Value,
) -> (Event, RecordedEvent) {
    event(
        position,
        StreamName::new("library.library", library),
        name,
        fields,
    )
}

/// This account is an admin of this library; the gate knows both from position 2 on.
pub(crate) async fn an_admin_of_a_library(subject: &Subject, account: Uuid, library: Uuid) {
    let registered = json!({ "email": { "known": "ana@example.org" }, "name": { "known": "Ana" },
        "email_index": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE", "language": "en",
        "consents": { "privacy": "1", "terms": "1" } });
    let joined = json!({ "account": account, "role": "admin", "kind": "family", "kids_mode": false, "how": "founder" });
    let events = [
        event_of_account(1, account, "AccountRegistered", &registered),
        event_of_library(2, library, "MemberJoined", &joined),
    ];
    let mut standings = Fold::take_over(&*subject.store, StandingModel, 1).await;
    let step = standings.step(&events);
    let commit = Commit {
        lane: 0,
        steps: vec![step],
    };
    subject.store.commit(commit).await.unwrap();
    let model = standings.reference();
    subject.store.promote(model).await.unwrap();
}
