//! The task behind a feed that keeps a consumer on the bus open and hands on what it delivers.
//!
//! It promises nothing about order or completeness; the feed checks every position.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::LogStore;
use accession_events::{Position, RecordedEvent};
use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::pull::{Config, Stream};
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, ReplayPolicy};
use futures_util::StreamExt;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;

use crate::bus::{Bus, BusError, Tail, decode};
use crate::log_feed::changed;

/// How many deliveries wait for a reader that is busy.
const AT_HAND: usize = 2048;
/// How many messages are asked of the server at once.
const BATCH: usize = 512;
/// A server that says nothing for two of these is taken for gone.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// How long one request for messages stands.
const REQUEST_STANDS: Duration = Duration::from_secs(20);
/// The server forgets a consumer whose reader is gone after this.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(1);
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// What was seen on the bus.
pub(super) enum Sighting {
    /// The bus delivers from now on.
    Opened,
    /// An event.
    Event(RecordedEvent),
    /// A message whose event only the log can tell.
    LookInLog(String),
    /// The bus does not deliver any more.
    Lost(String),
}

/// The handle that a feed holds; dropping it ends the task.
pub(super) struct Follower {
    sightings: mpsc::Receiver<Sighting>,
    reached: watch::Sender<Option<Position>>,
    again: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Follower {
    pub(super) fn start(bus: Bus, log: Arc<dyn LogStore>) -> Self {
        let (seen, sightings) = mpsc::channel(AT_HAND);
        let (reached, where_to_begin) = watch::channel(None);
        let again = Arc::new(Notify::new());
        let task = Task {
            bus,
            log,
            seen,
            reached: where_to_begin,
            again: Arc::clone(&again),
        };
        Self {
            sightings,
            reached,
            again,
            task: tokio::spawn(task.run()),
        }
    }

    /// The feed has read the log up to here: the bus is of use from now on.
    pub(super) fn reached(&self, position: Position) {
        self.reached.send_replace(Some(position));
    }

    /// Lets go of the consumer and opens another one, if the stream still belongs to the log.
    pub(super) fn begin_again(&mut self) {
        while self.sightings.try_recv().is_ok() {}
        self.again.notify_one();
    }

    pub(super) fn try_next(&mut self) -> Option<Sighting> {
        self.sightings.try_recv().ok()
    }

    pub(super) async fn next(&mut self) -> Sighting {
        match self.sightings.recv().await {
            Some(sighting) => sighting,
            // The task never ends by itself; without it the log is polled.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Task {
    bus: Bus,
    log: Arc<dyn LogStore>,
    seen: mpsc::Sender<Sighting>,
    reached: watch::Receiver<Option<Position>>,
    again: Arc<Notify>,
}

/// Why a consumer was let go.
struct Lost(String);

impl From<BusError> for Lost {
    fn from(error: BusError) -> Self {
        Self(error.to_string())
    }
}

impl Task {
    async fn run(mut self) {
        let mut pause = SHORTEST_PAUSE;
        if self.reached.wait_for(Option::is_some).await.is_err() {
            return;
        }
        loop {
            let mut link = self.bus.link();
            // Whatever waits for an answer over a connection that is gone waits for nothing.
            let followed = tokio::select! {
                followed = self.follow(&mut pause) => followed,
                () = changed(&mut link) => Err(Lost("the connection to the bus has changed".into())),
            };
            let Err(Lost(reason)) = followed else { return };
            if self.seen.send(Sighting::Lost(reason)).await.is_err() {
                return;
            }
            // A connection that comes or goes is worth another look at once.
            let _ = tokio::time::timeout(pause, changed(&mut link)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Delivers until the bus fails; Ok when nobody listens any more.
    async fn follow(&self, pause: &mut Duration) -> Result<(), Lost> {
        let mut messages = self.open().await?;
        if self.seen.send(Sighting::Opened).await.is_err() {
            return Ok(());
        }
        *pause = SHORTEST_PAUSE;
        loop {
            let message = tokio::select! {
                message = messages.next() => message,
                () = self.again.notified() => return Err(Lost("the stream contradicts the log".into())),
            };
            let message = match message {
                Some(Ok(message)) => message,
                Some(Err(error)) => {
                    return Err(Lost(format!("the bus stopped delivering: {error}")));
                }
                None => return Err(Lost("the bus stopped delivering".into())),
            };
            if self.seen.send(self.sighting(&message)).await.is_err() {
                return Ok(());
            }
        }
    }

    fn sighting(&self, message: &Message) -> Sighting {
        let root = &self.bus.config().subjects;
        let Some(headers) = message.headers.as_ref() else {
            return Sighting::LookInLog("it has no headers".into());
        };
        match decode(root, &message.subject, headers, &message.payload) {
            Ok(event) => Sighting::Event(event),
            Err(unreadable) => Sighting::LookInLog(unreadable.to_string()),
        }
    }

    async fn open(&self) -> Result<Stream, Lost> {
        let tail = self.bus.tail().await?;
        if let Some(last) = tail.message
            && !last
                .belongs_to(&self.log)
                .await
                .map_err(|error| Lost(error.to_string()))?
        {
            let reason = format!(
                "it ends with position {}, which is another event in the log",
                last.position
            );
            return Err(BusError::ForeignStream { reason }.into());
        }
        let reached = self.reached.borrow().unwrap_or_default();
        let consumer = self
            .bus
            .consumer(consumer(first_sequence(&tail, reached)))
            .await?;
        let delivery = consumer
            .stream()
            .max_messages_per_batch(BATCH)
            .expires(REQUEST_STANDS)
            .heartbeat(HEARTBEAT)
            .messages()
            .await;
        delivery.map_err(|error| Lost(format!("the bus does not deliver: {error}")))
    }
}

/// A consumer that the server forgets with its reader: positions, not the server, know where we are.
fn consumer(start_sequence: u64) -> Config {
    Config {
        description: Some("an Accession feed".into()),
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence },
        ack_policy: AckPolicy::None,
        replay_policy: ReplayPolicy::Instant,
        inactive_threshold: FORGOTTEN_AFTER,
        memory_storage: true,
        num_replicas: 1,
        ..Config::default()
    }
}

/// Where the event after `reached` should be in the stream: exact while the stream has no holes, else too early or too
/// late, and the positions will tell.
fn first_sequence(tail: &Tail, reached: Position) -> u64 {
    let Some(last) = tail.message else {
        return tail.last_sequence + 1;
    };
    let behind = last.position.get().saturating_sub(reached.get());
    (last.sequence + 1)
        .saturating_sub(behind)
        .max(tail.first_sequence)
        .max(1)
}

#[cfg(test)]
mod tests {
    use accession_events::Position;
    use accession_events::ids::EventId;

    use super::first_sequence;
    use crate::bus::{Tail, TailMessage};

    #[test]
    fn a_follower_begins_right_behind_what_was_read() {
        let event_id = EventId::new(uuid::Uuid::nil());
        let message = TailMessage {
            sequence: 90,
            position: Position::new(1090),
            event_id,
        };
        let tail = Tail {
            first_sequence: 41,
            last_sequence: 100,
            message: Some(message),
        };
        for (reached, expected) in [
            (1090, 91),
            (1089, 90),
            (1100, 91),
            (1050, 51),
            (1040, 41),
            (3, 41),
        ] {
            assert_eq!(
                first_sequence(&tail, Position::new(reached)),
                expected,
                "{reached}"
            );
        }
        let empty = Tail {
            message: None,
            ..tail
        };
        assert_eq!(first_sequence(&empty, Position::new(3)), 101);
    }
}
