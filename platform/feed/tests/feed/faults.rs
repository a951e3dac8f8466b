//! Faults of the bus and the relay, against a real nats-server. In each, the reader sees every position exactly once,
//! in order. No fault here ever touches the log: it is the record.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use accession_feed::RelayState;
use accession_feed::relay::lease::{AlwaysHeld, Lease, LeaseError};
use accession_testkit::eventually;
use async_trait::async_trait;

use crate::memory_log::MemoryLog;
use crate::rig::{PATIENCE, Running};
use crate::stage::{BUS_ALONE, Reader, SOON, Stage, all};

/// A lease that the test gives and takes. Its holder believes what it is told.
#[derive(Clone, Default)]
struct Given(Arc<AtomicBool>);

impl Given {
    fn held(held: bool) -> Self {
        Self(Arc::new(AtomicBool::new(held)))
    }

    fn set(&self, held: bool) {
        self.0.store(held, Ordering::SeqCst);
    }
}

#[async_trait]
impl Lease for Given {
    async fn try_acquire(&mut self) -> Result<bool, LeaseError> {
        self.is_held().await
    }

    async fn is_held(&mut self) -> Result<bool, LeaseError> {
        Ok(self.0.load(Ordering::SeqCst))
    }

    async fn release(&mut self) {
        self.set(false);
    }
}

