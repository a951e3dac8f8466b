//! An index that cannot be sure of itself is filled anew: damaged, of another version, left behind, of another store.
//!
//! Never believes a half-right answer: everything that should be found is asked for.

use std::path::{Path, PathBuf};

use accession_events::Position;
use accession_read_store::{Commit, DocumentWrite, Generation, ModelRef, ModelStep, ReadStore};
use accession_service::health::Condition;
use accession_testkit::eventually;
use tempfile::TempDir;

use super::directory::{folders, folders_of_a_run, found, health, shelf, start};
use crate::asks::LONG;
use crate::given::{Subject, id, over_every_store};

over_every_store!(
    a_damaged_index_and_one_of_another_version_are_filled_anew,
    an_index_that_the_change_feed_has_left_behind_is_filled_anew,
);

async fn a_damaged_index_and_one_of_another_version_are_filled_anew(subject: Subject) {
    let directory = TempDir::new().unwrap();
    let catalogue = shelf(&subject).await;
    for harm in [damage, make_another_version, cut_off] {
        let before = folders_of_a_run(&subject.store, directory.path()).await;
        // Who ends the process cannot wait for its files to be closed; what is harmed is not written any more.
        harm(&before[0]);
        let app = start(&subject.store, directory.path()).await;
        let page = found(&app, catalogue.position(), "volume").await;
        assert_eq!(page["total"], 40);
        assert_eq!(health(&app).details["origin"], "filled");
        assert_eq!(health(&app).condition, Condition::Ok);
        eventually(LONG, || async { folders(directory.path()).len() == 1 }).await;
        assert_ne!(folders(directory.path()), before);
    }
}

fn largest(folder: &Path) -> PathBuf {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let segments = files.filter(|file| file.file_name().len() > 32);
    let largest = segments.max_by_key(|file| file.metadata().unwrap().len());
    largest.unwrap().path()
}

fn damage(folder: &Path) {
    let file = largest(folder);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
}

fn cut_off(folder: &Path) {
    let file = largest(folder);
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
}

fn make_another_version(folder: &Path) {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let (_, rest) = name.split_once('.').unwrap();
    std::fs::rename(folder, folder.with_file_name(format!("schema-0.{rest}"))).unwrap();
}

async fn an_index_that_the_change_feed_has_left_behind_is_filled_anew(subject: Subject) {
    let directory = TempDir::new().unwrap();
    let mut catalogue = shelf(&subject).await;
    folders_of_a_run(&subject.store, directory.path()).await;
    catalogue.rename(id(3), "Winter came early");
    let at = catalogue.write().await;
    fill_the_feed(&*subject.store).await;
    let app = start(&subject.store, directory.path()).await;
    assert_eq!(found(&app, at, "early").await["total"], 1);
    assert_eq!(health(&app).details["origin"], "filled");
}

/// Steps of another model with so many long keys that the feed keeps nothing else.
async fn fill_the_feed(store: &dyn ReadStore) {
    let model = ModelRef {
        name: "elsewhere".into(),
        generation: Generation(1),
    };
    store.register(&model, "1").await.unwrap();
    let fence = store.take_over(&model, 0).await.unwrap().fence;
    let long = "k".repeat(4_000);
    for step in 0..30 {
        let write = |number: u64| DocumentWrite {
            key: format!("{long}{}", number + step),
            state: "{}".into(),
            body: None,
            hidden: false,
            position: Position::new(step + 1),
            add: Vec::new(),
            remove: Vec::new(),
        };
        let step = ModelStep {
            model: model.clone(),
            expected: Position::new(step),
            next: Position::new(step + 1),
            fence,
            documents: (0..250).map(write).collect(),
        };
        let steps = vec![step];
        store.commit(Commit { lane: 0, steps }).await.unwrap();
    }
}

/// The same events in a store that was emptied: as many steps, the same positions, the same keys, other names.
async fn replaced(first: Subject, second: Subject) {
    let directory = TempDir::new().unwrap();
    let mut former = shelf(&first).await;
    let app = start(&first.store, directory.path()).await;
    former.rename(id(3), "Winter came early");
    let at = former.write().await;
    assert_eq!(found(&app, at, "early").await["total"], 1);
    drop(app);
    let mut catalogue = shelf(&second).await;
    catalogue.rename(id(3), "Winter came late");
    let at = catalogue.write().await;
    let app = start(&second.store, directory.path()).await;
    for (query, total) in [("early", 0), ("late", 1)] {
        assert_eq!(found(&app, at, query).await["total"], total, "{query}");
    }
    assert_eq!(health(&app).details["origin"], "filled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_of_an_embedded_store_that_was_replaced_is_filled_anew() {
    let (first, second) = (
        crate::given::embedded().await,
        crate::given::embedded().await,
    );
    replaced(first, second).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_of_a_redis_that_was_replaced_is_filled_anew() {
    let (first, second) = (crate::given::redis().await, crate::given::redis().await);
    replaced(first, second).await;
}
