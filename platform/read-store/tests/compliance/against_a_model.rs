//! Random steps and scans, compared with a model that fits on a page: maps and sets in memory.

use std::collections::{BTreeMap, BTreeSet};

use accession_events::Position;
use accession_read_store::{Document, DocumentWrite, IndexRange, ListedEntry};
use bytes::Bytes;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::given::{Projector, entry, model};
use crate::subject::Subject;

const KEYS: [&str; 6] = ["a", "b", "ab", "", "九", "z\0z"];
const SORTS: [&str; 7] = ["", "a", "ab", "b", "é", "\u{1}", "~"];

/// One document of a random step: which key, whether it has a body, whether it is hidden, which entries it wants.
type Write = (usize, bool, bool, BTreeSet<(usize, usize)>);

#[derive(Debug, Clone)]
struct Scan {
    prefix: usize,
    after: Option<(usize, usize)>,
    descending: bool,
    skip: usize,
    limit: usize,
}

/// What the store should hold.
#[derive(Default)]
struct Expected {
    documents: BTreeMap<String, Document>,
    states: BTreeMap<String, Bytes>,
    indexes: [BTreeSet<(String, String)>; 2],
}

impl Expected {
    /// The write that brings a document to a random wish, given what is there; and remembers it.
    fn write(&mut self, (key, shown, hidden, wanted): &Write, position: Position) -> DocumentWrite {
        let key = KEYS[*key].to_owned();
        let state = Bytes::from(format!("{key}@{position}"));
        let (mut add, mut remove) = (Vec::new(), Vec::new());
        for (number, index) in self.indexes.iter_mut().enumerate() {
            let name = format!("index:{number}");
            let before: Vec<_> = index
                .iter()
                .filter(|(_, owner)| *owner == key)
                .cloned()
                .collect();
            for (sort, _) in &before {
                remove.push(entry(&name, sort, &key));
                index.remove(&(sort.clone(), key.clone()));
            }
            for (_, sort) in wanted.iter().filter(|(of, _)| of % 2 == number) {
                add.push(entry(&name, SORTS[*sort], &key));
                index.insert((SORTS[*sort].to_owned(), key.clone()));
            }
        }
        self.states.insert(key.clone(), state.clone());
        let body = shown.then(|| state.clone());
        match &body {
            Some(body) => {
                let document = Document {
                    body: body.clone(),
                    position,
                    hidden: *hidden,
                };
                self.documents.insert(key.clone(), document)
            }
            None => self.documents.remove(&key),
        };
        DocumentWrite {
            key,
            state,
            body,
            hidden: *hidden,
            position,
            add,
            remove,
        }
    }

    fn scan(&self, number: usize, scan: &Scan) -> Vec<ListedEntry> {
        let mut entries: Vec<_> = self.indexes[number]
            .iter()
            .filter(|(sort, _)| sort.starts_with(SORTS[scan.prefix]))
            .cloned()
            .collect();
        if scan.descending {
            entries.reverse();
        }
        let after = scan
            .after
            .map(|(sort, key)| (SORTS[sort].to_owned(), KEYS[key].to_owned()));
        let behind = |entry: &(String, String)| match &after {
            Some(after) if scan.descending => entry < after,
            Some(after) => entry > after,
            None => true,
        };
        let listed = entries
            .into_iter()
            .filter(behind)
            .skip(scan.skip)
            .take(scan.limit);
        listed
            .map(|(sort, key)| ListedEntry { sort, key })
            .collect()
    }
}

impl Scan {
    fn range(&self, number: usize) -> IndexRange {
        IndexRange {
            index: format!("index:{number}"),
            prefix: SORTS[self.prefix].to_owned(),
            after: self
                .after
                .map(|(sort, key)| (SORTS[sort].to_owned(), KEYS[key].to_owned())),
            descending: self.descending,
            skip: self.skip,
            limit: self.limit,
        }
    }
}

fn writes() -> impl Strategy<Value = Vec<Write>> {
    let entries = prop::collection::btree_set((0..2_usize, 0..SORTS.len()), 0..4);
    let write = (
        0..KEYS.len(),
        prop::bool::weighted(0.8),
        any::<bool>(),
        entries,
    );
    prop::collection::vec(write, 0..5).prop_map(|mut writes| {
        let mut seen = BTreeSet::new();
        writes.retain(|(key, ..)| seen.insert(*key));
        writes
    })
}

fn scans() -> impl Strategy<Value = Vec<Scan>> {
    let after = prop::option::of((0..SORTS.len(), 0..KEYS.len()));
    let scan = (0..SORTS.len(), after, any::<bool>(), 0..4_usize, 0..8_usize).prop_map(
        |(prefix, after, descending, skip, limit)| Scan {
            prefix,
            after,
            descending,
            skip,
            limit,
        },
    );
    prop::collection::vec(scan, 1..6)
}

fn compare(runtime: &tokio::runtime::Runtime, fresh: impl Fn() -> Subject) {
    let mut runner = TestRunner::new(Config {
        cases: 40,
        failure_persistence: None,
        ..Config::default()
    });
    let steps = prop::collection::vec((writes(), scans()), 1..10);
    let result = runner.run(&steps, |steps| {
        runtime.block_on(async {
            let subject = fresh();
            run(&subject, &steps).await;
        });
        Ok(())
    });
    result.unwrap();
}

async fn run(subject: &Subject, steps: &[(Vec<Write>, Vec<Scan>)]) {
    let mut projector = Projector::of(&***subject, &model("page", 1)).await;
    let mut expected = Expected::default();
    for (writes, scans) in steps {
        let position = projector.at.next();
        let documents = writes
            .iter()
            .map(|write| expected.write(write, position))
            .collect();
        projector.write(&***subject, documents).await;
        let keys = KEYS.map(String::from);
        let found = subject.documents(&projector.model, &keys).await.unwrap();
        let wanted: Vec<_> = KEYS
            .iter()
            .map(|key| expected.documents.get(*key).cloned())
            .collect();
        assert_eq!(found, wanted);
        let found = subject.states(&projector.model, 0, &keys).await.unwrap();
        let wanted: Vec<_> = KEYS
            .iter()
            .map(|key| expected.states.get(*key).cloned())
            .collect();
        assert_eq!(found, wanted);
        for scan in scans {
            for number in 0..2 {
                let found = subject
                    .scan(&projector.model, &scan.range(number))
                    .await
                    .unwrap();
                assert_eq!(found, expected.scan(number, scan), "{scan:?}");
            }
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn the_embedded_store_behaves_like_maps_in_memory() {
    compare(&runtime(), || crate::subject::embedded(1));
}

#[test]
fn redis_behaves_like_maps_in_memory() {
    let runtime = runtime();
    let handle = runtime.handle().clone();
    compare(&runtime, || {
        tokio::task::block_in_place(|| handle.block_on(crate::subject::redis(1)))
    });
}
