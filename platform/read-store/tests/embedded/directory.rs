//! Opening, sharing and reopening a directory.

use std::time::Duration;

use accession_events::Position;
use accession_read_store::{
    ChangeRead, EmbeddedOptions, EmbeddedStore, Generation, ReadStore, ReadStoreError,
};

use crate::given::{Projector, all, document, listed, model};

#[test]
fn a_directory_that_is_held_is_refused_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let holder = EmbeddedStore::open(directory.path()).unwrap();
    match EmbeddedStore::open(directory.path()) {
        Err(ReadStoreError::Unusable { reason }) => {
            assert!(reason.contains("held by another process"), "{reason}");
            assert!(
                reason.contains(&*directory.path().to_string_lossy()),
                "{reason}"
            );
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("opened twice"),
    }
    drop(holder);
    EmbeddedStore::open(directory.path()).unwrap();
}

#[test]
fn a_directory_made_with_other_lanes_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let three = EmbeddedOptions {
        lanes: 3,
        ..EmbeddedOptions::new(directory.path())
    };
    drop(EmbeddedStore::open_with(&three).unwrap());
    let error = EmbeddedStore::open(directory.path())
        .err()
        .expect("a refusal");
    assert!(error.to_string().contains("with 3 lanes, not 1"), "{error}");
    EmbeddedStore::open_with(&three).unwrap();
}

#[test]
fn a_path_that_cannot_be_a_directory_is_refused_with_its_name() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = EmbeddedStore::open(file.path()).err().expect("a refusal");
    assert!(
        error.to_string().contains(&*file.path().to_string_lossy()),
        "{error}"
    );
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let page = model("page", 2);
    let place = {
        let store = EmbeddedStore::open(directory.path()).unwrap();
        store.register(&page, "fold").await.unwrap();
        let mut projector = Projector::of(&store, &page).await;
        projector
            .write(&store, vec![listed("a", "by_title", "a")])
            .await;
        store.promote(&page).await.unwrap();
        let place = store.newest_change(0).await.unwrap();
        projector.write(&store, vec![document("b")]).await;
        place
    };
    let store = EmbeddedStore::open(directory.path()).unwrap();
    let info = store.model("page").await.unwrap();
    assert_eq!(info.live, Some(Generation(2)));
    assert_eq!(info.generations, [(Generation(2), "fold".to_owned())]);
    assert!(store.document(&page, "a").await.unwrap().is_some());
    assert_eq!(store.scan(&page, &all("by_title")).await.unwrap().len(), 1);
    match store.changes(0, &place, 10, Duration::ZERO).await.unwrap() {
        ChangeRead::Changes(changes) => assert_eq!(changes[0].models[0].2, ["b"]),
        lost @ ChangeRead::Lost { .. } => panic!("{lost:?}"),
    }
    let mut projector = Projector::of(&store, &page).await;
    assert_eq!(projector.at, Position::new(2));
    projector.write(&store, vec![document("c")]).await;
}

#[tokio::test]
async fn a_place_in_the_feed_of_another_directory_is_lost() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let page = model("page", 1);
    let mut places = Vec::new();
    for directory in [&one, &other] {
        let store = EmbeddedStore::open(directory.path()).unwrap();
        store.register(&page, "fold").await.unwrap();
        let mut projector = Projector::of(&store, &page).await;
        projector.write(&store, vec![document("a")]).await;
        places.push(store.newest_change(0).await.unwrap());
    }
    let store = EmbeddedStore::open(other.path()).unwrap();
    assert_ne!(places[0], places[1]);
    for (place, is_lost) in places.iter().zip([true, false]) {
        let read = store.changes(0, place, 10, Duration::ZERO).await.unwrap();
        assert_eq!(matches!(read, ChangeRead::Lost { .. }), is_lost);
    }
}

#[tokio::test]
async fn a_directory_of_another_layout_is_emptied_so_that_it_is_built_again() {
    let directory = tempfile::tempdir().unwrap();
    let page = model("page", 1);
    {
        let store = EmbeddedStore::open(directory.path()).unwrap();
        store.register(&page, "fold").await.unwrap();
        let mut projector = Projector::of(&store, &page).await;
        projector.write(&store, vec![document("a")]).await;
    }
    // What an older version left: the same tables without the mark.
    {
        let db = fjall::Database::builder(directory.path()).open().unwrap();
        let meta = db
            .keyspace("meta", fjall::KeyspaceCreateOptions::default)
            .unwrap();
        meta.remove("layout").unwrap();
    }
    let store = EmbeddedStore::open(directory.path()).unwrap();
    assert!(store.model("page").await.unwrap().generations.is_empty());
    assert_eq!(store.document(&page, "a").await.unwrap(), None);
    let mut projector = Projector::of(&store, &page).await;
    projector.write(&store, vec![document("b")]).await;
    drop(store);
    let store = EmbeddedStore::open(directory.path()).unwrap();
    assert!(store.document(&page, "b").await.unwrap().is_some());
}
