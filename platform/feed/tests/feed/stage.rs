//! What a fault is played on: a private nats-server, a stream on it, and a reader that checks all it sees.
//! It decides no outcome; tests do.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use accession_feed::{Bus, BusFeed, BusFeedConfig, Feed, FeedError, Source};
use accession_testkit::{PrivateNats, eventually};
use async_nats::jetstream;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::Config;
use futures_util::StreamExt;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::memory_log::MemoryLog;
use crate::rig::{NEVER, PATIENCE, bus_at};

/// How often a feed looks at the log in tests whose point is not who wakes it.
pub(crate) const SOON: BusFeedConfig = BusFeedConfig {
    poll_beside_bus: Duration::from_millis(100),
    poll_without_bus: Duration::from_millis(50),
};

/// A feed that only the bus can wake.
pub(crate) const BUS_ALONE: BusFeedConfig = BusFeedConfig {
    poll_beside_bus: NEVER,
    poll_without_bus: NEVER,
};

pub(crate) struct Stage {
    pub(crate) nats: PrivateNats,
    pub(crate) log: Arc<MemoryLog>,
    pub(crate) bus: Bus,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let nats = PrivateNats::start().await;
        let bus = bus_at(&nats.url()).await;
        Self {
            nats,
            log: MemoryLog::new(),
            bus,
        }
    }

    /// A direct way to the stream, past our own code.
    pub(crate) async fn context(&self) -> jetstream::Context {
        let client = async_nats::connect(self.nats.url())
            .await
            .expect("nats-server answers");
        jetstream::new(client)
    }

    pub(crate) async fn stream(&self) -> jetstream::stream::Stream {
        let name = &self.bus.config().stream;
        self.context()
            .await
            .get_stream(name)
            .await
            .expect("the stream is there")
    }

    /// Makes the stream beforehand, as one that lets single messages be deleted.
    pub(crate) async fn make_a_stream_that_can_lose_messages(&self) {
        let config = self.bus.config();
        let made = Config {
            name: config.stream.clone(),
            subjects: vec![format!("{}.>", config.subjects)],
            max_age: config.max_age,
            max_bytes: config.max_bytes,
            ..Config::default()
        };
        self.context()
            .await
            .create_stream(made)
            .await
            .expect("the stream can be made");
    }

    /// Deletes the messages from a sequence on.
    pub(crate) async fn lose_the_messages_from(&self, first: u64) {
        let stream = self.stream().await;
        for sequence in first..=stream.cached_info().state.last_sequence {
            // nats-server 2.9 cannot delete what it has not written out yet, for a moment.
            eventually(PATIENCE, || async {
                let deleted = stream.delete_message(sequence).await;
                deleted.map_err(|error| format!("sequence {sequence}: {error}"))
            })
            .await;
        }
    }

    /// The positions on the bus, in its own order.
    pub(crate) async fn on_the_bus(&self) -> Vec<u64> {
        let stream = self.stream().await;
        let total = usize::try_from(stream.cached_info().state.messages).expect("a test's number");
        let consumer = stream
            .create_consumer(pull::Config {
                ack_policy: AckPolicy::None,
                ..pull::Config::default()
            })
            .await
            .expect("a consumer can be made");
        let messages = consumer.messages().await.expect("the stream can be read");
        let positions = messages.take(total).map(|message| {
            let message = message.expect("the stream can be read");
            let headers = message.headers.as_ref().expect("our messages have headers");
            headers
                .get("Accession-Position")
                .expect("a position")
                .as_str()
                .parse::<u64>()
                .expect("a number")
        });
        timeout(PATIENCE, positions.collect())
            .await
            .expect("the stream can be read in time")
    }

    /// The stored message of a sequence.
    pub(crate) async fn message(&self, sequence: u64) -> StreamMessage {
        self.stream()
            .await
            .get_raw_message(sequence)
            .await
            .expect("the message is there")
    }

    pub(crate) fn feed(&self, config: BusFeedConfig) -> BusFeed {
        BusFeed::new(self.log.clone(), self.bus.clone(), config)
    }
}

/// A reader in a task of its own. It ends the test unless it sees every position exactly once, in order, as recorded.
pub(crate) struct Reader {
    reached: watch::Receiver<u64>,
    source: watch::Receiver<Source>,
    task: JoinHandle<()>,
}

impl Reader {
    pub(crate) fn start(stage: &Stage, config: BusFeedConfig) -> Self {
        let mut feed = stage.feed(config);
        let source = feed.source();
        let (seen, reached) = watch::channel(0);
        let log = Arc::clone(&stage.log);
        let task = tokio::spawn(async move {
            loop {
                let after = Position::new(*seen.borrow());
                let page = match feed.after(after, 64, PATIENCE).await {
                    Ok(page) => VecDeque::from(page),
                    Err(FeedError::Interrupted { .. }) => continue,
                    Err(error) => panic!("after position {after}: {error}"),
                };
                for event in page {
                    let expected = log.event(*seen.borrow() + 1);
                    assert_eq!(Some(event), expected);
                    seen.send_modify(|position| *position += 1);
                }
            }
        });
        Self {
            reached,
            source,
            task,
        }
    }

    /// Until it has seen all positions to this one.
    pub(crate) async fn reached(&mut self, position: u64) {
        let mut seen = self.reached.clone();
        let Ok(reached) = timeout(PATIENCE, seen.wait_for(|seen| *seen >= position)).await else {
            panic!(
                "it stands at {} and does not reach {position}",
                *self.reached.borrow()
            );
        };
        if reached.is_ok() {
            return;
        }
        // It ended: say why.
        (&mut self.task)
            .await
            .expect("the reader sees every position exactly once, in order");
    }

    /// Until it follows the bus.
    pub(crate) async fn on_the_bus(&mut self) {
        let switching = self.source.wait_for(|source| *source == Source::Bus);
        timeout(PATIENCE, switching)
            .await
            .expect("it finds the bus in time")
            .expect("it still reads");
    }

    /// Until it polls the log for a reason that says this.
    pub(crate) async fn off_the_bus(&mut self, says: &str) {
        let switching = self
            .source
            .wait_for(|source| matches!(source, Source::Log { reason } if reason.contains(says)));
        timeout(PATIENCE, switching)
            .await
            .expect("it leaves the bus in time")
            .expect("it still reads");
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// `first..=last`, as a list.
pub(crate) fn all(first: u64, last: u64) -> Vec<u64> {
    (first..=last).collect()
}
