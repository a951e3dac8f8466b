//! Figures, not promises: how fast the relay is and how long an event takes to its reader. Run by hand, with
//! `cargo test --release -p accession-feed --test feed measure -- --ignored --nocapture`.
//! It never fails for being slow: the machine is not the product.

use std::time::{Duration, Instant};

use accession_events::Position;
use accession_feed::Feed;
use accession_feed::relay::lease::AlwaysHeld;

use crate::rig::{PATIENCE, Running, read_until};
use crate::stage::{BUS_ALONE, Stage};

const EVENTS: u64 = 50_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn events_a_second_through_the_relay() {
    for _ in 0..5 {
        let stage = Stage::set().await;
        let running = Running::relay(&stage.log, &stage.bus, Box::new(AlwaysHeld));
        running.publishing().await;
        let mut feed = stage.feed(BUS_ALONE);
        stage.log.append(1);
        read_until(&mut feed, 0, 1).await;
        stage.log.append_silently(EVENTS);
        let began = Instant::now();
        let reading = tokio::spawn(async move {
            read_until(&mut feed, 1, EVENTS + 1).await;
            began.elapsed()
        });
        stage.log.wake_all();
        running.published(EVENTS + 1).await;
        let published = began.elapsed();
        let read = reading.await.expect("the reader ends well");
        let per_second = |took: Duration| 50_000.0 / took.as_secs_f64();
        println!(
            "relay {:>8.0}/s   to the reader {:>8.0}/s",
            per_second(published),
            per_second(read)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn delay_from_append_to_reader() {
    let stage = Stage::set().await;
    let running = Running::relay(&stage.log, &stage.bus, Box::new(AlwaysHeld));
    running.publishing().await;
    let mut feed = stage.feed(BUS_ALONE);
    stage.log.append(1);
    read_until(&mut feed, 0, 1).await;
    let mut delays = Vec::new();
    let mut ticks = tokio::time::interval(Duration::from_millis(2));
    for number in 2..=5_001_u64 {
        ticks.tick().await;
        let began = Instant::now();
        stage.log.append(1);
        let page = feed
            .after(Position::new(number - 1), 10, PATIENCE)
            .await
            .expect("an event");
        delays.push(began.elapsed());
        assert_eq!(page.len(), 1);
    }
    delays.sort();
    let at = |share: usize| delays[delays.len() * share / 1000];
    println!(
        "append to reader at 500/s: p50 {:?}  p99 {:?}  p99.9 {:?}",
        at(500),
        at(990),
        at(999)
    );
}
