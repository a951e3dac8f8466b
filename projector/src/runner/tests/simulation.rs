//! The runner driven through thousands of schedules of crashes, calls that fail before or after their work, projectors that
//! take over from each other, new folds, and a store that goes back or forgets: seeded, in simulated time.
//!
//! A failure prints its seed; `SEED=… cargo test -p accession-projector simulation` plays that one alone.

mod store;
mod world;

use std::sync::Arc;
use std::time::Duration;

use accession_events::{Position, RecordedEvent};
use accession_feed::{Feed, FeedError};
use accession_testkit::Dice;
use async_trait::async_trait;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use self::store::Connection;
use self::world::{Stored, World};
use crate::runner::{FeedFactory, Model, Projector, ProjectorOptions};
use crate::testing::{Counting, History, by};

/// Schedules that every run of the tests plays.
const SCHEDULES: u32 = 150;
/// The length of the trouble, in simulated time.
const TROUBLE: Duration = Duration::from_secs(20);
const CALM: Duration = Duration::from_mins(3);
const POLL: Duration = Duration::from_millis(50);
const EVENTS: u64 = 90;
const TITLES: u64 = 7;

/// A feed over the log that is interrupted now and then. It polls, because who waits at one channel is woken in any order.
struct Interrupted {
    world: World,
}

#[async_trait]
impl Feed for Interrupted {
    async fn after(
        &mut self,
        after: Position,
        max: usize,
        patience: Duration,
    ) -> Result<Vec<RecordedEvent>, FeedError> {
        let until = Instant::now() + patience;
        loop {
            if self.world.trouble().strikes(2) {
                let reason = "the simulation cut the line".into();
                return Err(FeedError::Interrupted { reason });
            }
            let from = usize::try_from(after.get()).unwrap();
            let page: Vec<_> = self
                .world
                .log()
                .iter()
                .skip(from)
                .take(max)
                .cloned()
                .collect();
            if !page.is_empty() || Instant::now() >= until {
                return Ok(page);
            }
            // tidy: allow no-sleep because simulated time passes at once
            tokio::time::sleep(POLL).await;
        }
    }

    fn newest_known(&self) -> Position {
        Position::new(self.world.log().len() as u64)
    }
}

/// A program with its supervisor: which version, and the task that starts it again whenever it ends.
struct Program {
    task: JoinHandle<()>,
}

impl Program {
    fn start(number: usize, version: u32, world: &World) -> Self {
        let model = match version {
            1 => Model::of(Counting::<1>::default()),
            _ => Model::of(Counting::<2>::default()),
        };
        let options = ProjectorOptions {
            lanes: world.lanes(),
            max_events: 11,
            far_behind: 25,
            ..ProjectorOptions::new(vec![model])
        };
        let world = world.clone();
        let task = tokio::spawn(async move {
            loop {
                let store = Connection {
                    world: world.clone(),
                    projector: number,
                };
                let projector = Projector::new(Arc::new(store), options.clone());
                let ended = projector.run(feeds(&world), std::future::pending()).await;
                world.note(&format!("projector {number} ended: {ended:?}"));
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        Self { task }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn feeds(world: &World) -> FeedFactory {
    let world = world.clone();
    Arc::new(move || {
        Box::new(Interrupted {
            world: world.clone(),
        }) as Box<dyn Feed>
    })
}

fn events() -> Vec<RecordedEvent> {
    let history = (0..EVENTS).fold(History::new(), |history, number| {
        let title = number % TITLES;
        let event = match number / TITLES {
            0 => {
                let facts = json!([{ "field": "name", "value": format!("Title {title}") }]);
                json!({ "TitleAdded": { "kind": "book", "slug": format!("t-{title}"), "provenance": by("a", "1"), "facts": facts } })
            }
            turn if turn % 2 == 1 => json!({ "TitleFieldLocked": { "field": "name" } }),
            _ => json!({ "TitleFieldUnlocked": { "field": "name" } }),
        };
        history.title(title, event)
    });
    history.events()
}

/// Plays a schedule over a store that compares what it must (`fenced`), or does not. What was wrong, and what happened.
fn play(seed: u64, fenced: bool) -> (Vec<String>, Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let world = World::new(seed, events(), fenced);
        let mut dice = Dice::new(seed);
        world.show(3);
        let mut programs = [0, 1].map(|number| Program::start(number, 1, &world));
        let (mut version, mut shown) = (1, 3);
        let mut copy = Stored::default();
        let end = Instant::now() + TROUBLE;
        while Instant::now() < end {
            match dice.below(100) {
                0..45 => {
                    shown = (shown + 1 + dice.place(6)).min(usize::try_from(EVENTS).unwrap());
                    world.show(shown);
                }
                45..65 => {
                    let number = dice.place(2);
                    world.note(&format!("projector {number} crashes"));
                    programs[number] = Program::start(number, version, &world);
                }
                65..75 => copy = world.stored().clone(),
                75..79 => world.go_back(copy.clone()),
                79..80 => world.go_back(Stored::default()),
                80..84 => version = 2,
                _ => {}
            }
            tokio::time::sleep(Duration::from_millis(dice.below(400))).await;
        }
        world.trouble().is_on = false;
        world.show(usize::try_from(EVENTS).unwrap());
        drop(programs);
        let _last = Program::start(0, 2, &world);
        let done = async {
            for second in 0.. {
                if world.is_done("2") {
                    break;
                }
                if second == 60 {
                    world.promote("2");
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        let mut wrong = world.wrong();
        if tokio::time::timeout(CALM, done).await.is_err() {
            wrong.push(format!("stuck: {:?}", world.stored().checkpoints));
        }
        (wrong, world.history())
    })
}

#[test]
fn no_schedule_makes_the_runner_skip_an_event_take_it_in_twice_or_send_readers_back() {
    if let Ok(seed) = std::env::var("SEED") {
        let (wrong, history) = play(seed.parse().unwrap(), true);
        eprintln!("{}\n{wrong:#?}", history.join("\n"));
        return;
    }
    let began = std::time::Instant::now();
    let mut happened = String::new();
    for seed in 0..u64::from(SCHEDULES) {
        let (wrong, history) = play(seed, true);
        assert!(
            wrong.is_empty(),
            "seed {seed}: {wrong:#?}\n{}",
            history.join("\n")
        );
        happened.push_str(&history.join("\n"));
    }
    let a_minute = u128::from(SCHEDULES) * 60_000 / began.elapsed().as_millis().max(1);
    let count = |what: &str| happened.matches(what).count();
    let (steps, fenced, back) = (count(" to "), count("Fenced"), count("goes back"));
    assert!(
        count("operator") < usize::try_from(SCHEDULES).unwrap() / 10,
        "operators are needed too often"
    );
    eprintln!("{a_minute} schedules a minute; {steps} steps, {fenced} fenced, {back} times back");
    assert!(
        steps > 2000 && fenced > 100 && back > 100 && count("generation 2") > 100,
        "the schedules are harmless: {steps} steps, {fenced} fenced, {back} times back"
    );
}

#[test]
fn a_store_that_compares_nothing_is_found_out() {
    assert!((0..u64::from(SCHEDULES)).any(|seed| !play(seed, false).0.is_empty()));
}

#[test]
fn a_seed_gives_the_same_schedule_every_time() {
    for seed in [5, 42] {
        assert_eq!(play(seed, true), play(seed, true));
    }
}
