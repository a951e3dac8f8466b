//! A stream as a server keeps it: fenced by its last sequence, with a memory of message ids, and able to lose its end.
//!
//! Every relay has a connection of its own, on which messages keep their order, unless they are lost.

use std::sync::Arc;
use std::time::Duration;

use accession_events::RecordedEvent;
use accession_feed::BusError;
use accession_feed::bus::{Link, Mismatch, Tail, TailMessage};
use accession_feed::relay::outlet::{Acknowledgement, Outlet, Stored, Unstored};
use async_trait::async_trait;
use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::world::{Message, Shared};

/// How long the client waits for an acknowledgement.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Connection {
    pub(super) world: Arc<Shared>,
    pub(super) relay: u64,
}

impl Connection {
    /// A request that changes nothing takes a while, and fails while the server is away.
    async fn ask(&self) -> Result<(), BusError> {
        let takes = self.world.lock().draw(10);
        // tidy: allow no-sleep because simulated time passes at once
        sleep(Duration::from_millis(takes)).await;
        if self.world.lock().is_down {
            return Err(BusError::Unreachable {
                reason: "the simulation cut the line".into(),
            });
        }
        Ok(())
    }
}

#[async_trait]
impl Outlet for Connection {
    fn link(&self) -> watch::Receiver<Link> {
        let relay = usize::try_from(self.relay).expect("few relays");
        let mut link = self.world.links[relay].subscribe();
        link.mark_unchanged();
        link
    }

    async fn check(&self) -> Result<(), BusError> {
        self.ask().await
    }

    async fn ensure_stream(&self) -> Result<Vec<Mismatch>, BusError> {
        self.ask().await.map(|()| Vec::new())
    }

    async fn tail(&self) -> Result<Tail, BusError> {
        self.ask().await?;
        let state = self.world.lock();
        Ok(Tail {
            first_sequence: state.stream.first().map_or(0, |message| message.sequence),
            last_sequence: state.last_sequence,
            message: state.stream.last().map(|message| TailMessage {
                sequence: message.sequence,
                position: message.event.position,
                event_id: message.event.event_id,
            }),
        })
    }

    async fn empty_stream(&self) -> Result<(), BusError> {
        self.ask().await?;
        let mut state = self.world.lock();
        state.note(&format!("relay {} empties the stream", self.relay));
        state.stream.clear();
        Ok(())
    }

    async fn publish(
        &self,
        event: &RecordedEvent,
        message_id: String,
        after: u64,
    ) -> Result<Acknowledgement, Unstored> {
        let now = Instant::now();
        let mut state = self.world.lock();
        let fate = state.draw(100);
        let troubled = state.is_troubled;
        let delay = Duration::from_millis(state.draw(if troubled { 40 } else { 3 }));
        let earliest = state.arrivals.get(&self.relay).copied().unwrap_or(now);
        let arrival = earliest.max(now + delay);
        state.arrivals.insert(self.relay, arrival);
        let message = Message {
            sequence: after + 1,
            event: event.clone(),
            id: message_id,
        };
        let is_lost = state.is_down || (troubled && fate < 3);
        let is_answer_lost = troubled && fate < 6;
        let is_repeated = troubled && fate > 95;
        drop(state);
        let world = Arc::clone(&self.world);
        let answer = tokio::spawn(async move {
            sleep_until(arrival).await;
            if is_lost {
                return None;
            }
            let answer = world.lock().arrive(&message);
            if is_repeated {
                world.lock().arrive(&message).ok();
            }
            (!is_answer_lost).then_some(answer)
        });
        Ok(async move {
            if let Ok(Some(answer)) = answer.await {
                return answer;
            }
            sleep_until(now + PATIENCE).await;
            Err(Unstored::Unknown {
                reason: "no acknowledgement came in time".into(),
            })
        }
        .boxed())
    }
}

impl super::world::State {
    /// What the server does with a message.
    fn arrive(&mut self, message: &Message) -> Result<Stored, Unstored> {
        self.forget();
        if let Some((sequence, _)) = self.known.get(&message.id) {
            return Ok(Stored {
                sequence: *sequence,
                duplicate: true,
            });
        }
        if self.fenced && message.sequence != self.last_sequence + 1 {
            return Err(Unstored::WrongLastSequence);
        }
        self.last_sequence += 1;
        let sequence = self.last_sequence;
        self.known
            .insert(message.id.clone(), (sequence, Instant::now()));
        self.store(Message {
            sequence,
            ..message.clone()
        });
        Ok(Stored {
            sequence,
            duplicate: false,
        })
    }
}
