//! Guesses: free at first, then with growing waits, each guesser for themselves.

use accession_secrets::guesses;
use jiff::{SignedDuration, Timestamp};

use crate::room::{Room, over_both};

over_both!(
    five_attempts_are_free_and_each_further_one_waits_longer,
    one_guesser_does_not_hold_up_another,
    of_many_attempts_at_the_same_time_only_the_free_ones_pass,
    what_was_right_or_long_ago_is_forgotten,
);

const ONE: [u8; 32] = [1; 32];
const OTHER: [u8; 32] = [2; 32];

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_000_000 + seconds)
}

async fn five_attempts_are_free_and_each_further_one_waits_longer(room: Room) {
    let store = guesses::open(&room.database);
    for _ in 0..5 {
        assert_eq!(store.attempt(&ONE, at(0)).await.unwrap(), None);
    }
    assert_eq!(store.attempt(&ONE, at(1)).await.unwrap(), Some(at(15)));
    assert_eq!(store.attempt(&ONE, at(14)).await.unwrap(), Some(at(15)));
    assert_eq!(store.attempt(&ONE, at(15)).await.unwrap(), None);
    assert_eq!(store.attempt(&ONE, at(16)).await.unwrap(), Some(at(45)));
    assert_eq!(store.attempt(&ONE, at(45)).await.unwrap(), None);
    assert_eq!(store.attempt(&ONE, at(46)).await.unwrap(), Some(at(105)));
}

async fn one_guesser_does_not_hold_up_another(room: Room) {
    let store = guesses::open(&room.database);
    for _ in 0..6 {
        store.attempt(&ONE, at(0)).await.unwrap();
    }
    assert!(store.attempt(&ONE, at(0)).await.unwrap().is_some());
    assert_eq!(store.attempt(&OTHER, at(0)).await.unwrap(), None);
}

async fn of_many_attempts_at_the_same_time_only_the_free_ones_pass(room: Room) {
    let store = guesses::open(&room.database);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let store = store.clone();
        tasks.spawn(async move { store.attempt(&ONE, at(0)).await.unwrap().is_none() });
    }
    let passed = tasks.join_all().await;
    assert_eq!(passed.iter().filter(|passed| **passed).count(), 5);
}

async fn what_was_right_or_long_ago_is_forgotten(room: Room) {
    let store = guesses::open(&room.database);
    for key in [&ONE, &OTHER] {
        for _ in 0..6 {
            store.attempt(key, at(0)).await.unwrap();
        }
    }
    store.was_right(&ONE).await.unwrap();
    assert_eq!(store.attempt(&ONE, at(0)).await.unwrap(), None);
    let tomorrow = 24 * 3600 + 60;
    assert_eq!(store.attempt(&OTHER, at(tomorrow)).await.unwrap(), None);
    assert_eq!(
        store.attempt(&OTHER, at(tomorrow)).await.unwrap(),
        None,
        "counted anew"
    );
    assert_eq!(store.forget_old(at(2 * tomorrow)).await.unwrap(), 2);
}
