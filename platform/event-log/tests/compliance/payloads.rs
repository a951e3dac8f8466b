//! What is written comes back as it was: texts are never reformatted.

use accession_event_log::{Append, LogError, NewEvent, StreamWrite};
use accession_events::ids::EventId;

use crate::stories::*;
use crate::subject::Subject;

const ODD_TEXTS: [&str; 10] = [
    "{ \"b\" : 1,\n\t\"a\":2   }",
    r#"{"twice":1,"twice":2}"#,
    r#"{"escaped":"\u00e9\ud83d\ude00\u0000\/\"","raw":"é😀/"}"#,
    r#"{"long":12345678901234567890123,"zero":-0,"exact":0.10000000000000000555,"e":1E+2}"#,
    r#"{"z":{"y":{"x":[[],{},[{}]]}},"a":null}"#,
    "  {}  ",
    "{}",
    "[]",
    "null",
    r#""text""#,
];

fn writing(payloads: &[&str]) -> Append {
    append(vec![StreamWrite {
        events: payloads.iter().map(|payload| event(payload)).collect(),
        ..write("a", 0, 0)
    }])
}

pub(crate) async fn payloads_are_kept_byte_for_byte(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, writing(&ODD_TEXTS)).await;
    let feed = whole_feed(&*log).await;
    let from_feed: Vec<_> = feed.iter().map(|event| &*event.payload).collect();
    assert_eq!(from_feed, ODD_TEXTS);
    let events = log.read_stream(&stream("a"), 0, 100).await.unwrap();
    let from_stream: Vec<_> = events.iter().map(|event| &*event.payload).collect();
    assert_eq!(from_stream, ODD_TEXTS);
}

pub(crate) async fn a_payload_of_a_megabyte_is_kept(subject: &dyn Subject) {
    let log = subject.log();
    let text = "catalogue 📚 ".repeat(80_000);
    let payload = format!("{{\"text\":\"{text}\"}}");
    assert!(payload.len() > 1_000_000);
    must_append(&*log, writing(&[&payload])).await;
    let feed = whole_feed(&*log).await;
    assert!(*feed[0].payload == *payload, "the text has changed");
    let loaded = log.load_streams(&[after("a", 0)]).await.unwrap();
    assert!(loaded[0][0].payload == payload, "the text has changed");
}

pub(crate) async fn metadata_is_kept_byte_for_byte_on_every_event_of_the_append(
    subject: &dyn Subject,
) {
    let log = subject.log();
    let metadata = "{ \"trace\":\"\\u00e9\",\n \"actor\" : \"curator:1\" }";
    let first = Append {
        metadata: metadata.into(),
        ..append(vec![write("a", 0, 2), write("b", 0, 1)])
    };
    let second = Append {
        metadata: r#"{"actor":"system"}"#.into(),
        ..one("a", 2)
    };
    log.append(&[first, second]).await.unwrap();
    let feed = whole_feed(&*log).await;
    let read: Vec<_> = feed.iter().map(|event| &*event.metadata).collect();
    assert_eq!(
        read,
        [metadata, metadata, metadata, r#"{"actor":"system"}"#]
    );
    let parsed = feed[0].parsed_metadata();
    assert_eq!(parsed.actor.as_deref(), Some("curator:1"));
}

pub(crate) async fn an_event_keeps_its_id_type_and_version(subject: &dyn Subject) {
    let log = subject.log();
    let id = EventId::new(uuid::Uuid::now_v7());
    let written = NewEvent {
        id,
        event_type: "SomethingElseHappened".to_owned().into(),
        event_version: u16::MAX,
        payload: "{}".into(),
    };
    let append = append(vec![StreamWrite {
        events: vec![written],
        ..write("a", 0, 0)
    }]);
    must_append(&*log, append).await;
    let feed = whole_feed(&*log).await;
    assert_eq!(feed[0].event_id, id);
    assert_eq!(&*feed[0].event_type, "SomethingElseHappened");
    assert_eq!(feed[0].event_version, u16::MAX);
    assert_eq!(feed[0].stream, stream("a"));
}

pub(crate) async fn a_payload_that_is_no_json_is_refused_and_harms_nothing(subject: &dyn Subject) {
    let log = subject.log();
    for nonsense in ["", "{", "{'a':1}", "{\"a\":1} x", "NaN"] {
        let refused = log.append(&[one("good", 0), writing(&[nonsense])]).await;
        assert!(
            matches!(refused, Err(LogError::Permanent { .. })),
            "{nonsense:?}: {refused:?}"
        );
    }
    assert_eq!(head(&*log).await, 0);
    assert_eq!(must_append(&*log, one("good", 0)).await, 1);
}
