//! The change feed tells every change once, in order, soon; and who fell behind is told so.

use std::time::{Duration, Instant};

use accession_events::Position;
use accession_read_store::{Change, ChangeCursor, ChangeRead, ReadStore};

use crate::given::{Projector, document, model};
use crate::subject::{Subject, over_every_store};

/// Far longer than anything takes; a test that waits so long has failed.
const LONG: Duration = Duration::from_secs(20);

over_every_store!(
    changes_come_in_order_with_exact_keys_and_checkpoints,
    a_reader_at_the_end_waits_no_longer_than_its_patience,
    a_waiting_reader_is_woken_by_the_next_step,
    a_waiting_reader_holds_up_no_one_else,
    at_most_as_many_changes_as_asked_for_are_read,
    cursors_are_ordered_like_the_changes,
    a_reader_behind_the_cap_is_lost_and_can_go_on_from_the_end,
    a_place_that_was_never_given_out_is_lost,
    a_place_of_a_store_that_was_wiped_is_lost,
);

mod in_three_lanes {
    use super::{Subject, changes_of, over_every_store};
    use crate::given::{Projector, model};

    over_every_store!(lanes = 3; each_lane_has_a_feed_of_its_own);

    async fn each_lane_has_a_feed_of_its_own(store: Subject) {
        let start = store.newest_change(1).await.unwrap();
        for lane in [0, 1, 2, 1] {
            Projector::in_lane(&**store, &model("page", 1), lane)
                .await
                .write(&**store, Vec::new())
                .await;
        }
        let positions: Vec<u64> = changes_of(&**store, 1, &start)
            .await
            .iter()
            .map(|change| change.models[0].1.get())
            .collect();
        assert_eq!(positions, [1, 2]);
    }
}

async fn changes_of(store: &dyn ReadStore, lane: u16, after: &ChangeCursor) -> Vec<Change> {
    match store
        .changes(lane, after, 1_000, Duration::ZERO)
        .await
        .unwrap()
    {
        ChangeRead::Changes(changes) => changes,
        lost @ ChangeRead::Lost { .. } => panic!("{lost:?}"),
    }
}

async fn changes_come_in_order_with_exact_keys_and_checkpoints(store: Subject) {
    let start = store.newest_change(0).await.unwrap();
    let mut page = Projector::of(&**store, &model("page", 1)).await;
    let list = Projector::of(&**store, &model("list", 2)).await;
    page.write(&**store, vec![document("a"), document("九 \"b\"\0")])
        .await;
    let mut both = page.step(vec![document("c")]);
    both.steps.extend(list.step(Vec::new()).steps);
    store.commit(both).await.unwrap();
    let changes = changes_of(&**store, 0, &start).await;
    let models: Vec<_> = changes.iter().map(|change| change.models.clone()).collect();
    let keys = |keys: &[&str]| keys.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        models,
        [
            vec![(
                page.model.clone(),
                Position::new(1),
                keys(&["a", "九 \"b\"\0"])
            )],
            vec![
                (page.model.clone(), Position::new(2), keys(&["c"])),
                (list.model, Position::new(1), keys(&[]))
            ],
        ]
    );
    assert_eq!(changes[1].cursor, store.newest_change(0).await.unwrap());
    assert_eq!(
        changes_of(&**store, 0, &changes[0].cursor).await,
        changes[1..]
    );
}

async fn a_reader_at_the_end_waits_no_longer_than_its_patience(store: Subject) {
    let end = store.newest_change(0).await.unwrap();
    let started = Instant::now();
    let patience = Duration::from_millis(150);
    assert_eq!(
        store.changes(0, &end, 10, patience).await.unwrap(),
        ChangeRead::Changes(Vec::new())
    );
    assert!(
        started.elapsed() >= patience && started.elapsed() < LONG,
        "{:?}",
        started.elapsed()
    );
}

async fn a_waiting_reader_is_woken_by_the_next_step(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    let mut place = store.newest_change(0).await.unwrap();
    for number in 0..20 {
        let reader = {
            let (store, place) = (store.store.clone(), place.clone());
            tokio::spawn(async move { store.changes(0, &place, 10, LONG).await })
        };
        let key = format!("key-{number}");
        let started = Instant::now();
        projector.write(&**store, vec![document(&key)]).await;
        let ChangeRead::Changes(changes) = reader.await.unwrap().unwrap() else {
            panic!("lost")
        };
        assert!(started.elapsed() < LONG / 4, "{:?}", started.elapsed());
        assert_eq!(changes[0].models[0].2, [key]);
        place = changes[0].cursor.clone();
    }
}

