//! A first index that cannot be filled where it should lie.
//!
//! Never a process that refuses to serve for it.

use std::time::Duration;

use accession_projector::ReadModel as _;
use accession_projector::catalog::TitlePageModel;
use accession_read_store::{EmbeddedStore, Generation, ModelRef};
use accession_service::health::Condition;
use accession_testkit::eventually;

use super::*;

const LONG: Duration = Duration::from_secs(20);

/// A store with title pages, of which there are none yet.
async fn store(directory: &std::path::Path) -> Arc<dyn ReadStore> {
    let store = EmbeddedStore::open(directory).unwrap();
    let model = ModelRef {
        name: TitlePageModel::NAME.to_owned(),
        generation: Generation(1),
    };
    store
        .register(&model, TitlePageModel::FOLD_VERSION)
        .await
        .unwrap();
    store.promote(&model).await.unwrap();
    Arc::new(store)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_whose_first_filling_fails_in_its_directory_is_filled_in_memory_and_that_is_told()
{
    let (documents, parent) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = parent.path().join("search");
    let home = Home::taken(path.clone()).await.unwrap();
    // The directory was ours, and is gone before anything could be put into it.
    std::fs::remove_dir_all(&path).unwrap();
    let finder = Arc::new(Finder::new(Topic::Titles));
    finder.told.lives(true, None);
    let mut follower = Follower {
        store: store(documents.path()).await,
        lanes: 1,
        finder: Arc::clone(&finder),
        home: Arc::new(home),
        kept: None,
    };
    let following = tokio::spawn(async move { follower.run().await });
    eventually(LONG, || async { finder.now().is_some() }).await;
    eventually(LONG, || async {
        let status = finder.health(None);
        let is_told = status
            .message
            .contains("kept in memory and filled at each start");
        let is_told = is_told && status.message.contains("No such file or directory");
        if is_told && status.condition == Condition::Degraded && status.details["kept"] == "memory"
        {
            Ok(())
        } else {
            Err(format!("{status:?}"))
        }
    })
    .await;
    assert!(!path.exists());
    following.abort();
}
