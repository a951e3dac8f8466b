//! A model whose fold has changed is built anew beside the old one; readers never see it half built.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use accession_events::Position;
use accession_read_store::{Generation, ReadStore};
use serde_json::json;

use crate::runner::{Model, Projector};
use crate::testing::{Counting, History, MemoryLog, PATIENCE, embedded, id, live, project, quick};

fn runs(count: u64) -> History {
    (0..count).fold(History::new(), |history, number| {
        history.import_run(
            number,
            json!({ "ImportRunOpened": { "source": "a", "input": "x" } }),
        )
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_build_is_not_shown_before_it_has_caught_up() {
    let (store, history) = (embedded(1), runs(40));
    let log = MemoryLog::of(history.events());
    let mut options = quick(vec![Model::of(<Counting>::default())]);
    options.max_events = 1;
    let projector = Projector::new(Arc::clone(&store.store) as _, options);
    let (running, feeds) = (projector.clone(), log.feeds());
    let running = tokio::spawn(async move { running.run(feeds, std::future::pending()).await });
    let seen_building = AtomicBool::new(false);
    accession_testkit::eventually(PATIENCE, || async {
        let live = store.store.model("counting").await.unwrap().live;
        let reached = projector
            .status()
            .iter()
            .map(|status| status.position)
            .min()
            .unwrap_or_default();
        seen_building.fetch_or(live.is_none(), Ordering::Relaxed);
        // The board is told after the store has the step, so what it says is a lower bound.
        assert!(
            live.is_none() || reached >= Position::new(39),
            "live at {reached}"
        );
        live.is_some()
    })
    .await;
    assert!(seen_building.into_inner());
    running.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outdated_model_stays_as_it_is_until_the_new_one_has_caught_up() {
    let (store, history) = (embedded(1), runs(30));
    project(
        Arc::clone(&store.store) as _,
        quick(vec![Model::of(<Counting<1>>::default())]),
        &history,
    )
    .await;
    let old = live(&*store.store, "counting").await;
    assert_eq!(old.generation, Generation(1));

    project(
        Arc::clone(&store.store) as _,
        quick(vec![Model::of(<Counting<2>>::default())]),
        &history,
    )
    .await;
    let new = live(&*store.store, "counting").await;
    assert_eq!(new.generation, Generation(2));
    let of = async |model| {
        store
            .store
            .document(model, &id(3))
            .await
            .unwrap()
            .unwrap()
            .body
    };
    assert_eq!(
        (&of(&old).await[..], &of(&new).await[..]),
        (&br#""[4]""#[..], &br#""new [4]""#[..])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_that_was_interrupted_goes_on_where_it_stood() {
    let (store, history) = (embedded(2), runs(30));
    let log = MemoryLog::of(history.events());
    let mut options = quick(vec![Model::of(<Counting>::default())]);
    (options.lanes, options.max_events) = (2, 3);
    let projector = Projector::new(Arc::clone(&store.store) as _, options.clone());
    let stop = projector.clone();
    projector
        .run(log.feeds(), async move {
            accession_testkit::eventually(PATIENCE, || async {
                stop.settle(Position::new(6)).await.is_ok()
            })
            .await;
        })
        .await
        .unwrap();
    project(Arc::clone(&store.store) as _, options, &history).await;
    let counting = live(&*store.store, "counting").await;
    assert_eq!(counting.generation, Generation(1));
    for number in 0..30 {
        let document = store
            .store
            .document(&counting, &id(number))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            document.body,
            serde_json::to_vec(&format!("[{}]", number + 1)).unwrap()
        );
    }
}