async fn a_waiting_reader_holds_up_no_one_else(store: Subject) {
    let projector = Projector::of(&**store, &model("page", 1)).await;
    let end = store.newest_change(0).await.unwrap();
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (store, end) = (store.store.clone(), end.clone());
            tokio::spawn(async move { store.changes(0, &end, 10, LONG).await })
        })
        .collect();
    let started = Instant::now();
    for _ in 0..200 {
        assert_eq!(store.document(&projector.model, "a").await.unwrap(), None);
    }
    assert!(started.elapsed() < LONG / 4, "{:?}", started.elapsed());
    store
        .commit(projector.step(vec![document("a")]))
        .await
        .unwrap();
    for reader in readers {
        assert!(
            matches!(reader.await.unwrap().unwrap(), ChangeRead::Changes(changes) if changes.len() == 1)
        );
    }
}

async fn at_most_as_many_changes_as_asked_for_are_read(store: Subject) {
    let start = store.newest_change(0).await.unwrap();
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    for _ in 0..7 {
        projector.write(&**store, Vec::new()).await;
    }
    let (mut place, mut seen) = (start, Vec::new());
    while let ChangeRead::Changes(changes) =
        store.changes(0, &place, 3, Duration::ZERO).await.unwrap()
    {
        assert!(changes.len() <= 3);
        let Some(last) = changes.last() else { break };
        place = last.cursor.clone();
        seen.extend(changes.iter().map(|change| change.models[0].1.get()));
    }
    assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7]);
}

async fn cursors_are_ordered_like_the_changes(store: Subject) {
    let mut places = vec![store.newest_change(0).await.unwrap()];
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    for _ in 0..12 {
        projector.write(&**store, Vec::new()).await;
        places.push(store.newest_change(0).await.unwrap());
    }
    assert!(places.is_sorted(), "{places:?}");
}

async fn a_reader_behind_the_cap_is_lost_and_can_go_on_from_the_end(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    projector.write(&**store, Vec::new()).await;
    let early = store.newest_change(0).await.unwrap();
    // Long keys fill the feed by bytes, which takes fewer steps than filling it by entries.
    let long = "k".repeat(4_000);
    for step in 0..30 {
        let documents = (0..250)
            .map(|number| document(&format!("{long}{}", number + step)))
            .collect();
        projector.write(&**store, documents).await;
    }
    let ChangeRead::Lost { resume } = store.changes(0, &early, 10, Duration::ZERO).await.unwrap()
    else {
        panic!("the feed keeps everything")
    };
    assert_eq!(resume, store.newest_change(0).await.unwrap());
    projector.write(&**store, vec![document("next")]).await;
    let changes = changes_of(&**store, 0, &resume).await;
    assert_eq!(changes[0].models[0].2, ["next"]);
}

async fn a_place_that_was_never_given_out_is_lost(store: Subject) {
    Projector::of(&**store, &model("page", 1))
        .await
        .write(&**store, Vec::new())
        .await;
    let newest = store.newest_change(0).await.unwrap();
    for place in [
        "",
        "nonsense",
        "1-2-3",
        "00000000000000000001-18446744073709551615",
    ] {
        let read = store
            .changes(0, &ChangeCursor(place.to_owned()), 10, LONG)
            .await
            .unwrap();
        assert_eq!(
            read,
            ChangeRead::Lost {
                resume: newest.clone()
            },
            "{place}"
        );
    }
}

async fn a_place_of_a_store_that_was_wiped_is_lost(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    for _ in 0..3 {
        projector.write(&**store, Vec::new()).await;
    }
    let ahead = store.newest_change(0).await.unwrap();
    // A wiped store is a new one: nothing in it knows the old place.
    let wiped = crate::subject::like(&store).await;
    let read = wiped.changes(0, &ahead, 10, LONG).await.unwrap();
    assert_eq!(
        read,
        ChangeRead::Lost {
            resume: wiped.newest_change(0).await.unwrap()
        }
    );
}
