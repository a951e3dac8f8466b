//! A process that is killed while it appends loses nothing that it was told is written.
//! The child is this same test binary: it never outlives its parent's test.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use accession_event_log::{LogStore, Outcome, SqliteLog};
use accession_events::Position;
use accession_events::ids::EventId;

use crate::events::{dense_feed, id_of, one};

/// Names the file for the child; the test below does nothing without it.
const FILE: &str = "ACCESSION_TEST_APPENDING_CHILD";
const ROUNDS: usize = 6;

#[tokio::test]
async fn what_was_acknowledged_before_a_kill_is_there_after_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.db");
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let told = kill_after(&path, 20 + 35 * round);
        assert!(told.len() >= 20 + 35 * round);
        acknowledged.extend(told);

        let log = SqliteLog::open(&path).await.unwrap();
        let feed = dense_feed(&log).await;
        assert!(feed.len() >= acknowledged.len());
        let ids: Vec<EventId> = acknowledged.iter().map(|(id, _)| *id).collect();
        let expected: Vec<_> = acknowledged.iter().map(|(_, at)| Some(*at)).collect();
        assert_eq!(log.find_events(&ids).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_in_the_files_without_a_shutdown() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.db");
    let log = SqliteLog::open(&path).await.unwrap();
    for version in 0..100 {
        log.append(&[one("a", version)]).await.unwrap();
    }
    let copy = directory.path().join("copy.db");
    let wal = |path: &Path| path.with_extension("db-wal");
    std::fs::copy(&path, &copy).unwrap();
    std::fs::copy(wal(&path), wal(&copy)).unwrap();
    let found = SqliteLog::open(&copy).await.unwrap();
    assert_eq!(dense_feed(&found).await, dense_feed(&log).await);
    assert_eq!(dense_feed(&found).await.len(), 100);
}

/// Starts an appending child, kills it after it has reported some appends; all it had reported.
fn kill_after(path: &Path, count: usize) -> Vec<(EventId, Position)> {
    let mut child = spawn(path);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut told = Vec::new();
    while told.len() < count {
        let line = lines.next().expect("the child ended by itself").unwrap();
        told.extend(acknowledgement(&line));
    }
    child.kill().unwrap();
    // What it reported before the kill reached it counts too; the last line may be cut short.
    told.extend(lines.filter_map(|line| acknowledgement(&line.ok()?)));
    child.wait().unwrap();
    told
}

fn spawn(path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "crash::appends_until_it_is_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(FILE, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// `acknowledged <id> <position>.`
fn acknowledgement(line: &str) -> Option<(EventId, Position)> {
    let told = line.split_once("acknowledged ")?.1.strip_suffix('.')?;
    let (id, position) = told.split_once(' ')?;
    Some((id.parse().ok()?, Position::new(position.parse().ok()?)))
}

#[tokio::test]
#[ignore = "the child of the test above, which starts and kills it"]
async fn appends_until_it_is_killed() {
    let path = std::env::var(FILE).expect("it is started by the test that kills it");
    let log = SqliteLog::open(&path).await.unwrap();
    let mut versions = [0_u64; 4];
    for (n, version) in versions.iter_mut().enumerate() {
        let stream = accession_events::StreamName::new("test.thing", n);
        *version = log.read_stream(&stream, 0, usize::MAX).await.unwrap().len() as u64;
    }
    loop {
        let batch: Vec<_> = (0..4).map(|n| one(&n.to_string(), versions[n])).collect();
        let outcomes = log.append(&batch).await.unwrap();
        versions = versions.map(|version| version + 1);
        let mut out = std::io::stdout().lock();
        for (append, outcome) in batch.iter().zip(outcomes) {
            let Outcome::Committed(committed) = outcome else {
                panic!("nobody else writes: {outcome:?}");
            };
            writeln!(out, "acknowledged {} {}.", id_of(append), committed.last).unwrap();
        }
        out.flush().unwrap();
    }
}