fn relay(stage: &Stage) -> Running {
    Running::relay(&stage.log, &stage.bus, Box::new(AlwaysHeld))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_killed_in_mid_window_is_continued_by_another() {
    let stage = Stage::set().await;
    let mut reader = Reader::start(&stage, SOON);
    let mut running = relay(&stage);
    running.publishing().await;
    for round in 1..=5_u64 {
        stage.log.append(4_000);
        running.published((round - 1) * 4_000 + 700).await;
        running.kill().await;
        running = relay(&stage);
        running.publishing().await;
    }
    running.published(20_000).await;
    reader.reached(20_000).await;
    assert_eq!(stage.on_the_bus().await, all(1, 20_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_relays_that_both_believe_to_hold_the_lease_put_nothing_twice_or_out_of_order() {
    let stage = Stage::set().await;
    let mut reader = Reader::start(&stage, SOON);
    let relays = [relay(&stage), relay(&stage), relay(&stage)];
    for running in &relays {
        running.publishing().await;
    }
    for burst in 0..300 {
        stage.log.append(burst % 40);
        tokio::task::yield_now().await;
    }
    let total = stage.log.all().len() as u64;
    for running in &relays {
        running.published(total).await;
    }
    reader.reached(total).await;
    assert_eq!(stage.on_the_bus().await, all(1, total));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_relay_that_comes_back_without_its_lease_is_fenced() {
    let stage = Stage::set().await;
    let mut reader = Reader::start(&stage, SOON);
    let lease = Given::held(true);
    let slow_log = stage.log.twin();
    let zombie = Running::relay(&slow_log, &stage.bus, Box::new(lease.clone()));
    zombie.publishing().await;
    stage.log.append(100);
    slow_log.wake_all();
    zombie.published(100).await;

    // It has events 101..=150 in hand when it stops; meanwhile the stream is made anew and another takes over.
    let pause = slow_log.pause_after_next_read_of(50);
    stage.log.append(50);
    slow_log.wake_all();
    pause.reached().await;
    lease.set(false);
    let context = stage.context().await;
    context
        .delete_stream(&stage.bus.config().stream)
        .await
        .expect("the stream is there");
    let successor = relay(&stage);
    successor.publishing().await;
    stage.log.append(20);
    successor.published(170).await;

    pause.end();
    zombie
        .until(|status| status.state == RelayState::Standby)
        .await;
    stage.log.append(5);
    successor.published(175).await;
    reader.reached(175).await;
    // The successor began at the end of the log that it found.
    assert_eq!(stage.on_the_bus().await, all(151, 175));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_lost_its_last_messages_gets_them_again() {
    let stage = Stage::set().await;
    stage.make_a_stream_that_can_lose_messages().await;
    let running = relay(&stage);
    running.publishing().await;
    let mut reader = Reader::start(&stage, SOON);
    stage.log.append(100);
    reader.reached(100).await;
    running.published(100).await;
    stage.lose_the_messages_from(91).await;
    // The server still remembers the ids of what the stream has lost; that must not keep the relay from publishing.
    eventually(PATIENCE, || async {
        let found = stage.on_the_bus().await;
        if found == all(1, 100) {
            Ok(())
        } else {
            Err(format!("{found:?} {:?}", running.status.borrow()))
        }
    })
    .await;
    stage.log.append(10);
    running.published(110).await;
    reader.reached(110).await;
    assert_eq!(stage.on_the_bus().await, all(1, 110));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_restored_from_an_older_copy_is_continued_where_it_ends() {
    let stage = Stage::set().await;
    let running = relay(&stage);
    running.publishing().await;
    let mut reader = Reader::start(&stage, SOON);
    stage.log.append(50);
    reader.reached(50).await;
    running.published(50).await;
    stage.nats.stop().await;
    let copy = tempfile::tempdir().expect("a directory");
    copy_all(&stage.nats.data(), copy.path());
    stage.nats.restart().await;
    stage.log.append(50);
    running.published(100).await;
    reader.on_the_bus().await;

    stage.nats.kill();
    std::fs::remove_dir_all(stage.nats.data()).expect("the data is there");
    copy_all(copy.path(), &stage.nats.data());
    stage.nats.restart().await;
    stage.log.append(10);
    running.published(110).await;
    reader.reached(110).await;
    assert_eq!(stage.on_the_bus().await, all(1, 110));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_deleted_in_service_is_made_anew_and_readers_heal() {
    let stage = Stage::set().await;
    let running = relay(&stage);
    running.publishing().await;
    let mut reader = Reader::start(&stage, SOON);
    stage.log.append(100);
    reader.reached(100).await;
    reader.on_the_bus().await;
    for round in 1..=3_u64 {
        let context = stage.context().await;
        context
            .delete_stream(&stage.bus.config().stream)
            .await
            .expect("the stream is there");
        stage.log.append(30);
        running.published(100 + round * 30).await;
        reader.reached(100 + round * 30).await;
        reader.on_the_bus().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_go_on_while_the_bus_is_away_and_return_to_it() {
    for with_its_data in [true, false] {
        let stage = Stage::set().await;
        let running = relay(&stage);
        running.publishing().await;
        let mut reader = Reader::start(&stage, SOON);
        stage.log.append(100);
        reader.reached(100).await;
        reader.on_the_bus().await;

        stage.nats.kill();
        stage.log.append(100);
        reader.off_the_bus("").await;
        reader.reached(200).await;
        running
            .until(|status| matches!(status.state, RelayState::Interrupted { .. }))
            .await;
        if !with_its_data {
            std::fs::remove_dir_all(stage.nats.data()).expect("the data is there");
            std::fs::create_dir(stage.nats.data()).expect("a directory");
        }
        stage.nats.restart().await;
        running.publishing().await;
        reader.on_the_bus().await;
        stage.log.append(100);
        running.published(300).await;
        reader.reached(300).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bus_that_hangs_delays_readers_by_no_more_than_a_poll() {
    let stage = Stage::set().await;
    let running = relay(&stage);
    running.publishing().await;
    let mut reader = Reader::start(&stage, SOON);
    stage.log.append(10);
    reader.reached(10).await;
    reader.on_the_bus().await;
    stage.nats.pause();
    stage.log.append(10);
    reader.reached(20).await;
    stage.nats.resume();
    running.published(20).await;
    assert_eq!(stage.on_the_bus().await, all(1, 20));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_finds_a_hole_goes_back_to_the_log() {
    let stage = Stage::set().await;
    let first = relay(&stage);
    first.publishing().await;
    // Nothing but the bus wakes it: it must see the hole itself.
    let mut reader = Reader::start(&stage, BUS_ALONE);
    stage.log.append(10);
    reader.reached(10).await;
    reader.on_the_bus().await;
    first.published(10).await;
    first.kill().await;
    stage
        .stream()
        .await
        .purge()
        .await
        .expect("the stream can be emptied");
    stage.log.append(5);
    // The stream is empty, so it begins at the end of the log: 11..=15 never reach the bus.
    let second = relay(&stage);
    second.publishing().await;
    stage.log.append(1);
    reader.reached(16).await;
    assert_eq!(stage.on_the_bus().await, [16]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_message_and_a_strangers_message_send_the_reader_to_the_log() {
    let stage = Stage::set().await;
    let first = relay(&stage);
    first.publishing().await;
    let mut reader = Reader::start(&stage, BUS_ALONE);
    stage.log.append(3);
    reader.reached(3).await;
    reader.on_the_bus().await;
    first.published(3).await;
    first.kill().await;

    let context = stage.context().await;
    let message = stage.message(3).await;
    stage.log.append(1);
    let mut headers = message.headers.clone();
    headers.insert("Accession-Position", "4");
    headers.insert("Nats-Msg-Id", "4");
    headers.insert("Nats-Expected-Last-Sequence", "3");
    let damaged = context
        .publish_with_headers(message.subject.clone(), headers, "{}".into())
        .await;
    damaged.expect("it is sent").await.expect("it is stored");
    reader.reached(4).await;

    stage.log.append(1);
    let stranger = context.publish(message.subject, "hello".into()).await;
    stranger.expect("it is sent").await.expect("it is stored");
    reader.reached(5).await;

    // A relay finds its way behind both.
    let second = relay(&stage);
    second.publishing().await;
    stage.log.append(1);
    reader.reached(6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_of_another_log_is_never_read_and_is_emptied_by_the_relay() {
    let mut stage = Stage::set().await;
    let other = relay(&stage);
    other.publishing().await;
    stage.log.append(20);
    other.published(20).await;
    other.kill().await;

    stage.log = MemoryLog::new();
    stage.log.append(20);
    let mut reader = Reader::start(&stage, SOON);
    reader.reached(20).await;
    reader.off_the_bus("another event in the log").await;

    let own = relay(&stage);
    own.publishing().await;
    reader.on_the_bus().await;
    stage.log.append(5);
    own.published(25).await;
    reader.reached(25).await;
    assert_eq!(stage.on_the_bus().await, all(21, 25));
}

fn copy_all(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("the data is there") {
        let entry = entry.expect("the data can be read");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("the data can be read").is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("the data can be copied");
        }
    }
}
