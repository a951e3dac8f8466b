//! Lanes that are followed at once, and places that are gone on from.
//!
//! Never without a store: what a feed says is what an embedded one writes.

use accession_read_store::{
    Commit, EmbeddedOptions, EmbeddedStore, FencingToken, Generation, ModelRef, ModelStep,
};

use crate::search::topic::Topic;

use super::*;

fn pages() -> ModelRef {
    ModelRef {
        name: "title_page".into(),
        generation: Generation(1),
    }
}

fn made() -> Made {
    Made {
        topic: Topic::Titles,
        of: pages(),
        joined: Vec::new(),
    }
}

/// A step of the pages in a lane, without documents.
async fn step(store: &Arc<dyn ReadStore>, lane: u16, from: u64, fence: FencingToken) {
    let step = ModelStep {
        model: pages(),
        expected: Position::new(from),
        next: Position::new(from + 1),
        fence,
        documents: Vec::new(),
    };
    let steps = vec![step];
    store.commit(Commit { lane, steps }).await.unwrap();
}

async fn store_of_three_lanes(folder: &tempfile::TempDir) -> Arc<dyn ReadStore> {
    let options = EmbeddedOptions {
        lanes: 3,
        ..EmbeddedOptions::new(folder.path())
    };
    let store: Arc<dyn ReadStore> = Arc::new(EmbeddedStore::open_with(&options).unwrap());
    store.register(&pages(), "fold").await.unwrap();
    store
}

async fn at_the_end(store: &Arc<dyn ReadStore>) -> Vec<Lane> {
    let mut lanes = Vec::new();
    for number in 0..3 {
        lanes.push(Lane {
            place: store.newest_change(number).await.unwrap(),
            position: Position::START,
            joined: Vec::new(),
            proof: None,
        });
    }
    lanes
}

#[tokio::test]
async fn a_change_in_any_lane_is_heard_at_once_while_the_others_are_silent() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_of_three_lanes(&folder).await;
    let mut lanes = at_the_end(&store).await;
    let mut tail = Tail::of(&store, &lanes);
    for lane in [2, 0, 1] {
        let fence = store.take_over(&pages(), lane).await.unwrap().fence;
        step(&store, lane, 0, fence).await;
        let begun = std::time::Instant::now();
        let heard = tail.next().await.unwrap();
        assert!(begun.elapsed() < PATIENCE / 2);
        assert_eq!(heard.0, usize::from(lane));
        let mut batch = Batch::default();
        batch.take(&mut lanes, heard, &made()).unwrap();
        assert!(batch.steps == 1 && !batch.is_lost);
    }
    assert!(lanes.iter().all(|lane| lane.position == Position::new(1)));
}

#[tokio::test]
async fn a_lane_goes_on_only_from_what_the_feed_bears_out() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_of_three_lanes(&folder).await;
    let fence = store.take_over(&pages(), 1).await.unwrap().fence;
    let mut lanes = at_the_end(&store).await;
    let mut tail = Tail::of(&store, &lanes);
    let unproven = lanes[1].mark();
    step(&store, 1, 0, fence).await;
    let heard = tail.next().await.unwrap();
    let mut batch = Batch::default();
    batch.take(&mut lanes, heard, &made()).unwrap();
    let proven = lanes[1].mark();
    let resumed = async |mark: &Mark| {
        let lane = Lane::resumed(&store, 1, &made(), mark).await.unwrap();
        lane.map(|lane| lane.place)
    };
    // As far as the documents.
    assert_eq!(resumed(&proven).await, Some(lanes[1].place.clone()));
    step(&store, 1, 1, fence).await;
    // Behind them, with a proof and without one.
    assert_eq!(resumed(&proven).await, Some(lanes[1].place.clone()));
    assert_eq!(resumed(&unproven).await, None);
    // A store that went back and took other steps says something else at this place.
    let mut other = proven.clone();
    other.proof = Proof::of(
        &ChangeCursor(unproven.place.clone()),
        &Change {
            cursor: lanes[1].place.clone(),
            models: vec![(pages(), Position::new(1), vec!["other".into()])],
        },
        &pages(),
    );
    assert_eq!(resumed(&other).await, None);
    let beyond = Mark {
        place: format!("{}9", proven.place),
        ..proven
    };
    assert_eq!(resumed(&beyond).await, None);
}
