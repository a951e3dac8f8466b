//! What a comparison finds: every kind of difference, each named, and none that is not one.
//!
//! The two generations are written by hand.

use std::time::Duration;

use accession_events::Position;
use accession_operations::read_models::{Comparison, Side, compare};
use accession_read_store::{
    Commit, DocumentWrite, EmbeddedStore, IndexEntry, ModelRef, ModelStep, ReadStore,
};

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

async fn compared(live: Vec<DocumentWrite>, other: Vec<DocumentWrite>) -> Comparison {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(folder.path()).unwrap();
    let (one, two) = (reference(1), reference(2));
    write(&store, &one, live).await;
    write(&store, &two, other).await;
    let side = |model| Side {
        store: &store,
        model,
        lanes: 1,
    };
    compare(side(&one), side(&two), Duration::ZERO)
        .await
        .unwrap()
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
