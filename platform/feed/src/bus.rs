//! The bus: one JetStream stream that fans the log's tail out to whoever follows it.
//!
//! It is a cache, never the record: its acknowledgement is not durable, and everybody who uses it checks positions.

mod checksum;
mod config;
mod error;
mod message;
mod server;
mod stream;
mod subject;
mod tail;

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::context::ContextBuilder;
use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectOptions, Event};
use tokio::sync::watch;

pub(crate) use checksum::checksum;
pub use config::BusConfig;
pub use error::BusError;
pub(crate) use message::{decode, encode};
pub use stream::Mismatch;
pub use tail::{Tail, TailMessage};

/// How long the server may take to answer a request or to acknowledge a message.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Longest pause between two attempts to reach the server again.
const LONGEST_RECONNECT_PAUSE: Duration = Duration::from_secs(1);
/// A server that answers no ping for two of these is taken for gone.
const PING_EVERY: Duration = Duration::from_secs(5);

/// Whether the server can be reached, and how often that has changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Link {
    /// The connection stands.
    pub connected: bool,
    /// Counts connects and disconnects: who works on a connection notices that it is another one.
    pub changes: u64,
}

/// A connection to the bus. Clones share it. It reconnects by itself, for ever.
#[derive(Clone)]
pub struct Bus {
    client: Client,
    context: Context,
    config: Arc<BusConfig>,
    link: watch::Receiver<Link>,
}

impl Bus {
    /// Connects, or goes on trying in the background while the server is away: only a configuration that can never
    /// work is an error here. [`Bus::check`] tells whether the server is there and fit.
    pub async fn connect(config: BusConfig) -> Result<Self, BusError> {
        config.validate()?;
        let (changed, link) = watch::channel(Link::default());
        let client = options(changed)
            .connect(config.url.as_str())
            .await
            .map_err(|error| BusError::Unreachable {
                reason: error.to_string(),
            })?;
        let context = ContextBuilder::new()
            .timeout(ANSWER_WITHIN)
            .ack_timeout(ANSWER_WITHIN)
            .build(client.clone());
        Ok(Self {
            client,
            context,
            config: Arc::new(config),
            link,
        })
    }

    /// What it was configured with.
    #[must_use]
    pub fn config(&self) -> &BusConfig {
        &self.config
    }

    /// The state of the connection; changes from now on wake whoever waits on it.
    #[must_use]
    pub fn link(&self) -> watch::Receiver<Link> {
        let mut link = self.link.clone();
        link.mark_unchanged();
        link
    }

    /// Whether the server can be reached now, is new enough, and has `JetStream` switched on. Warns of versions that
    /// are known to lose data.
    pub async fn check(&self) -> Result<(), BusError> {
        self.require_connection()?;
        let info = self.client.server_info();
        server::check_version(&info.version)?;
        server::check_jetstream(&self.client, &info.version).await
    }

    pub(crate) fn require_connection(&self) -> Result<(), BusError> {
        if self.link.borrow().connected {
            Ok(())
        } else {
            Err(BusError::Unreachable {
                reason: "no connection stands; trying again in the background".into(),
            })
        }
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    /// Largest message that the server takes, headers included, in bytes.
    pub(crate) fn max_message(&self) -> usize {
        self.client.max_payload()
    }

    /// Opens a consumer of the stream.
    pub(crate) async fn consumer(&self, config: pull::Config) -> Result<PullConsumer, BusError> {
        let made = self.stream().await?.create_consumer(config).await;
        made.map_err(|error| BusError::request("make a consumer", &error))
    }

    async fn stream(&self) -> Result<jetstream::stream::Stream<()>, BusError> {
        self.context
            .get_stream_no_info(&self.config.stream)
            .await
            .map_err(|error| BusError::request("open the stream", &error))
    }
}

fn options(changed: watch::Sender<Link>) -> ConnectOptions {
    let changed = Arc::new(changed);
    ConnectOptions::new()
        .name("accession")
        .retry_on_initial_connect()
        .ping_interval(PING_EVERY)
        .request_timeout(Some(ANSWER_WITHIN))
        .reconnect_delay_callback(|attempt| {
            let doubled =
                Duration::from_millis(10) * 2_u32.pow(attempt.min(8).try_into().unwrap_or(8));
            doubled.min(LONGEST_RECONNECT_PAUSE)
        })
        .event_callback(move |event| {
            let changed = Arc::clone(&changed);
            async move { note(&changed, &event) }
        })
}

fn note(changed: &watch::Sender<Link>, event: &Event) {
    let connected = match event {
        Event::Connected => true,
        Event::Disconnected | Event::Closed => false,
        Event::SlowConsumer(_) => {
            // Messages were dropped before we saw them; the positions will show it.
            tracing::debug!("the bus delivered faster than we read");
            return;
        }
        other => {
            tracing::debug!(event = %other, "the bus reports");
            return;
        }
    };
    tracing::info!(connected, "connection to the bus");
    changed.send_modify(|link| {
        link.connected = connected;
        link.changes += 1;
    });
}
