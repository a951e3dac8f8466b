//! The messages that are published and not acknowledged yet: bounded, in order, each fenced to its place.
//!
//! A message is only taken for stored when it was acknowledged at exactly the place it was meant for; anything else
//! ends the session, and the next one reads the stream's end afresh.

use std::collections::VecDeque;

use accession_events::{Position, RecordedEvent};
use futures_util::FutureExt;
use jiff::Timestamp;
use tracing::Span;

use crate::relay::outlet::{Acknowledgement, SharedOutlet, Stored, Unstored};
use crate::relay::stop::Stop;

pub(crate) struct Window {
    outlet: SharedOutlet,
    in_flight: VecDeque<InFlight>,
    size: usize,
    /// The stream's last sequence when all that is in flight is stored.
    last_sequence: u64,
    acknowledged: Position,
    /// Message ids also name the place: the server remembers ids of messages that its stream has lost.
    ids_by_place: bool,
}

/// Where a stream ends, as far as its publisher knows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct End {
    pub(crate) sequence: u64,
    pub(crate) position: Position,
}

struct InFlight {
    position: Position,
    sequence: u64,
    recorded_at: Timestamp,
    /// Ends with the acknowledgement.
    _span: Option<Span>,
    acknowledgement: Acknowledgement,
}

impl Window {
    /// Goes on behind a stream that ends at `last_sequence` and, as far as we know, holds all up to `published`.
    pub(crate) fn new(
        outlet: SharedOutlet,
        size: usize,
        last_sequence: u64,
        published: Position,
        ids_by_place: bool,
    ) -> Self {
        Self {
            outlet,
            in_flight: VecDeque::with_capacity(size),
            size: size.max(1),
            last_sequence,
            acknowledged: published,
            ids_by_place,
        }
    }

    /// The newest position that is known to be stored, with all before it.
    pub(crate) fn acknowledged(&self) -> Position {
        self.acknowledged
    }

    /// When the oldest event in flight was recorded.
    pub(crate) fn oldest(&self) -> Option<Timestamp> {
        self.in_flight.front().map(|message| message.recorded_at)
    }

    /// Where the stream ends when nothing is in flight.
    pub(crate) fn end(&self) -> End {
        End {
            sequence: self.last_sequence,
            position: self.acknowledged,
        }
    }

    /// Publishes one event behind the last; waits for the oldest acknowledgement when the window is full.
    pub(crate) async fn publish(&mut self, event: &RecordedEvent) -> Result<(), Stop> {
        if self.in_flight.len() >= self.size {
            self.settle_oldest().await?;
        }
        self.settle_ready()?;
        let span = accession_trace::publish(&event.metadata, event.position.get());
        let id = self.message_id(event.position);
        let sent = self.outlet.publish(event, id, self.last_sequence).await;
        self.last_sequence += 1;
        self.in_flight.push_back(InFlight {
            position: event.position,
            sequence: self.last_sequence,
            recorded_at: event.recorded_at,
            _span: span,
            acknowledgement: sent.map_err(|error| refused(event.position, error))?,
        });
        Ok(())
    }

    /// Waits until all in flight is acknowledged.
    pub(crate) async fn settle(&mut self) -> Result<(), Stop> {
        while !self.in_flight.is_empty() {
            self.settle_oldest().await?;
        }
        Ok(())
    }

    async fn settle_oldest(&mut self) -> Result<(), Stop> {
        let Some(oldest) = self.in_flight.front_mut() else {
            return Ok(());
        };
        let answer = (&mut oldest.acknowledgement).await;
        self.note(answer)
    }

    /// Takes what has been acknowledged already, without waiting.
    fn settle_ready(&mut self) -> Result<(), Stop> {
        while let Some(oldest) = self.in_flight.front_mut() {
            let Some(answer) = (&mut oldest.acknowledgement).now_or_never() else {
                break;
            };
            self.note(answer)?;
        }
        Ok(())
    }

    fn note(&mut self, answer: Result<Stored, Unstored>) -> Result<(), Stop> {
        let Some(InFlight {
            position, sequence, ..
        }) = self.in_flight.pop_front()
        else {
            return Ok(());
        };
        match answer {
            // A duplicate in the very place it was meant for is stored, whoever stored it.
            Ok(stored) if stored.sequence == sequence => {
                self.acknowledged = position;
                metrics::counter!("accession_relay_published_total").increment(1);
                Ok(())
            }
            Ok(stored) => Err(Stop::Misplaced {
                position,
                expected: sequence,
                found: stored.sequence,
                duplicate: stored.duplicate,
            }),
            Err(error) => Err(refused(position, error)),
        }
    }

    fn message_id(&self, position: Position) -> String {
        if self.ids_by_place {
            format!("{position}@{}", self.last_sequence + 1)
        } else {
            position.to_string()
        }
    }
}

fn refused(position: Position, error: Unstored) -> Stop {
    match error {
        Unstored::WrongLastSequence => Stop::Fenced { position },
        Unstored::NoStream => Stop::StreamGone,
        Unstored::Unknown { reason } => Stop::Unacknowledged { position, reason },
    }
}
