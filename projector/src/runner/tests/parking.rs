//! Poison events wait with the later events of their key; everything else goes on, and nothing is ever skipped.

use std::sync::Arc;

use accession_events::Position;
use accession_read_store::ReadStore;
use serde_json::json;

use crate::runner::{Model, Projector, RetryError};
use crate::testing::{Counting, History, MemoryLog, embedded, id, live, project, quick, until};

/// Streams 0, 1 and 2 in turn, three times.
fn turns() -> History {
    (0..9).fold(History::new(), |history, number| {
        history.import_run(
            number % 3,
            json!({ "ImportRunOpened": { "source": "a", "input": "x" } }),
        )
    })
}

fn poisoned(positions: &[u64]) -> Counting {
    let model = <Counting>::default();
    model.refused.lock().unwrap().extend(positions);
    model
}

async fn shown(store: &dyn ReadStore, key: &str) -> Option<String> {
    let model = live(store, "counting").await;
    let document = store.document(&model, key).await.unwrap()?;
    Some(String::from_utf8(document.body.to_vec()).unwrap())
}

fn positions(numbers: &[u64]) -> Vec<Position> {
    numbers.iter().copied().map(Position::new).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poison_event_waits_with_the_later_ones_of_its_key_and_the_others_go_on() {
    for (batch, lanes) in [(100, 1), (1, 1), (2, 3)] {
        let (store, model) = (embedded(lanes), poisoned(&[5]));
        let mut options = quick(vec![Model::of(model)]);
        (options.max_events, options.lanes) = (batch, lanes);
        let projector = project(Arc::clone(&store.store) as _, options, &turns()).await;
        assert_eq!(
            shown(&*store.store, &id(0)).await.unwrap(),
            r#""[1, 4, 7]""#
        );
        assert_eq!(shown(&*store.store, &id(1)).await.unwrap(), r#""[2]""#);
        assert_eq!(
            shown(&*store.store, "total").await.unwrap(),
            r#""[1, 2, 3, 4, 5, 6, 7, 8, 9]""#
        );
        let parked = projector.parked("counting").await.unwrap();
        assert_eq!(parked.len(), 1);
        assert_eq!(
            (&parked[0].key, &parked[0].positions),
            (&id(1), &positions(&[5, 8]))
        );
        assert_eq!(parked[0].reason, "event 5 is poison");
        assert_eq!(projector.status()[0].parked, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fold_that_panics_has_only_failed() {
    let store = embedded(1);
    let model = Counting {
        panics: true,
        ..poisoned(&[1])
    };
    let projector = project(
        Arc::clone(&store.store) as _,
        quick(vec![Model::of(model)]),
        &turns(),
    )
    .await;
    let parked = projector.parked("counting").await.unwrap();
    assert_eq!(parked[0].positions, positions(&[1, 4, 7]));
    assert!(
        parked[0].reason.contains("panicked"),
        "{}",
        parked[0].reason
    );
    assert_eq!(shown(&*store.store, &id(0)).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_parked_stays_parked_after_a_restart() {
    let store = embedded(1);
    let history = turns();
    let log = MemoryLog::of(history.events());
    let model = poisoned(&[2]);
    let options = quick(vec![Model::of(model.clone())]);
    crate::testing::run_to(
        Arc::clone(&store.store) as _,
        options.clone(),
        shown_up_to(&log, 4),
        Position::new(4),
    )
    .await
    .unwrap();
    // The cause is gone, but order is not: only an operator's retry may take the first event in.
    model.refused.lock().unwrap().clear();
    log.show(9);
    let projector = crate::testing::run_to(
        Arc::clone(&store.store) as _,
        options,
        log.feeds(),
        Position::new(9),
    )
    .await
    .unwrap();
    assert_eq!(
        projector.parked("counting").await.unwrap()[0].positions,
        positions(&[2, 5, 8])
    );
    assert_eq!(shown(&*store.store, &id(1)).await, None);
}

fn shown_up_to(log: &MemoryLog, events: usize) -> crate::FeedFactory {
    log.show(events);
    log.feeds()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retried_events_are_taken_in_in_order_and_the_key_goes_on() {
    for lanes in [1, 3] {
        let (store, model) = (embedded(lanes), poisoned(&[2, 8]));
        let log = MemoryLog::of(turns().events());
        let mut options = quick(vec![Model::of(model.clone())]);
        options.lanes = lanes;
        let projector = Projector::new(Arc::clone(&store.store) as _, options);
        let (running, feeds) = (projector.clone(), shown_up_to(&log, 8));
        let running = tokio::spawn(async move { running.run(feeds, std::future::pending()).await });
        until(&projector, Position::new(8)).await;

        let failed = projector.retry_parked("counting", &id(1)).await;
        assert!(
            matches!(failed, Err(RetryError::StillFailing { position, .. }) if position == Position::new(2))
        );
        model.refused.lock().unwrap().remove(&2);
        let failed = projector.retry_parked("counting", &id(1)).await;
        assert!(
            matches!(failed, Err(RetryError::StillFailing { position, .. }) if position == Position::new(8))
        );
        assert_eq!(shown(&*store.store, &id(1)).await.unwrap(), r#""[2, 5]""#);
        assert_eq!(
            projector.parked("counting").await.unwrap()[0].positions,
            positions(&[8])
        );

        model.refused.lock().unwrap().clear();
        assert_eq!(
            projector
                .retry_parked("counting", &id(1))
                .await
                .unwrap()
                .taken_in,
            1
        );
        assert!(projector.parked("counting").await.unwrap().is_empty());
        log.show(9);
        until(&projector, Position::new(9)).await;
        assert_eq!(
            shown(&*store.store, &id(1)).await.unwrap(),
            r#""[2, 5, 8]""#
        );
        assert_eq!(projector.status()[0].parked, 0);
        running.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_cannot_be_read_parks_its_stream_until_it_can() {
    for lanes in [1, 3] {
        let store = embedded(lanes);
        let opened = json!({ "ImportRunOpened": { "source": "a", "input": "x" } });
        let history = History::new()
            .import_run(1, opened.clone())
            .unreadable("ingestion.import_run", 1)
            .import_run(2, opened.clone())
            .import_run(1, opened.clone());
        let log = MemoryLog::of(history.events());
        let mut options = quick(vec![Model::of(<Counting>::default())]);
        options.lanes = lanes;
        let projector = Projector::new(Arc::clone(&store.store) as _, options);
        let (running, feeds) = (projector.clone(), log.feeds());
        let running = tokio::spawn(async move { running.run(feeds, std::future::pending()).await });
        until(&projector, Position::new(4)).await;
        assert_eq!(shown(&*store.store, &id(1)).await.unwrap(), r#""[1]""#);
        assert_eq!(shown(&*store.store, "total").await.unwrap(), r#""[1, 3]""#);
        let parked = projector.parked("counting").await.unwrap();
        let stream = format!("stream:ingestion.import_run/{}", id(1));
        assert_eq!(
            (parked.len(), &parked[0].key, &parked[0].positions),
            (1, &stream, &positions(&[2, 4]))
        );

        // A newer version of the code can read it.
        let readable = History::new()
            .import_run(3, opened.clone())
            .import_run(1, opened)
            .events()
            .remove(1);
        log.replace(Position::new(2), readable);
        assert_eq!(
            projector
                .retry_parked("counting", &stream)
                .await
                .unwrap()
                .taken_in,
            2
        );
        assert_eq!(
            shown(&*store.store, &id(1)).await.unwrap(),
            r#""[1, 2, 4]""#
        );
        assert_eq!(
            shown(&*store.store, "total").await.unwrap(),
            r#""[1, 3, 2, 4]""#
        );
        assert!(projector.parked("counting").await.unwrap().is_empty());
        running.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_of_nothing_says_so() {
    let store = embedded(1);
    let projector = Projector::new(
        Arc::clone(&store.store) as _,
        quick(vec![Model::of(<Counting>::default())]),
    );
    assert!(matches!(
        projector.retry_parked("counting", "x").await,
        Err(RetryError::NotRunning)
    ));
    assert!(matches!(
        projector.retry_parked("page", "x").await,
        Err(RetryError::UnknownModel { .. })
    ));
    let (running, feeds) = (projector.clone(), MemoryLog::of(turns().events()).feeds());
    let running = tokio::spawn(async move { running.run(feeds, std::future::pending()).await });
    until(&projector, Position::new(9)).await;
    assert!(matches!(
        projector.retry_parked("counting", "x").await,
        Err(RetryError::NotParked { .. })
    ));
    running.abort();
}
