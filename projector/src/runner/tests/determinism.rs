//! The same feed gives byte-identical documents, whatever the batches, lanes and faults.

use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use accession_read_store::ReadStore;
use accession_testkit::eventually;
use proptest::test_runner::{Config, TestRunner};

use super::{every_key, models};
use crate::runner::{Projector, ProjectorOptions};
use crate::testing::{
    FaultyStore, History, contents, embedded, feeds_of, histories, project, quick, redis,
};

/// How long what a projector started may outlive it.
const GONE: Duration = Duration::from_secs(10);

fn check(cases: u32, property: impl Fn(&tokio::runtime::Runtime, History, usize, u16) + Copy) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 64,
        ..Config::default()
    });
    let inputs = (histories(120), 1..40usize, 1..4u16);
    runner
        .run(&inputs, |(history, batch, lanes)| {
            property(&runtime, history, batch, lanes);
            Ok(())
        })
        .unwrap();
}

/// What an undisturbed projector with large batches makes of a history.
async fn undisturbed(history: &History) -> std::collections::BTreeMap<String, String> {
    let store = embedded(1);
    project(Arc::clone(&store.store) as _, quick(models()), history).await;
    contents(&*store.store, &models(), &every_key(), 1).await
}

fn options(batch: usize, lanes: u16) -> ProjectorOptions {
    ProjectorOptions {
        max_events: batch,
        lanes,
        ..quick(models())
    }
}

#[test]
fn batch_size_and_lanes_do_not_change_a_byte() {
    check(16, |runtime, history, batch, lanes| {
        runtime.block_on(async {
            let store = embedded(lanes);
            project(
                Arc::clone(&store.store) as _,
                options(batch, lanes),
                &history,
            )
            .await;
            let found = contents(&*store.store, &models(), &every_key(), lanes).await;
            assert_eq!(found, undisturbed(&history).await);
        });
    });
}

#[test]
fn a_store_that_fails_before_and_after_its_work_loses_and_doubles_nothing() {
    check(8, |runtime, history, batch, lanes| {
        runtime.block_on(async {
            let store = embedded(lanes);
            let faulty = Arc::new(FaultyStore::new(Arc::clone(&store.store), 12));
            project(faulty, options(batch + 7, lanes), &history).await;
            let found = contents(&*store.store, &models(), &every_key(), lanes).await;
            assert_eq!(found, undisturbed(&history).await);
        });
    });
}

#[test]
fn a_projector_that_is_dropped_again_and_again_ends_with_the_same_documents() {
    check(6, |runtime, history, batch, lanes| {
        runtime.block_on(async {
            let store = embedded(lanes);
            for polls in 0..20 {
                let projector =
                    Projector::new(Arc::clone(&store.store) as _, options(batch, lanes));
                let running = projector.run(feeds_of(history.events()), std::future::pending());
                drop_after(running, polls * 3).await;
                drop(projector);
                // A task of one that was dropped may still be taking a lane over on its own thread.
                eventually(GONE, || async { Arc::strong_count(&store.store) == 1 }).await;
            }
            project(
                Arc::clone(&store.store) as _,
                options(batch, lanes),
                &history,
            )
            .await;
            let found = contents(&*store.store, &models(), &every_key(), lanes).await;
            assert_eq!(found, undisturbed(&history).await);
        });
    });
}

/// Lets a future make some progress, giving its tasks their turns, and drops it wherever it is.
async fn drop_after(running: impl Future, turns: usize) {
    tokio::pin!(running);
    for _ in 0..turns {
        if futures_util::poll!(&mut running).is_ready() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[test]
fn redis_holds_the_same_bytes_as_the_embedded_store() {
    check(6, |runtime, history, batch, lanes| {
        runtime.block_on(async {
            let redis = Arc::new(redis(lanes).await);
            let faulty = Arc::new(FaultyStore::new(Arc::clone(&redis), 20));
            project(faulty, options(batch + 7, lanes), &history).await;
            let found = contents(&*redis, &models(), &every_key(), lanes).await;
            assert_eq!(found, undisturbed(&history).await);
        });
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_catalog_without_events_is_built_and_empty() {
    let store = embedded(1);
    let projector = project(
        Arc::clone(&store.store) as _,
        quick(models()),
        &History::new(),
    )
    .await;
    assert!(
        projector
            .status()
            .iter()
            .all(|status| status.live && status.position == Position::START)
    );
    assert!(
        store
            .store
            .model("title_page")
            .await
            .unwrap()
            .live
            .is_some()
    );
}
