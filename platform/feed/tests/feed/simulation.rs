//! The relay driven through thousands of schedules of crashes, lost and repeated messages, broken connections, leases that
//! two hold, and streams that lose their end: seeded, in simulated time, with nothing real but the relay.
//!
//! A failure prints its seed; `SEED=… cargo test -p accession-feed simulation` plays that one alone.

mod lease;
mod stream;
mod world;

use std::time::{Duration, Instant};

use accession_testkit::Dice;
use tokio::runtime::{Builder, Runtime};

use world::World;

/// Schedules that every run of the tests plays.
const SCHEDULES: u64 = 400;
/// The length of the trouble, in simulated time.
const TROUBLE: Duration = Duration::from_secs(20);
/// The server's memory of message ids is two minutes; whatever depends on it has passed after this.
const CALM: Duration = Duration::from_mins(5);

/// A runtime whose time passes when nobody has anything to do.
fn simulated() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime can be made")
}

/// Plays a schedule on a server that stores a message only where it was meant for (`fenced`), or anywhere. What was wrong,
/// and what happened, line by line.
fn play(seed: u64, fenced: bool) -> (Vec<String>, Vec<String>) {
    simulated().block_on(async {
        let world = World::new(seed, fenced);
        let mut dice = Dice::new(seed);
        let end = tokio::time::Instant::now() + TROUBLE;
        while tokio::time::Instant::now() < end {
            world.trouble(&mut dice);
            // tidy: allow no-sleep because simulated time passes at once
            tokio::time::sleep(Duration::from_millis(dice.below(300))).await;
        }
        world.calm_down();
        let caught_up = tokio::time::timeout(CALM, world.caught_up()).await;
        let mut wrong = world.wrong();
        if caught_up.is_err() {
            wrong.push("the relay is stuck".into());
        }
        (wrong, world.history())
    })
}

#[test]
fn no_schedule_makes_the_relay_skip_repeat_or_reorder() {
    if let Ok(seed) = std::env::var("SEED") {
        let (wrong, history) = play(seed.parse().expect("SEED is a number"), true);
        eprintln!("{}\n{wrong:#?}", history.join("\n"));
        return;
    }
    let began = Instant::now();
    let (mut stored, mut lost) = (0, 0);
    for seed in 0..SCHEDULES {
        let (wrong, history) = play(seed, true);
        assert!(
            wrong.is_empty(),
            "seed {seed}: {wrong:#?}\n{}",
            history.join("\n")
        );
        stored += history
            .iter()
            .filter(|line| line.contains("stored"))
            .count();
        lost += history.iter().filter(|line| line.contains("lost")).count();
    }
    let a_minute = u128::from(SCHEDULES) * 60_000 / began.elapsed().as_millis().max(1);
    eprintln!("{a_minute} schedules a minute; {stored} messages stored, {lost} losses");
    assert!(stored > 10_000 && lost > 1000, "the schedules are harmless");
}

#[test]
fn a_seed_gives_the_same_schedule_every_time() {
    for seed in [3, 77] {
        assert_eq!(play(seed, true), play(seed, true));
    }
}

#[test]
fn a_server_that_stores_messages_anywhere_is_found_out() {
    assert!((0..SCHEDULES).any(|seed| !play(seed, false).0.is_empty()));
}
