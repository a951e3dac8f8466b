//! Where the relay carries the log's tail: a stream that says where it ends and takes messages at an expected place.
//!
//! The bus is the one in use. The relay is a state machine over this port and the log's, so that a simulation can drive it
//! through what a real server does once a year.

use std::sync::Arc;

use accession_events::RecordedEvent;
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::watch;

use crate::bus::{Bus, BusError, Link, Mismatch, Tail, encode};

/// Where a message was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Its place in the stream.
    pub sequence: u64,
    /// The server knew its id already and stored nothing.
    pub duplicate: bool,
}

/// Why a message was not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unstored {
    /// The stream does not end where the message was meant to follow.
    WrongLastSequence,
    /// There is no stream.
    NoStream,
    /// Anything else; it may be stored all the same.
    Unknown {
        /// What was said.
        reason: String,
    },
}

/// The acknowledgement of a message that is on its way.
pub type Acknowledgement = BoxFuture<'static, Result<Stored, Unstored>>;

/// A stream to relay to.
#[async_trait]
pub trait Outlet: Send + Sync + 'static {
    /// The state of the connection; changes from now on wake whoever waits on it.
    fn link(&self) -> watch::Receiver<Link>;

    /// Whether it can be used now.
    async fn check(&self) -> Result<(), BusError>;

    /// Makes the stream if it is not there; tells what of it is not as configured.
    async fn ensure_stream(&self) -> Result<Vec<Mismatch>, BusError>;

    /// Where the stream ends, read from the stream itself.
    async fn tail(&self) -> Result<Tail, BusError>;

    /// Empties the stream. Only for one that belongs to another history of the log.
    async fn empty_stream(&self) -> Result<(), BusError>;

    /// Sends an event, to be stored only when the stream's last sequence is `after`. Returns once it is sent.
    async fn publish(
        &self,
        event: &RecordedEvent,
        message_id: String,
        after: u64,
    ) -> Result<Acknowledgement, Unstored>;
}

#[async_trait]
impl Outlet for Bus {
    fn link(&self) -> watch::Receiver<Link> {
        Self::link(self)
    }

    async fn check(&self) -> Result<(), BusError> {
        Self::check(self).await
    }

    async fn ensure_stream(&self) -> Result<Vec<Mismatch>, BusError> {
        Self::ensure_stream(self).await
    }

    async fn tail(&self) -> Result<Tail, BusError> {
        Self::tail(self).await
    }

    async fn empty_stream(&self) -> Result<(), BusError> {
        Self::empty_stream(self).await
    }

    async fn publish(
        &self,
        event: &RecordedEvent,
        message_id: String,
        after: u64,
    ) -> Result<Acknowledgement, Unstored> {
        let message = encode(&self.config().subjects, event, self.max_message());
        let publish = PublishMessage::build()
            .payload(message.payload)
            .headers(message.headers)
            .message_id(message_id)
            .expected_last_sequence(after);
        let sent = self.context().send_publish(message.subject, publish).await;
        let acknowledgement = sent.map_err(|error| unstored(&error))?.into_future();
        let stored = acknowledgement.map(|answer| match answer {
            Ok(ack) => Ok(Stored {
                sequence: ack.sequence,
                duplicate: ack.duplicate,
            }),
            Err(error) => Err(unstored(&error)),
        });
        Ok(stored.boxed())
    }
}

fn unstored(error: &PublishError) -> Unstored {
    match error.kind() {
        PublishErrorKind::WrongLastSequence => Unstored::WrongLastSequence,
        PublishErrorKind::StreamNotFound => Unstored::NoStream,
        _ => Unstored::Unknown {
            reason: error.to_string(),
        },
    }
}

/// Any outlet, shared.
pub(crate) type SharedOutlet = Arc<dyn Outlet>;
