//! Servers and streams that the bus cannot work with, or should not: each is named, with what to do.
//! None of them stops a reader.

use std::path::Path;
use std::process::Command;

use accession_feed::relay::lease::AlwaysHeld;
use accession_feed::{Bus, BusConfig, BusError, RelayState};
use accession_testkit::{Nats, Private, Server, Stores, unique_name};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};

use crate::memory_log::MemoryLog;
use crate::rig::{Running, bus_at, read_until};
use crate::stage::{SOON, Stage, all};

/// nats-server as it starts by default: without `JetStream`.
#[derive(Default)]
struct WithoutJetStream(Nats);

impl Server for WithoutJetStream {
    const NAME: &'static str = Nats::NAME;
    const STOP: accession_testkit::Signal = Nats::STOP;

    fn prepare(&self, data: &Path) {
        self.0.prepare(data);
    }

    fn command(&self, data: &Path, port: u16) -> Command {
        let full = self.0.command(data, port);
        let mut command = Command::new(full.get_program());
        command.args(
            full.get_args()
                .take_while(|argument| *argument != "--jetstream"),
        );
        command
    }

    fn is_ready(&self, _data: &Path, port: u16, _pid: u32) -> bool {
        std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
    }

    fn url(&self, port: u16) -> String {
        self.0.url(port)
    }
}

#[tokio::test]
async fn a_server_without_jetstream_is_named_with_what_to_do() {
    let nats: Private<WithoutJetStream> = Private::start().await;
    let bus = bus_at(&nats.url()).await;
    let error = bus.check().await.expect_err("it cannot carry our stream");
    assert!(matches!(error, BusError::Unfit { .. }), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("--jetstream") && text.contains("2."),
        "{text}"
    );
}

#[tokio::test]
async fn a_server_that_is_down_at_start_is_waited_for_while_readers_read() {
    let stage = Stage::set().await;
    stage.nats.kill();
    let config = BusConfig {
        stream: "S".into(),
        subjects: "s".into(),
        ..BusConfig::at(stage.nats.url())
    };
    let bus = Bus::connect(config)
        .await
        .expect("a server that is down is no wrong configuration");
    assert!(matches!(
        bus.check().await,
        Err(BusError::Unreachable { .. })
    ));
    let stage = Stage { bus, ..stage };
    let running = Running::relay(&stage.log, &stage.bus, Box::new(AlwaysHeld));
    running
        .until(|status| matches!(status.state, RelayState::Interrupted { .. }))
        .await;
    stage.log.append(10);
    read_until(&mut stage.feed(SOON), 0, 10).await;
    stage.nats.restart().await;
    running.publishing().await;
    stage.log.append(5);
    running.published(15).await;
    assert_eq!(stage.on_the_bus().await, all(11, 15));
}

/// nats-server with little room for streams.
#[derive(Default)]
struct WithLittleRoom(Nats);

impl Server for WithLittleRoom {
    const NAME: &'static str = Nats::NAME;
    const STOP: accession_testkit::Signal = Nats::STOP;

    fn prepare(&self, data: &Path) {
        self.0.prepare(data);
        let file = data.join("little.conf");
        std::fs::write(file, "jetstream { max_file_store: 64MB }").expect("its folder is ours");
    }

    fn command(&self, data: &Path, port: u16) -> Command {
        let mut command = self.0.command(data, port);
        command.arg("--config").arg(data.join("little.conf"));
        command
    }

    fn is_ready(&self, data: &Path, port: u16, pid: u32) -> bool {
        self.0.is_ready(data, port, pid)
    }

    fn url(&self, port: u16) -> String {
        self.0.url(port)
    }
}

/// The same stream with another size.
async fn resized(bus: &Bus, max_bytes: i64) -> Bus {
    let config = BusConfig {
        max_bytes,
        ..bus.config().clone()
    };
    let bus = Bus::connect(config)
        .await
        .expect("the configuration is sound");
    let mut link = bus.link();
    if bus.check().await.is_err() {
        link.changed().await.expect("the bus lives");
    }
    bus
}

const MIB: i64 = 1 << 20;

#[tokio::test]
async fn a_server_without_room_for_the_stream_is_answered_with_the_setting_to_lower() {
    let nats: Private<WithLittleRoom> = Private::start().await;
    let bus = bus_at(&nats.url()).await;
    let log = MemoryLog::new();
    let running = Running::relay(&log, &bus, Box::new(AlwaysHeld));
    let told = |status: &accession_feed::RelayStatus| match &status.state {
        RelayState::Interrupted { reason } => reason.contains("lower bus_max_bytes"),
        _ => false,
    };
    running.until(told).await;
    let small = resized(&bus, 32 * MIB).await;
    assert_eq!(small.ensure_stream().await.expect("there is room"), []);
}

