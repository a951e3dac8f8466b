//! Readers that judge every answer, and a writer that gives them something to judge.
//!
//! Never more lenient than the promise: an answer is judged by what its reader could know when it asked.

// tidy: allow no-sleep because time is virtual here: a sleep ends when everyone else waits, and takes no time

use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use accession_service::shutdown::Shutdown;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::history::{KEYS, PAGE};
use super::pausing_store::Shared;
use crate::cache::{Held, HotDocuments, LookUp, Standing};

/// What readers did.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    pub(super) reads: u64,
    pub(super) from_store: u64,
    /// Answers that contained more than they claimed: proof that changes came in while somebody read.
    pub(super) newer_than_position: u64,
}

impl Reading {
    pub(super) fn add(&mut self, other: &Self) {
        self.reads += other.reads;
        self.from_store += other.from_store;
        self.newer_than_position += other.newer_than_position;
    }
}

/// Reads in every way there is until the signal to stop.
pub(super) async fn read_for_ever(
    cache: Arc<HotDocuments>,
    store: Shared,
    seed: u64,
    stop: Shutdown,
) -> Reading {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut reading = Reading::default();
    while !stop.is_stopping() {
        tokio::time::sleep(Duration::from_micros(rng.random_range(0..1500))).await;
        let before = store.history();
        let standing = match cache.standing(PAGE) {
            Some(standing) => standing,
            None => cache.ask_standing(PAGE).await.unwrap().unwrap(),
        };
        store.pause().await;
        let found = ask(&cache, &standing, &mut rng).await;
        let now = store.history();
        for (asked, held) in found {
            let key = KEYS.into_iter().find(|key| **key == *held.key).unwrap();
            let (claimed, version) = (standing.position, held.position);
            assert!(
                version >= before.seen(key),
                "{key}: {version} after {} was seen",
                before.seen(key)
            );
            assert!(
                version >= now.version(key, claimed),
                "{key}: {version} claims {claimed}"
            );
            match asked {
                Some(asked) => assert_eq!(asked, key),
                None => assert!(
                    now.had_name(key, claimed),
                    "{key} never had the name from {claimed} on"
                ),
            }
            reading.reads += 1;
            reading.newer_than_position += u64::from(version > claimed);
            store.see(key, version);
        }
    }
    reading
}

type Answers = Vec<(Option<&'static str>, Arc<Held>)>;

async fn ask(cache: &HotDocuments, standing: &Standing, rng: &mut StdRng) -> Answers {
    match rng.random_range(0..4) {
        0 => {
            let keys: Vec<&'static str> = KEYS.choose_multiple(rng, 3).copied().collect();
            let texts: Vec<String> = keys.iter().map(ToString::to_string).collect();
            let found = cache.documents(standing, &texts).await.unwrap();
            keys.into_iter()
                .map(Some)
                .zip(found.into_iter().map(Option::unwrap))
                .collect()
        }
        1 => {
            let held = cache.resolve(standing, LookUp::Slug, "name").await.unwrap();
            vec![(None, held.unwrap())]
        }
        _ => {
            let key = KEYS.choose(rng).unwrap();
            let held = cache.document(standing, key).await.unwrap();
            vec![(Some(*key), held.unwrap())]
        }
    }
}

/// Lets things happen, each lane in its own time.
pub(super) async fn write_for_a_while(store: &Shared, seed: u64, rough: bool) {
    let mut rng = StdRng::seed_from_u64(seed ^ 0xACCE_5510);
    let lanes = store.lanes();
    for _ in 0..30 {
        tokio::time::sleep(Duration::from_micros(rng.random_range(0..3000))).await;
        if lanes == 1 && rng.random_ratio(1, 4) {
            store.move_name();
        } else {
            let count = rng.random_range(0..3);
            let (position, keys) =
                store.happen(KEYS.choose_multiple(&mut rng, count).copied().collect());
            for lane in 0..lanes {
                store.pause().await;
                store.take_in(lane, position, &keys);
            }
        }
        if rough {
            trouble(store, &mut rng).await;
        }
    }
}

async fn trouble(store: &Shared, rng: &mut StdRng) {
    match rng.random_range(0..12) {
        0 => store.lose_place(),
        1 | 2 => store.promote_the_other(),
        3 => {
            store.break_feed(true);
            store.pause().await;
            store.break_feed(false);
        }
        _ => {}
    }
    debug_assert!(store.history().position() > Position::START);
}
