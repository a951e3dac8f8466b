//! Exactly one projector writes; whoever was taken over stops, and a store that went back is caught up again.

use std::sync::Arc;

use accession_events::Position;
use accession_read_store::{Generation, ModelRef, ReadStore};
use serde_json::json;

use super::models;
use crate::runner::{Model, Projector, ProjectorError};
use crate::testing::{
    Counting, History, MemoryLog, PATIENCE, by, embedded, entries, id, live, quick, until,
};

fn titles(count: u64) -> History {
    (0..count).fold(History::new(), |history, number| {
        let facts = json!([{ "field": "name", "value": format!("Title {number}") }]);
        let added = json!({ "kind": "book", "slug": format!("t-{number}"), "provenance": by("a", "1"), "facts": facts });
        history.title(number, json!({ "TitleAdded": added }))
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_projector_that_was_taken_over_stops_and_says_so() {
    let (store, history) = (embedded(1), titles(20));
    let log = MemoryLog::of(history.events());
    log.show(10);
    let first = Projector::new(Arc::clone(&store.store) as _, quick(models()));
    let (running, feeds) = (first.clone(), log.feeds());
    let running = tokio::spawn(async move { running.run(feeds, std::future::pending()).await });
    until(&first, Position::new(10)).await;

    let second = Projector::new(Arc::clone(&store.store) as _, quick(models()));
    let (taking, feeds) = (second.clone(), log.feeds());
    let taking = tokio::spawn(async move { taking.run(feeds, std::future::pending()).await });
    until(&second, Position::new(10)).await;
    log.show(20);
    let ended = running.await.unwrap();
    assert!(
        matches!(ended, Err(ProjectorError::Fenced { .. })),
        "{ended:?}"
    );
    assert_eq!(
        first.settle(Position::new(20)).await,
        Err(crate::StoppedError)
    );

    until(&second, Position::new(20)).await;
    let cards = live(&*store.store, "title_card").await;
    assert_eq!(entries(&*store.store, &cards, "all:newest").await.len(), 20);
    taking.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_was_wiped_under_an_idle_projector_is_built_again() {
    let (store, history) = (embedded(1), titles(5));
    let projector = Projector::new(
        Arc::clone(&store.store) as _,
        quick(vec![Model::of(<Counting>::default())]),
    );
    let (running, feeds) = (projector.clone(), MemoryLog::of(history.events()).feeds());
    let running = tokio::spawn(async move { running.run(feeds, std::future::pending()).await });
    until(&projector, Position::new(5)).await;

    // Another generation takes the readers, so that the present one can be dropped like a wiped store's: what is live
    // then holds nothing at all.
    let other = ModelRef {
        name: "counting".into(),
        generation: Generation(7),
    };
    store.store.register(&other, "1").await.unwrap();
    store.store.promote_behind(&other).await.unwrap();
    let gone = ModelRef {
        name: "counting".into(),
        generation: Generation(1),
    };
    store.store.drop_generation(&gone).await.unwrap();
    accession_testkit::eventually(PATIENCE, || async {
        let filled = store.store.checkpoint(&other, 0).await.unwrap();
        filled.position == Position::new(5)
    })
    .await;
    until(&projector, Position::new(5)).await;
    let rebuilt = live(&*store.store, "counting").await;
    let document = store
        .store
        .document(&rebuilt, &id(4))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(&document.body[..], br#""[5]""#);
    running.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_of_two_versions_do_not_fight_over_the_readers() {
    let (store, history) = (embedded(1), titles(30));
    let old = || quick(vec![Model::of(<Counting<1>>::default())]);
    let new = || quick(vec![Model::of(<Counting<2>>::default())]);
    let shared = || Arc::clone(&store.store) as _;
    crate::testing::project(shared(), old(), &history).await;
    crate::testing::project(shared(), new(), &history).await;
    assert_eq!(
        live(&*store.store, "counting").await.generation,
        Generation(2)
    );

    // The old program starts again and keeps its generation up, but readers stay where they are.
    let log = MemoryLog::of(titles(40).events());
    let projector = Projector::new(shared(), old());
    let (running, feeds) = (projector.clone(), log.feeds());
    let running = tokio::spawn(async move { running.run(feeds, std::future::pending()).await });
    accession_testkit::eventually(PATIENCE, || async {
        projector.settle(Position::new(40)).await.is_ok()
    })
    .await;
    let status = projector.status().remove(0);
    assert_eq!(
        (status.generation, status.live, status.outdated),
        (Generation(1), false, true)
    );
    assert_eq!(
        live(&*store.store, "counting").await.generation,
        Generation(2)
    );

    // An operator goes back to it; the new program does not undo that when it starts again.
    let back = ModelRef {
        name: "counting".into(),
        generation: Generation(1),
    };
    store.store.promote(&back).await.unwrap();
    let projector = Projector::new(shared(), new());
    let (also_running, feeds) = (projector.clone(), log.feeds());
    let also_running =
        tokio::spawn(async move { also_running.run(feeds, std::future::pending()).await });
    accession_testkit::eventually(PATIENCE, || async {
        projector.settle(Position::new(40)).await.is_ok()
    })
    .await;
    assert_eq!(
        live(&*store.store, "counting").await.generation,
        Generation(1)
    );
    running.abort();
    also_running.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_program_whose_generation_was_dropped_does_not_send_readers_back() {
    let (store, history) = (embedded(1), titles(5));
    let log = MemoryLog::of(history.events());
    log.show(3);
    let old = Projector::new(
        Arc::clone(&store.store) as _,
        quick(vec![Model::of(<Counting<1>>::default())]),
    );
    let (running, feeds) = (old.clone(), log.feeds());
    let running = tokio::spawn(async move { running.run(feeds, std::future::pending()).await });
    until(&old, Position::new(3)).await;
    log.show(5);
    let new = quick(vec![Model::of(<Counting<2>>::default())]);
    crate::testing::project(Arc::clone(&store.store) as _, new, &history).await;
    assert_eq!(
        live(&*store.store, "counting").await.generation,
        Generation(2)
    );

    let gone = ModelRef {
        name: "counting".into(),
        generation: Generation(1),
    };
    store.store.drop_generation(&gone).await.unwrap();
    accession_testkit::eventually(PATIENCE, || async { old.status().is_empty() }).await;
    let info = store.store.model("counting").await.unwrap();
    assert_eq!(
        (info.live, info.generations.len()),
        (Some(Generation(2)), 1)
    );
    running.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_model_catches_up_beside_the_others_and_ends_with_everything() {
    let (store, history) = (embedded(1), titles(200));
    crate::testing::project(Arc::clone(&store.store) as _, quick(models()), &history).await;
    let mut all = models();
    all.push(Model::of(<Counting>::default()));
    let mut options = quick(all);
    (options.far_behind, options.max_events) = (10, 20);
    let projector = crate::testing::project(Arc::clone(&store.store) as _, options, &history).await;
    assert!(
        projector
            .status()
            .iter()
            .all(|status| status.position == Position::new(200))
    );
    let counting = live(&*store.store, "counting").await;
    let total = store
        .store
        .document(&counting, "total")
        .await
        .unwrap()
        .unwrap();
    let positions: Vec<u64> = (1..=200).collect();
    assert_eq!(
        total.body,
        serde_json::to_vec(&format!("{positions:?}")).unwrap()
    );
}
