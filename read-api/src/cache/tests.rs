//! No reader sees an older document after a newer one, nor a position that its answer lacks.
//!
//! Never depends on the machine: time is virtual, and every pause comes from a seed.

mod history;
mod pausing_store;
mod readers;

use std::sync::Arc;
use std::time::Duration;

use accession_service::shutdown::shutdown;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::{HotDocuments, LookUp, follow};
use crate::feed_health::FeedHealth;
use crate::models::Model;
use history::PAGE;
use pausing_store::PausingStore;
use readers::{Reading, read_for_ever, write_for_a_while};

const SEEDS: u64 = 200;

/// What a run may do to its readers.
#[derive(Debug, Clone, Copy)]
struct Weather {
    lanes: u16,
    bytes: usize,
    /// The change feed breaks, loses its place, and generations are promoted.
    rough: bool,
}

async fn run(seed: u64, weather: Weather) -> Reading {
    let store = Arc::new(PausingStore::new(seed, weather.lanes));
    let cache = Arc::new(HotDocuments::new(
        store.clone(),
        weather.bytes,
        weather.lanes,
    ));
    let (trigger, signal) = shutdown();
    let health = Arc::new(FeedHealth::new(weather.lanes));
    let followers: Vec<_> = (0..weather.lanes)
        .map(|lane| tokio::spawn(follow(cache.clone(), lane, health.clone(), signal.clone())))
        .collect();
    let readers: Vec<_> = (0..4)
        .map(|reader| {
            tokio::spawn(read_for_ever(
                cache.clone(),
                store.clone(),
                seed * 10 + reader,
                signal.clone(),
            ))
        })
        .collect();
    write_for_a_while(&store, seed, weather.rough).await;
    let newest = store.history().position();
    let reached = cache.wait_for(PAGE, newest, Duration::from_mins(1)).await;
    assert!(
        reached.is_some(),
        "seed {seed}: the end of the feed was never published"
    );
    trigger.stop();
    for follower in followers {
        follower.await.unwrap();
    }
    let mut sum = Reading::default();
    for reader in readers {
        sum.add(
            &reader
                .await
                .unwrap_or_else(|error| panic!("seed {seed} {weather:?}: {error}")),
        );
    }
    sum.from_store = store.documents_read();
    sum
}

async fn over_seeds(weather: Weather) {
    let mut sum = Reading::default();
    for seed in 0..SEEDS {
        sum.add(&run(seed, weather).await);
    }
    // The test would prove nothing if nobody read from memory, or if nothing ever changed under a reader. In rough
    // weather the follower pauses after each break, and reads go past the cache meanwhile.
    assert!(sum.reads > SEEDS * 50, "{sum:?}");
    let tenths = if weather.rough { 9 } else { 7 };
    let remembers = sum.from_store * 10 < sum.reads * tenths;
    assert!(weather.bytes == 0 || remembers, "{sum:?}");
    assert!(sum.newer_than_position > 0, "{sum:?}");
}

#[tokio::test(start_paused = true)]
async fn under_every_interleaving_versions_never_go_back_and_positions_are_true() {
    over_seeds(Weather {
        lanes: 1,
        bytes: 1 << 20,
        rough: false,
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_same_while_the_feed_breaks_is_lost_and_generations_are_promoted() {
    over_seeds(Weather {
        lanes: 1,
        bytes: 1 << 20,
        rough: true,
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_same_over_several_lanes() {
    over_seeds(Weather {
        lanes: 3,
        bytes: 1 << 20,
        rough: true,
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_same_with_a_cache_so_small_that_documents_push_each_other_out() {
    over_seeds(Weather {
        lanes: 1,
        bytes: 12_000,
        rough: true,
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_same_with_a_cache_that_keeps_nothing() {
    over_seeds(Weather {
        lanes: 1,
        bytes: 0,
        rough: true,
    })
    .await;
}

async fn following(store: &Arc<PausingStore>) -> Arc<HotDocuments> {
    let cache = Arc::new(HotDocuments::new(store.clone(), 1 << 20, 1));
    cache.begin(0).await.unwrap();
    cache
}

#[tokio::test(start_paused = true)]
async fn a_hundred_readers_of_one_document_make_one_read() {
    let store = Arc::new(PausingStore::new(1, 1));
    let cache = following(&store).await;
    let readers: Vec<_> = (0..100)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move {
                let standing = cache.standing(PAGE).unwrap();
                cache
                    .document(&standing, "k0")
                    .await
                    .unwrap()
                    .unwrap()
                    .position
            })
        })
        .collect();
    for reader in readers {
        reader.await.unwrap();
    }
    assert_eq!(store.documents_read(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_reader_who_went_away_while_it_read_for_others_holds_up_nobody() {
    for seed in 0..50 {
        let store = Arc::new(PausingStore::new(seed, 1));
        let cache = following(&store).await;
        let read = |cache: Arc<HotDocuments>| async move {
            let standing = cache.standing(PAGE).unwrap();
            cache
                .document(&standing, "k0")
                .await
                .unwrap()
                .unwrap()
                .position
        };
        let leader = tokio::spawn(read(cache.clone()));
        let others: Vec<_> = (0..5).map(|_| tokio::spawn(read(cache.clone()))).collect();
        for _ in 0..StdRng::seed_from_u64(seed).random_range(0..6) {
            tokio::task::yield_now().await;
        }
        leader.abort();
        for other in others {
            let read = tokio::time::timeout(Duration::from_secs(5), other).await;
            read.expect("somebody else reads").unwrap();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_read_fails_for_all_who_waited_and_is_not_kept() {
    let store = Arc::new(PausingStore::new(1, 1));
    let cache = following(&store).await;
    store.break_reads(true);
    let standing = cache.standing(PAGE).unwrap();
    let (one, other) = tokio::join!(
        cache.document(&standing, "k0"),
        cache.document(&standing, "k0")
    );
    assert!(one.is_err() && other.is_err());
    store.break_reads(false);
    assert!(cache.document(&standing, "k0").await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_known_way_is_forgotten_when_its_document_changes_and_only_then() {
    let store = Arc::new(PausingStore::new(1, 1));
    let cache = following(&store).await;
    let standing = cache.standing(PAGE).unwrap();
    let owner = async || {
        let held = cache.resolve(&standing, LookUp::Slug, "name").await;
        held.unwrap().unwrap().key.to_string()
    };
    let first = owner().await;
    let scans = store.scans();
    assert_eq!((owner().await, store.scans()), (first.clone(), scans));
    let change = store.move_name();
    cache.take(0, &change).await.unwrap();
    assert_ne!(owner().await, first);
    assert!(store.scans() > scans);
    assert_eq!(Model::named("title_page"), Some(PAGE));
}
