//! The claims table against the events that made it: damage is found and mended, and health is left alone.

use accession_event_log::{
    Append, ClaimBook, ClaimDifference, ClaimReport, LogError, NewEvent, StreamWrite,
};
use accession_events::ids::EventId;
use accession_events::{ClaimChange, ClaimKey, ClaimKind, RecordedEvent, StreamName};

use crate::stories::*;
use crate::subject::Subject;

/// An event whose payload says which claims it makes and releases, as an event type does.
fn saying(id: &str, expected: u64, makes: &[&str], releases: &[&str]) -> Append {
    let changes = makes
        .iter()
        .map(|value| make(value))
        .chain(releases.iter().map(|value| release(value)));
    append(vec![StreamWrite {
        stream: stream(id),
        expected_version: expected,
        events: vec![NewEvent {
            id: EventId::new(uuid::Uuid::now_v7()),
            event_type: "ThingSaid".into(),
            event_version: 1,
            payload: serde_json::json!({ "makes": makes, "releases": releases }).to_string(),
        }],
        claims: changes.collect(),
    }])
}

fn said(event: &RecordedEvent) -> Result<Vec<ClaimChange>, String> {
    if &*event.event_type != "ThingSaid" {
        return Err("of an unknown type".to_owned());
    }
    let payload: serde_json::Value = serde_json::from_str(&event.payload).unwrap();
    let values = |name: &str| -> Vec<String> {
        serde_json::from_value(payload.get(name).unwrap().clone()).unwrap()
    };
    let makes = values("makes").into_iter().map(|value| make(&value));
    let releases = values("releases").into_iter().map(|value| release(&value));
    Ok(makes.chain(releases).collect())
}

async fn reconcile(subject: &dyn Subject, mend: bool) -> ClaimReport {
    subject
        .register()
        .reconcile_claims(ClaimBook::new(said), mend)
        .await
        .unwrap()
}

async fn a_little_history(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, saying("a", 0, &["red", "blue"], &[])).await;
    must_append(&*log, saying("b", 0, &["green"], &[])).await;
    must_append(&*log, saying("a", 1, &[], &["red"])).await;
    must_append(&*log, saying("b", 1, &["red"], &[])).await;
}

fn differing(value: &str, stored: Option<&str>, expected: Option<&str>) -> ClaimDifference {
    ClaimDifference {
        kind: ClaimKind::TitleSlug.as_str().to_owned(),
        value: value.to_owned(),
        stored: stored.map(stream),
        expected: expected.map(stream),
    }
}

pub(crate) async fn an_untouched_table_says_what_the_events_say(subject: &dyn Subject) {
    a_little_history(subject).await;
    let checked = reconcile(subject, false).await;
    assert_eq!((checked.claims, checked.upto.get()), (3, 4));
    assert_eq!(checked.differences, []);
    assert_eq!(reconcile(subject, true).await, checked);
    assert_eq!(owner(&*subject.log(), "red").await.as_deref(), Some("b"));
}

pub(crate) async fn missing_wrong_and_unfounded_claims_are_found_and_mended(subject: &dyn Subject) {
    a_little_history(subject).await;
    for damage in [
        "DELETE FROM claims WHERE value = 'red'",
        "UPDATE claims SET owner = 'thief' WHERE value = 'blue'",
        "INSERT INTO claims (kind, value, owner_type, owner) VALUES ('title_slug', 'white', 'test.thing', 'b')",
    ] {
        subject.run_as_owner(damage).await.unwrap();
    }
    let expected = vec![
        differing("blue", Some("thief"), Some("a")),
        differing("red", None, Some("b")),
        differing("white", Some("b"), None),
    ];
    assert_eq!(reconcile(subject, false).await.differences, expected);
    assert_eq!(
        owner(&*subject.log(), "red").await,
        None,
        "a check mends nothing"
    );
    assert_eq!(reconcile(subject, true).await.differences, expected);
    assert_eq!(reconcile(subject, false).await.differences, []);
    for (value, holder) in [("red", Some("b")), ("blue", Some("a")), ("white", None)] {
        assert_eq!(owner(&*subject.log(), value).await.as_deref(), holder);
    }
}

pub(crate) async fn a_claim_of_an_unknown_kind_is_unfounded(subject: &dyn Subject) {
    a_little_history(subject).await;
    let damage = "INSERT INTO claims (kind, value, owner_type, owner) VALUES ('moon', 'x', 'test.thing', 'a')";
    subject.run_as_owner(damage).await.unwrap();
    let report = reconcile(subject, true).await;
    assert_eq!(report.differences.len(), 1);
    assert_eq!(report.differences[0].kind, "moon");
    assert_eq!(reconcile(subject, false).await.differences, []);
}

pub(crate) async fn an_emptied_table_is_filled_again(subject: &dyn Subject) {
    a_little_history(subject).await;
    subject.run_as_owner("DELETE FROM claims").await.unwrap();
    assert_eq!(reconcile(subject, true).await.differences.len(), 3);
    let thief = try_append(&*subject.log(), claiming("c", vec![make("green")])).await;
    assert_eq!(thief, claimed("green", "b"));
}

pub(crate) async fn claims_are_not_rebuilt_from_events_that_nobody_understands(
    subject: &dyn Subject,
) {
    a_little_history(subject).await;
    must_append(&*subject.log(), one("c", 0)).await;
    let refused = subject
        .register()
        .reconcile_claims(ClaimBook::new(said), true)
        .await;
    let Err(LogError::Permanent { reason }) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        reason.contains("position 5") && reason.contains("unknown type"),
        "{reason}"
    );
}

pub(crate) async fn the_first_of_two_claimants_keeps_the_value(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, saying("a", 0, &["red"], &[])).await;
    // As if an older version had not known that this event claims something.
    let mut late = saying("b", 0, &["red"], &[]);
    late.writes[0].claims.clear();
    must_append(&*log, late).await;
    let report = reconcile(subject, true).await;
    assert_eq!(report.differences, []);
    assert_eq!(report.contested.len(), 1);
    assert_eq!(report.contested[0].position.get(), 2);
    assert_eq!(
        report.contested[0].holder,
        StreamName::new("test.thing", "a")
    );
    assert_eq!(
        report.contested[0].key,
        ClaimKey::new(ClaimKind::TitleSlug, "red")
    );
}
