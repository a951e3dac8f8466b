//! What a comparison finds: every kind of difference, each named, and none that is not one.
//!
//! The two generations are written by hand.

use std::time::Duration;

use accession_events::Position;
use accession_operations::read_models::{Comparison, Side, compare};
use accession_read_store::{
    Commit, DocumentWrite, EmbeddedStore, IndexEntry, ModelRef, ModelStep, ReadStore, RedisOptions,
    RedisStore,
};
use accession_testkit::{Stores, unique_name};

use crate::site::reference;

/// A document that is listed under a sort.
fn document(key: &str, body: &str, sort: &str) -> DocumentWrite {
    DocumentWrite {
        key: key.into(),
        state: "state".into(),
        body: Some(body.to_owned().into()),
        hidden: false,
        position: Position::new(1),
        add: vec![IndexEntry {
            index: "by".into(),
            sort: sort.into(),
            key: key.into(),
        }],
        remove: Vec::new(),
    }
}

async fn write(store: &dyn ReadStore, model: &ModelRef, documents: Vec<DocumentWrite>) {
    let taken = store.take_over(model, 0).await.unwrap();
    let step = ModelStep {
        model: model.clone(),
        expected: taken.position,
        next: Position::new(7),
        fence: taken.fence,
        documents,
    };
    let commit = Commit {
        lane: 0,
        steps: vec![step],
    };
    store.commit(commit).await.unwrap();
}

/// Compares two generations in one store, and the same in two stores of different kinds: both must say the same.
async fn compared(live: Vec<DocumentWrite>, other: Vec<DocumentWrite>) -> Comparison {
    let folder = tempfile::tempdir().unwrap();
    let embedded = EmbeddedStore::open(folder.path()).unwrap();
    let options = RedisOptions {
        namespace: unique_name("compare"),
        ..RedisOptions::new(&Stores::shared().redis_url)
    };
    let redis = RedisStore::open(&options).await.unwrap();
    let stores: [&dyn ReadStore; 2] = [&embedded, &redis];
    let (one, two) = (reference(1), reference(2));
    for store in stores {
        write(store, &one, live.clone()).await;
        write(store, &two, other.clone()).await;
    }
    let mut found = Vec::new();
    for (here, there) in [(0, 0), (1, 1), (0, 1), (1, 0)] {
        let side = |store: usize, model| Side {
            store: stores[store],
            model,
            lanes: 1,
        };
        let comparison = compare(side(here, &one), side(there, &two), Duration::ZERO);
        found.push(comparison.await.unwrap());
    }
    assert!(found.iter().all(|other| *other == found[0]), "{found:#?}");
    found.remove(0)
}

#[tokio::test]
async fn equal_generations_are_equal() {
    let documents = || {
        (0..2500)
            .map(|n| document(&format!("k{n}"), "{}", "s"))
            .collect()
    };
    let comparison = compared(documents(), documents()).await;
    assert!(comparison.is_equal(), "{comparison:?}");
    assert_eq!((comparison.documents, comparison.entries), (2500, 2500));
    assert_eq!(comparison.position, 7);
}

#[tokio::test]
async fn every_kind_of_difference_is_found_and_named() {
    let mut hidden = document("hidden", "{}", "s");
    hidden.hidden = true;
    let live = vec![
        document("same", "{}", "s"),
        document("changed", "{\"a\":1}", "s"),
        document("missing", "{}", "s"),
        document("hidden", "{}", "s"),
        document("moved", "{}", "s"),
    ];
    let other = vec![
        document("same", "{}", "s"),
        document("changed", "{\"a\":2}", "s"),
        document("added", "{}", "s"),
        hidden,
        document("moved", "{}", "t"),
    ];
    let comparison = compared(live, other).await;
    let found: Vec<(&str, bool, bool)> = comparison
        .differences
        .iter()
        .map(|found| (&*found.what, found.live.is_some(), found.other.is_some()))
        .collect();
    assert_eq!(
        found,
        [
            ("added", false, true),
            ("changed", true, true),
            ("hidden", true, true),
            ("missing", true, false),
            ("index by: s → added", false, true),
            ("index by: s → missing", true, false),
            ("index by: s → moved", true, false),
            ("index by: t → moved", false, true),
        ]
    );
    assert_eq!((comparison.different, comparison.unsettled), (8, 0));
}

#[tokio::test]
async fn an_index_that_only_one_side_has_is_named_entry_by_entry() {
    let of_series = |number: usize| {
        let mut write = document(&format!("k{number:03}"), "{}", "s");
        write.add[0].index = format!("of:{:03}", number / 2);
        write
    };
    let without = |gone: &str| {
        let mut all: Vec<DocumentWrite> = (0..600).map(of_series).collect();
        let lost = all.iter_mut().flat_map(|write| &mut write.add);
        lost.filter(|entry| entry.index == gone)
            .for_each(|entry| entry.index = "another".into());
        all
    };
    let comparison = compared(without(""), without("of:123")).await;
    let found: Vec<&str> = comparison
        .differences
        .iter()
        .map(|found| &*found.what)
        .collect();
    let expected = [
        "index another: s → k246",
        "index another: s → k247",
        "index of:123: s → k246",
        "index of:123: s → k247",
    ];
    assert_eq!(found, expected);
    assert_eq!((comparison.documents, comparison.entries), (600, 602));
}

#[tokio::test]
async fn leaves_beside_a_document_are_compared_like_documents() {
    let leaves = |count: usize| {
        let leaf = |number: usize| {
            document(
                &format!("title#{number}"),
                "{\"what\":\"said name\"}",
                &format!("{number:03}"),
            )
        };
        let mut memory = document("title", "", "");
        (memory.body, memory.add) = (None, Vec::new());
        std::iter::once(memory)
            .chain((0..count).map(leaf))
            .collect()
    };
    let comparison = compared(leaves(40), leaves(39)).await;
    let found: Vec<&str> = comparison
        .differences
        .iter()
        .map(|found| &*found.what)
        .collect();
    assert_eq!(found, ["title#39", "index by: 039 → title#39"]);
}
