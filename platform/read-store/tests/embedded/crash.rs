//! A process that is killed while it writes leaves a store whose documents, entries, feed and checkpoint agree.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use accession_events::Position;
use accession_read_store::{
    ChangeRead, DocumentWrite, EmbeddedStore, ListedEntry, ModelRef, ReadStore,
};
use bytes::Bytes;

use crate::given::{Projector, all, entry, listed, model};

const DIRECTORY: &str = "ACCESSION_TEST_CRASH_DIRECTORY";
const DOCUMENTS: u64 = 50;
const PER_STEP: u64 = 20;

#[tokio::test]
async fn a_store_whose_writer_is_killed_reopens_as_a_consistent_prefix() {
    let directory = tempfile::tempdir().unwrap();
    let mut seen = 0;
    // Later rounds reach further, so that kills hit flushes and compactions as well.
    for round in 0..4_u64 {
        let (mut child, lines) = start("writes_until_it_is_killed", directory.path());
        let goal = seen + 3 + round * 50;
        let told = lines
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| committed(&line));
        for number in told {
            seen = number;
            if number >= goal {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(seen >= goal, "the writer ended by itself at {seen}");
        let store = reopen(directory.path());
        let stands = store.checkpoint(&page(), 0).await.unwrap().position.get();
        assert!(stands >= seen, "acknowledged {seen}, found {stands}");
        verify(&store, stands).await;
        seen = stands;
    }
}

#[tokio::test]
async fn a_drop_that_is_killed_is_finished_when_the_store_is_opened_again() {
    let directory = tempfile::tempdir().unwrap();
    {
        let store = reopen(directory.path());
        store.register(&page(), "fold").await.unwrap();
        let mut projector = Projector::of(&store, &page()).await;
        for step in 0..20 {
            let documents =
                (0..1_000).map(|number| listed(&format!("{step}-{number}"), "all", "same"));
            projector.write(&store, documents.collect()).await;
        }
    }
    let (mut child, lines) = start("drops_until_it_is_killed", directory.path());
    let begun = lines
        .lines()
        .map_while(Result::ok)
        .any(|line| line.contains("dropping"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(begun);
    let store = reopen(directory.path());
    assert!(store.model("page").await.unwrap().generations.is_empty());
    assert_eq!(
        store.checkpoint(&page(), 0).await.unwrap().position,
        Position::START
    );
    assert!(store.scan(&page(), &all("all")).await.unwrap().is_empty());
    assert_eq!(store.document(&page(), "19-999").await.unwrap(), None);
    assert_eq!(
        store.states(&page(), 0, &["0-0".to_owned()]).await.unwrap(),
        [None]
    );
}

/// The process that [`a_store_whose_writer_is_killed_reopens_as_a_consistent_prefix`] kills.
#[tokio::test]
#[ignore = "run by another test, which kills it"]
async fn writes_until_it_is_killed() {
    let store = given_store();
    let mut projector = Projector::of(&store, &page()).await;
    verify(&store, projector.at.get()).await;
    loop {
        projector.write(&store, step(projector.at.get() + 1)).await;
        println!("\ncommitted {}", projector.at);
    }
}

/// The process that [`a_drop_that_is_killed_is_finished_when_the_store_is_opened_again`] kills.
#[tokio::test]
#[ignore = "run by another test, which kills it"]
async fn drops_until_it_is_killed() {
    let store = given_store();
    let dropping = {
        let store = store.clone();
        tokio::spawn(async move { store.drop_generation(&page()).await })
    };
    while !store.model("page").await.unwrap().generations.is_empty() {
        tokio::task::yield_now().await;
    }
    println!("\ndropping");
    dropping.await.unwrap().unwrap();
}

fn given_store() -> EmbeddedStore {
    let directory =
        std::env::var(DIRECTORY).expect("another test runs this one and names the directory");
    EmbeddedStore::open(directory).unwrap()
}

/// Runs one of the tests above in a process of its own.
fn start(test: &str, directory: &Path) -> (Child, BufReader<ChildStdout>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            &format!("crash::{test}"),
            "--ignored",
            "--nocapture",
        ])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap());
    (child, lines)
}

fn reopen(directory: &Path) -> EmbeddedStore {
    EmbeddedStore::open(directory).unwrap_or_else(|error| panic!("{error}"))
}

fn committed(line: &str) -> Option<u64> {
    line.strip_prefix("committed ")?.parse().ok()
}

fn page() -> ModelRef {
    model("page", 1)
}

/// The documents that a step writes: always the same for the same number.
fn touched(number: u64) -> impl Iterator<Item = u64> {
    (0..PER_STEP).map(move |offset| (number * 7 + offset) % DOCUMENTS)
}

/// The step before `number` that wrote a document; 0 when none did.
fn before(number: u64, document: u64) -> u64 {
    (1..number)
        .rev()
        .find(|earlier| touched(*earlier).any(|one| one == document))
        .unwrap_or(0)
}

fn sort(number: u64) -> String {
    format!("{number:08}")
}

fn body(number: u64) -> Bytes {
    format!("{number} {}", "x".repeat(8_000)).into()
}

fn step(number: u64) -> Vec<DocumentWrite> {
    touched(number)
        .map(|document| {
            let key = document.to_string();
            let old = before(number, document);
            DocumentWrite {
                state: number.to_string().into(),
                body: Some(body(number)),
                hidden: false,
                position: Position::new(number),
                add: vec![entry("by_step", &sort(number), &key)],
                remove: if old > 0 {
                    vec![entry("by_step", &sort(old), &key)]
                } else {
                    Vec::new()
                },
                key,
            }
        })
        .collect()
}

/// Everything in the store is what the first `number` steps make, no more and no less.
async fn verify(store: &EmbeddedStore, number: u64) {
    let mut last = BTreeMap::new();
    for step in number.saturating_sub(DOCUMENTS)..=number {
        if step > 0 {
            last.extend(touched(step).map(|document| (document.to_string(), step)));
        }
    }
    for (key, step) in &last {
        let found = store.document(&page(), key).await.unwrap().unwrap();
        assert_eq!(
            found.position,
            Position::new(*step),
            "document {key} at {number}"
        );
        assert!(found.body == body(*step), "document {key} at {number}");
        let state = store
            .states(&page(), 0, std::slice::from_ref(key))
            .await
            .unwrap();
        assert_eq!(
            state,
            [Some(Bytes::from(step.to_string()))],
            "state {key} at {number}"
        );
    }
    let mut expected: Vec<_> = last
        .into_iter()
        .map(|(key, step)| ListedEntry {
            sort: sort(step),
            key,
        })
        .collect();
    expected.sort_unstable_by(|one, other| (&one.sort, &one.key).cmp(&(&other.sort, &other.key)));
    assert_eq!(
        store.scan(&page(), &all("by_step")).await.unwrap(),
        expected
    );
    let newest = store.newest_change(0).await.unwrap();
    assert!(
        newest.0.ends_with(&format!("-{number:020}")),
        "{newest:?} at {number}"
    );
    if number > 0 {
        let before = newest
            .0
            .replace(&format!("-{number:020}"), &format!("-{:020}", number - 1));
        let before = accession_read_store::ChangeCursor(before);
        match store.changes(0, &before, 2, Duration::ZERO).await.unwrap() {
            ChangeRead::Changes(changes) => {
                assert_eq!(changes[0].models[0].1, Position::new(number));
            }
            other @ ChangeRead::Lost { .. } => panic!("{other:?}"),
        }
    }
}