#[tokio::test]
async fn an_existing_stream_of_another_size_is_changed_and_kept_when_there_is_no_room() {
    let nats: Private<WithLittleRoom> = Private::start().await;
    let first = resized(&bus_at(&nats.url()).await, 32 * MIB).await;
    first.ensure_stream().await.expect("there is room");
    let second = resized(&first, 48 * MIB).await;
    assert_eq!(second.ensure_stream().await.expect("it is changed"), []);
    let third = resized(&first, 512 * MIB).await;
    let kept = third.ensure_stream().await.expect("it can be worked with");
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(
        (kept[0].setting, kept[0].found.as_str()),
        ("max_bytes", "50331648")
    );
    let refused = kept[0].refused.as_deref().unwrap_or("");
    assert!(refused.contains("lower bus_max_bytes"), "{kept:?}");
    let log = MemoryLog::new();
    let running = Running::relay(&log, &third, Box::new(AlwaysHeld));
    running
        .until(|status| status.state == RelayState::Publishing && status.notice.is_some())
        .await;
}

#[tokio::test]
async fn a_stream_that_the_bus_makes_is_as_configured() {
    let bus = bus_at(&Stores::shared().nats_url).await;
    assert_eq!(bus.ensure_stream().await.expect("it can be made"), []);
    assert_eq!(bus.ensure_stream().await.expect("it is there"), []);
    let client = async_nats::connect(&Stores::shared().nats_url)
        .await
        .expect("nats-server answers");
    let stream = async_nats::jetstream::new(client)
        .get_stream(&bus.config().stream)
        .await
        .expect("it is there");
    let config = &stream.cached_info().config;
    assert_eq!(config.storage, StorageType::File);
    assert_eq!(config.retention, RetentionPolicy::Limits);
    assert_eq!(config.discard, DiscardPolicy::Old);
    assert_eq!(
        (config.max_age, config.max_bytes),
        (bus.config().max_age, bus.config().max_bytes)
    );
    assert!(config.deny_delete && !config.deny_purge);
}

#[tokio::test]
async fn a_stream_with_other_limits_is_used_and_the_difference_reported() {
    let stage = Stage::set().await;
    stage.make_a_stream_that_can_lose_messages().await;
    let mismatches = stage
        .bus
        .ensure_stream()
        .await
        .expect("it can be worked with");
    let settings: Vec<_> = mismatches
        .iter()
        .map(|mismatch| (mismatch.setting, mismatch.found.as_str()))
        .collect();
    assert_eq!(settings, [("deny_delete", "false")]);
}

#[tokio::test]
async fn a_stream_that_drops_what_we_publish_is_refused_by_the_setting() {
    let stage = Stage::set().await;
    let config = stage.bus.config();
    let made = Config {
        name: config.stream.clone(),
        subjects: vec![format!("{}.>", config.subjects)],
        max_messages_per_subject: 1,
        ..Config::default()
    };
    stage
        .context()
        .await
        .create_stream(made)
        .await
        .expect("the stream can be made");
    let error = stage
        .bus
        .ensure_stream()
        .await
        .expect_err("it keeps one message a subject")
        .to_string();
    assert!(
        error.contains("max_msgs_per_subject 1") && error.contains(&config.stream),
        "{error}"
    );
}

#[tokio::test]
async fn subjects_that_belong_to_another_stream_are_refused_with_both_names() {
    let first = bus_at(&Stores::shared().nats_url).await;
    first.ensure_stream().await.expect("it can be made");
    let config = BusConfig {
        stream: unique_name("other"),
        ..first.config().clone()
    };
    let second = Bus::connect(config)
        .await
        .expect("the configuration is sound");
    let mut link = second.link();
    if second.check().await.is_err() {
        link.changed().await.expect("the bus lives");
    }
    let error = second
        .ensure_stream()
        .await
        .expect_err("the subjects are taken")
        .to_string();
    assert!(
        error.contains(&second.config().stream) && error.contains(&first.config().subjects),
        "{error}"
    );
}

#[tokio::test]
async fn a_relay_that_is_shut_down_says_so() {
    let log = MemoryLog::new();
    let bus = bus_at(&Stores::shared().nats_url).await;
    let running = Running::relay(&log, &bus, Box::new(AlwaysHeld));
    running.publishing().await;
    running.shut_down();
    running
        .until(|status| status.state == RelayState::Stopped)
        .await;
}
