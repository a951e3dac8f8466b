//! Steps that are written as transactions: what happens between comparing and writing must not slip in.

use std::sync::Arc;

use accession_events::Position;
use accession_read_store::{ReadStore, ReadStoreError, RedisOptions, RedisStore};
use accession_testkit::{Stores, unique_name};

use crate::given::{Projector, document, model};

async fn store() -> Arc<RedisStore> {
    let options = RedisOptions {
        namespace: unique_name("test"),
        transactions_from: 0,
        ..RedisOptions::new(&Stores::shared().redis_url)
    };
    Arc::new(RedisStore::open(&options).await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_taken_over_in_the_middle_of_a_step_writes_nothing_of_it() {
    let store = store().await;
    let page = model("page", 1);
    let (mut written, mut refused) = (0, 0);
    for round in 0..200_u64 {
        let mut old = Projector::of(&*store, &page).await;
        let documents = (0..200).map(|n| document(&format!("{round} {n}")));
        let (writing, documents) = (Arc::clone(&store), documents.collect());
        let writer = tokio::spawn(async move { old.try_write(&*writing, documents).await });
        // Turns at different moments of the step.
        for _ in 0..round % 40 {
            tokio::task::yield_now().await;
        }
        let taken = store.take_over(&page, 0).await.unwrap();
        let outcome = writer.await.unwrap();
        let stands = store.checkpoint(&page, 0).await.unwrap();
        assert_eq!(
            stands, taken,
            "a step came after the one who took over: {outcome:?}"
        );
        let found = store
            .document(&page, &format!("{round} 199"))
            .await
            .unwrap();
        match outcome {
            Ok(()) => {
                assert!(found.is_some());
                written += 1;
            }
            Err(ReadStoreError::Fenced { .. } | ReadStoreError::CheckpointMoved { .. }) => {
                assert_eq!(found, None);
                refused += 1;
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(
        refused > 0,
        "it was never taken over in time: {written} were written"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn steps_of_two_models_at_once_are_both_told_in_one_dense_feed() {
    let store = store().await;
    let mut after = store.newest_change(0).await.unwrap();
    let writers = ["page", "card"].map(|name| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let mut projector = Projector::of(&*store, &model(name, 1)).await;
            for round in 0..100 {
                let documents = (0..20).map(|n| document(&format!("{round} {n}")));
                projector.write(&*store, documents.collect()).await;
            }
            projector.at
        })
    });
    for writer in writers {
        assert_eq!(writer.await.unwrap(), Position::new(100));
    }
    let mut told = 0;
    while told < 200 {
        let read = store
            .changes(0, &after, 50, std::time::Duration::ZERO)
            .await
            .unwrap();
        let accession_read_store::ChangeRead::Changes(changes) = read else {
            panic!("the feed has a hole: {read:?}");
        };
        told += changes.len();
        after = changes
            .last()
            .expect("a feed without a hole goes on")
            .cursor
            .clone();
    }
    assert_eq!(told, 200);
}
