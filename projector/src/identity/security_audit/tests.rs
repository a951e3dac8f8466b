//! Given events, then acts.
//!
//! Never a store: a fold is pure.

use std::collections::BTreeSet;

use accession_events::identity::{AccountEvent, ServiceCredentialEvent, SessionEnd, SessionEvent};
use accession_events::ids::{AccountId, EventId, PasswordId, SubjectId};
use accession_events::library::LibraryEvent;
use accession_events::values::{HandleName, ShortText};
use accession_events::{Event, LoggedEvent, Position, RecordedEvent, StreamName};
use jiff::Timestamp;
use uuid::Uuid;

use super::*;

fn account() -> AccountId {
    AccountId::new(Uuid::from_u128(1))
}

fn recorded<E: LoggedEvent>(event: &E, id: &str, position: u64, metadata: &str) -> RecordedEvent {
    RecordedEvent {
        position: Position::new(position),
        stream: StreamName::new(E::AGGREGATE, id),
        sequence: position,
        event_id: EventId::new(Uuid::from_u128(u128::from(position))),
        event_type: event.name().into(),
        event_version: event.version(),
        payload: serde_json::to_string(event).unwrap().into(),
        metadata: metadata.into(),
        recorded_at: Timestamp::from_second(1000).unwrap(),
    }
}

/// The act that an event leaves behind, and the indexes in which it is found.
fn left<E: LoggedEvent>(
    event: &E,
    id: &str,
    metadata: &str,
) -> Option<(serde_json::Value, Vec<String>)> {
    let recorded = recorded(event, id, 7, metadata);
    let event = Event::decode(&recorded).unwrap();
    let model = SecurityAuditModel;
    let key = model.keys(&event, &recorded).pop()?;
    assert_eq!(key, id);
    let mut state = SecurityAuditState::default();
    model.fold(&key, &mut state, &event, &recorded).unwrap();
    let leaf = model.leaf(&key, &state, &recorded).unwrap();
    let found = leaf.found_in.into_iter().map(|(index, sort)| {
        assert_eq!(sort, "00000000000000000007");
        index
    });
    Some((serde_json::from_slice(&leaf.body).unwrap(), found.collect()))
}

#[test]
fn an_act_tells_who_did_what_to_whom_and_from_where() {
    let (id, by) = (account().to_string(), Uuid::from_u128(9));
    let event = AccountEvent::PasswordChanged {
        password: PasswordId::new(Uuid::from_u128(3)),
    };
    let metadata = format!(r#"{{"actor":"admin:{by}","place":"a1b2c3"}}"#);
    let (act, found) = left(&event, &id, &metadata).unwrap();
    assert_eq!(act["kind"], "PasswordChanged");
    assert_eq!(
        (&act["account"], &act["place"]),
        (&id.clone().into(), &"a1b2c3".into())
    );
    assert_eq!(act["actor"], format!("admin:{by}"));
    assert_eq!(
        found,
        [
            "all".to_owned(),
            "kind:PasswordChanged".to_owned(),
            format!("account:{id}"),
            format!("account:{id}:kind:PasswordChanged"),
            format!("account:{by}"),
            format!("account:{by}:kind:PasswordChanged"),
        ]
    );
}

#[test]
fn what_a_person_does_to_themselves_is_found_once() {
    let id = account().to_string();
    let event = SessionEvent::SessionEnded {
        account: account(),
        why: SessionEnd::LoggedOut,
    };
    let session = Uuid::from_u128(5).to_string();
    let (act, found) = left(&event, &session, &format!(r#"{{"actor":"user:{id}"}}"#)).unwrap();
    assert_eq!(
        (&act["about"], &act["details"]["why"]),
        (&session.into(), &"logged_out".into())
    );
    assert_eq!(found.len(), 4, "{found:?}");
}

#[test]
fn a_credential_is_told_with_its_scopes_and_without_its_name() {
    let event = ServiceCredentialEvent::ServiceCredentialIssued {
        name: ShortText::parse("importer of Ana Moreno").unwrap(),
        scopes: vec![HandleName::parse("import").unwrap()],
        replaces: None,
    };
    let (act, found) = left(&event, &Uuid::from_u128(4).to_string(), "{}").unwrap();
    assert_eq!(act["details"]["scopes"], r#"["import"]"#);
    assert!(!act.to_string().contains("Ana"), "{act}");
    assert_eq!(found, ["all", "kind:ServiceCredentialIssued"]);
}

#[test]
fn what_changes_nothing_about_security_is_no_act() {
    let id = account().to_string();
    assert!(left(&AccountEvent::TourCompleted {}, &id, "{}").is_none());
    assert!(left(&AccountEvent::AvatarRemoved {}, &id, "{}").is_none());
    assert!(left(&AccountEvent::AccountEnabled {}, &id, "{}").is_some());
}

#[test]
fn what_becomes_of_an_invitation_is_told_by_whom_it_is_about_and_not_by_their_address() {
    let (subject, library) = (SubjectId::new(Uuid::from_u128(6)), Uuid::from_u128(8));
    for event in [
        LibraryEvent::InvitationExpired { subject },
        LibraryEvent::InvitationDeclined {
            subject,
            account: Some(account()),
        },
        LibraryEvent::InvitationWithdrawn {
            subject,
            by: Some(account()),
        },
    ] {
        let (act, _) = left(&event, &library.to_string(), "{}").unwrap();
        assert_eq!(act["about"], subject.to_string());
        assert_eq!(act["library"], library.to_string());
    }
    let renamed = LibraryEvent::LibraryRenamed {
        name: ShortText::parse("Longbourn").unwrap(),
        by: account(),
    };
    assert!(left(&renamed, &library.to_string(), "{}").is_none());
}

/// The names of all events of these contexts that are acts, by one sample each.
fn acts() -> BTreeSet<String> {
    let mut acts = BTreeSet::new();
    for context in ["identity", "library"] {
        let samples = format!(
            "{}/../events/tests/golden/{context}",
            env!("CARGO_MANIFEST_DIR")
        );
        for sample in std::fs::read_dir(samples).unwrap() {
            let sample = sample.unwrap();
            let file = sample.file_name().into_string().unwrap();
            let (name, rest) = file.split_once(".v").unwrap();
            let payload = std::fs::read_to_string(sample.path()).unwrap();
            let mut tried = SecurityAuditModel::STREAMS.iter().filter_map(|aggregate| {
                let recorded = RecordedEvent {
                    stream: StreamName::new(aggregate, Uuid::from_u128(1).to_string()),
                    event_type: name.into(),
                    event_version: rest.split('.').next()?.parse().ok()?,
                    payload: payload.as_str().into(),
                    ..recorded(&AccountEvent::TourReset {}, "1", 1, "{}")
                };
                let event = Event::decode(&recorded).ok()?;
                Some(act::of(&event, &recorded).is_some())
            });
            if tried
                .next()
                .unwrap_or_else(|| panic!("nobody knows {file}"))
            {
                acts.insert(name.to_owned());
            }
        }
    }
    acts
}

#[test]
fn the_handbook_lists_every_act_and_nothing_else() {
    let handbook = include_str!("../../../../docs/trust.md");
    let (_, rest) = handbook.split_once("<!-- acts -->").unwrap();
    let (table, _) = rest.split_once("<!-- end of acts -->").unwrap();
    let cells = table.lines().filter_map(|line| line.split('|').nth(2));
    let names = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let of_an_event = |name: &&str| name.starts_with(|first: char| first.is_ascii_uppercase());
    let listed: BTreeSet<String> = names.filter(of_an_event).map(str::to_owned).collect();
    assert_eq!(listed, acts());
}
