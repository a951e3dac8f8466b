//! Snapshots are a cache: the newest of the asked shape, or none.

use accession_event_log::{Snapshot, StreamToRestore};

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

pub(crate) async fn streams_are_restored_from_their_snapshots_and_tails(subject: &dyn Subject) {
    let log = subject.log();
    for id in ["a", "b", "c"] {
        must_append(&*log, append(vec![write(id, 0, 5)])).await;
    }
    log.save_snapshot(&snapshot("a", 3, "s1")).await.unwrap();
    log.save_snapshot(&snapshot("b", 5, "s1")).await.unwrap();
    log.save_snapshot(&snapshot("c", 4, "s2")).await.unwrap();
    let asked = [
        ("c", "s1"),
        ("b", "s1"),
        ("x", "s1"),
        ("a", "s1"),
        ("c", "s2"),
    ];
    let wanted: Vec<_> = asked
        .iter()
        .map(|(id, schema)| to_restore(id, schema))
        .collect();
    let together = log.restore_streams(&wanted).await.unwrap();
    let found: Vec<_> = together
        .iter()
        .map(|stored| {
            let version = stored.snapshot.as_ref().map(|snapshot| snapshot.version);
            let tail: Vec<_> = stored.tail.iter().map(|event| event.sequence).collect();
            (version, tail)
        })
        .collect();
    let expected = [
        (None, vec![1, 2, 3, 4, 5]),
        (Some(5), vec![]),
        (None, vec![]),
        (Some(3), vec![4, 5]),
        (Some(4), vec![5]),
    ];
    assert_eq!(found, expected);
    for (wanted, expected) in wanted.iter().zip(together) {
        let alone = log
            .restore_streams(std::slice::from_ref(wanted))
            .await
            .unwrap();
        assert_eq!(alone, [expected], "{}", wanted.stream);
    }
}

fn to_restore(id: &str, schema: &'static str) -> StreamToRestore {
    StreamToRestore {
        stream: stream(id),
        schema,
    }
}
