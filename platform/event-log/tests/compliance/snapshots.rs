//! Snapshots are a cache: the newest of the asked shape, or none.

use accession_event_log::Snapshot;

use crate::stories::*;
use crate::subject::Subject;

fn snapshot(id: &str, version: u64, schema: &str) -> Snapshot {
    Snapshot {
        stream: stream(id),
        version,
        schema: schema.into(),
        state: format!("{{ \"of\": \"{id}\", \"at\": {version} }}"),
    }
}

pub(crate) async fn the_newest_snapshot_wins(subject: &dyn Subject) {
    let log = subject.log();
    log.save_snapshot(&snapshot("a", 10, "s1")).await.unwrap();
    log.save_snapshot(&snapshot("a", 20, "s1")).await.unwrap();
    let found = log.load_snapshots(&[stream("a")], "s1").await.unwrap();
    assert_eq!(found, [Some(snapshot("a", 20, "s1"))]);
}

pub(crate) async fn an_older_snapshot_does_not_replace_a_newer_one(subject: &dyn Subject) {
    let log = subject.log();
    log.save_snapshot(&snapshot("a", 20, "s1")).await.unwrap();
    log.save_snapshot(&snapshot("a", 10, "s1")).await.unwrap();
    let found = log.load_snapshots(&[stream("a")], "s1").await.unwrap();
    assert_eq!(found, [Some(snapshot("a", 20, "s1"))]);
}

pub(crate) async fn a_snapshot_of_another_schema_is_not_read(subject: &dyn Subject) {
    let log = subject.log();
    log.save_snapshot(&snapshot("a", 20, "s1")).await.unwrap();
    let found = log.load_snapshots(&[stream("a")], "s2").await.unwrap();
    assert_eq!(found, [None]);
    log.save_snapshot(&snapshot("a", 5, "s2")).await.unwrap();
    let found = log.load_snapshots(&[stream("a")], "s2").await.unwrap();
    assert_eq!(found, [Some(snapshot("a", 5, "s2"))]);
}

pub(crate) async fn snapshots_are_answered_in_the_order_asked_for(subject: &dyn Subject) {
    let log = subject.log();
    log.save_snapshot(&snapshot("a", 1, "s1")).await.unwrap();
    log.save_snapshot(&snapshot("b", 2, "s1")).await.unwrap();
    let asked = [stream("b"), stream("x"), stream("a"), stream("b")];
    let found = log.load_snapshots(&asked, "s1").await.unwrap();
    let expected = [
        Some(snapshot("b", 2, "s1")),
        None,
        Some(snapshot("a", 1, "s1")),
        Some(snapshot("b", 2, "s1")),
    ];
    assert_eq!(found, expected);
    assert_eq!(log.load_snapshots(&[], "s1").await.unwrap(), []);
}
