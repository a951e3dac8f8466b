//! Going through all that a generation lists, and through all that two generations show differently.

use std::collections::BTreeSet;

use accession_read_store::{DocumentWrite, IndexEntry, ModelRef, ReadStore};
use bytes::Bytes;

use crate::given::{Projector, document, entry, listed, model};
use crate::subject::{Subject, over_every_store};

over_every_store!(
    the_entries_of_a_generation_come_in_one_order_over_all_indexes,
    an_index_that_became_empty_hides_none_that_follows_it,
    every_kind_of_difference_between_documents_is_found,
    generations_that_show_the_same_do_not_differ,
);

mod in_lanes {
    use super::*;

    over_every_store!(lanes = 3; entries_of_all_lanes_are_merged, differences_of_all_lanes_are_found);

    async fn entries_of_all_lanes_are_merged(store: Subject) {
        entries_are_walked(store, 3).await;
    }

    async fn differences_of_all_lanes_are_found(store: Subject) {
        let (one, other) = (model("page", 1), model("page", 2));
        let documents = |from: usize| (from..from + 300).map(|n| document(&format!("k{n}")));
        write_in_lanes(&**store, &one, 3, documents(0).collect()).await;
        write_in_lanes(&**store, &other, 3, documents(10).collect()).await;
        let (compared, found) = differing(&**store, &one, &other).await;
        let expected = (0..10).chain(300..310).map(|n| format!("k{n}"));
        assert_eq!((compared, found), (300, expected.collect()));
    }
}

async fn write_in_lanes(
    store: &dyn ReadStore,
    model: &ModelRef,
    lanes: u16,
    documents: Vec<DocumentWrite>,
) {
    for lane in 0..lanes {
        let ours =
            |write: &&DocumentWrite| accession_read_store::lane_of(&write.key, lanes) == lane;
        let ours = documents.iter().filter(ours).cloned().collect();
        let mut projector = Projector::in_lane(store, model, lane).await;
        projector.write(store, ours).await;
    }
}

/// All entries, by pages of a few.
async fn entries(store: &dyn ReadStore, model: &ModelRef) -> Vec<IndexEntry> {
    let mut found: Vec<IndexEntry> = Vec::new();
    loop {
        let page = store.entries(model, found.last(), 7).await.unwrap();
        if page.is_empty() {
            return found;
        }
        found.extend(page);
    }
}

async fn differing(
    store: &dyn ReadStore,
    one: &ModelRef,
    other: &ModelRef,
) -> (u64, BTreeSet<String>) {
    let (mut compared, mut found, mut after) = (0, BTreeSet::new(), None);
    loop {
        let page = store
            .differing(one, other, after.as_deref(), 20)
            .await
            .unwrap();
        compared += page.compared;
        found.extend(page.keys);
        after = page.next;
        if after.is_none() {
            return (compared, found);
        }
    }
}

async fn the_entries_of_a_generation_come_in_one_order_over_all_indexes(store: Subject) {
    entries_are_walked(store, 1).await;
}

/// A long index among many short ones, of this generation and of its neighbours.
async fn entries_are_walked(store: Subject, lanes: u16) {
    let names = (0..300).map(|n| format!("of:{n}"));
    let short = names
        .enumerate()
        .map(|(n, index)| listed(&format!("s{n}"), &index, "a"));
    let long = (0..500).map(|n| listed(&format!("l{n}"), "of:1:long", &format!("{:03}", n / 3)));
    let documents: Vec<DocumentWrite> = short.chain(long).collect();
    let mut expected: Vec<IndexEntry> = documents
        .iter()
        .flat_map(|write| write.add.clone())
        .collect();
    expected.sort();
    for (name, generation) in [("pag", 1), ("page", 1), ("page", 3), ("page2", 2)] {
        let neighbour = model(name, generation);
        write_in_lanes(
            &**store,
            &neighbour,
            lanes,
            vec![listed("foreign", "of:1", "b")],
        )
        .await;
    }
    let page = model("page", 2);
    write_in_lanes(&**store, &page, lanes, documents).await;
    assert_eq!(entries(&**store, &page).await, expected);
    assert_eq!(entries(&**store, &model("page", 4)).await, []);
}

async fn an_index_that_became_empty_hides_none_that_follows_it(store: Subject) {
    let page = model("page", 1);
    let mut projector = Projector::of(&**store, &page).await;
    let index = |n: usize| format!("of:{n:04}");
    let documents = (0..400).map(|n| listed(&n.to_string(), &index(n), "a"));
    projector.write(&**store, documents.collect()).await;
    let emptied = (0..399).map(|n| DocumentWrite {
        remove: vec![entry(&index(n), "a", &n.to_string())],
        ..document(&n.to_string())
    });
    projector.write(&**store, emptied.collect()).await;
    assert_eq!(
        entries(&**store, &page).await,
        [entry(&index(399), "a", "399")]
    );
}

async fn every_kind_of_difference_between_documents_is_found(store: Subject) {
    let (one, other) = (model("page", 1), model("page", 2));
    let with = |key: &str, change: fn(&mut DocumentWrite)| {
        let mut document = document(key);
        change(&mut document);
        document
    };
    let mut here: Vec<DocumentWrite> = (0..200).map(|n| document(&format!("same {n}"))).collect();
    let mut there = here.clone();
    here.extend(["body", "hidden", "only here", "empty", "gone here"].map(document));
    there.extend([
        with("body", |write| write.body = Some(Bytes::from_static(b"[]"))),
        with("hidden", |write| write.hidden = true),
        with("only there", |_| {}),
        with("empty", |write| write.body = Some(Bytes::new())),
        with("gone there", |write| write.body = None),
        with("gone here", |_| {}),
    ]);
    Projector::of(&**store, &one)
        .await
        .write(&**store, here)
        .await;
    let gone = with("gone here", |write| write.body = None);
    Projector::of(&**store, &one)
        .await
        .write(&**store, vec![gone])
        .await;
    Projector::of(&**store, &other)
        .await
        .write(&**store, there)
        .await;
    let (compared, found) = differing(&**store, &one, &other).await;
    let expected = [
        "body",
        "empty",
        "gone here",
        "hidden",
        "only here",
        "only there",
    ];
    assert_eq!(found, expected.map(str::to_owned).into());
    assert_eq!(
        compared, 204,
        "200 that are the same, and four that are shown here"
    );
    assert_eq!(differing(&**store, &other, &one).await.1, found);
}

async fn generations_that_show_the_same_do_not_differ(store: Subject) {
    let (one, other) = (model("page", 1), model("page", 2));
    let documents = || (0..700).map(|n| document(&format!("k{n}")));
    let later = documents().map(|mut write| {
        write.state = Bytes::from_static(b"another memory");
        write.position = write.position.next();
        write
    });
    Projector::of(&**store, &one)
        .await
        .write(&**store, documents().collect())
        .await;
    Projector::of(&**store, &other)
        .await
        .write(&**store, later.collect())
        .await;
    let nothing = model("page", 3);
    assert_eq!(
        differing(&**store, &one, &other).await,
        (700, BTreeSet::new())
    );
    assert_eq!(differing(&**store, &nothing, &one).await.1.len(), 700);
    assert_eq!(differing(&**store, &nothing, &nothing).await.1.len(), 0);
}
