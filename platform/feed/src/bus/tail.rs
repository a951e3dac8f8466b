//! Where the stream ends: the only thing a relay goes by, and where a follower begins.
//! It never remembers: every answer is read from the stream itself.

use std::collections::HashSet;
use std::sync::Arc;

use accession_event_log::{LogError, LogStore};
use accession_events::Position;
use accession_events::ids::EventId;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{RawMessageErrorKind, State};

use crate::bus::message::{event_id_of, position_of};
use crate::bus::{Bus, BusError};

/// How far back a readable message is looked for, when strangers have published into our subjects.
const LOOK_BACK: u64 = 64;

/// The end of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// Sequence of the first message still there.
    pub first_sequence: u64,
    /// The highest sequence that the stream has given out, also when that message is gone.
    pub last_sequence: u64,
    /// The last message of ours; None when the stream holds none.
    pub message: Option<TailMessage>,
}

/// The last message of ours in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TailMessage {
    /// Its place in the stream.
    pub sequence: u64,
    /// The position of its event in the log.
    pub position: Position,
    /// The id of its event.
    pub event_id: EventId,
}

impl Bus {
    /// Reads the end of the stream.
    pub(crate) async fn tail(&self) -> Result<Tail, BusError> {
        let state = self.stream_info().await?.state;
        let message = match state.messages {
            0 => None,
            _ => self.last_readable(&state).await?,
        };
        // Had something been published between the questions, the fence would refuse what follows from this.
        Ok(Tail {
            first_sequence: state.first_sequence,
            last_sequence: state.last_sequence,
            message,
        })
    }

    async fn last_readable(&self, state: &State) -> Result<Option<TailMessage>, BusError> {
        let mut sequence = state.last_sequence;
        if let Some(message) = self.message(sequence).await? {
            if let Some(found) = readable(&message) {
                return Ok(Some(found));
            }
            tracing::warn!(
                sequence,
                "the bus ends with a message that is not ours; looking before it"
            );
        } else {
            sequence = self.last_not_deleted().await?;
        }
        let earliest = sequence.saturating_sub(LOOK_BACK).max(state.first_sequence);
        for sequence in (earliest..=sequence).rev() {
            let message = self.message(sequence).await?;
            if let Some(found) = message.as_ref().and_then(readable) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    async fn message(&self, sequence: u64) -> Result<Option<StreamMessage>, BusError> {
        let stream = self.stream().await?;
        match stream.get_raw_message(sequence).await {
            Ok(message) => Ok(Some(message)),
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(BusError::request("read the stream's last message", &error)),
        }
    }

    /// The highest sequence whose message is still there. Not asked for by subject: a 2.9 server finds no last message
    /// when the very last one was deleted.
    async fn last_not_deleted(&self) -> Result<u64, BusError> {
        let stream = self.stream().await?;
        let described = stream.info_builder().with_deleted(true).fetch().await;
        let state = described
            .map_err(|error| BusError::request("list what the stream has lost", &error))?
            .info
            .state;
        let deleted: HashSet<u64> = state.deleted.unwrap_or_default().into_iter().collect();
        let kept = (state.first_sequence..=state.last_sequence)
            .rev()
            .find(|sequence| !deleted.contains(sequence));
        Ok(kept.unwrap_or(state.first_sequence))
    }
}

impl TailMessage {
    /// Whether the log holds the same event at the same position; otherwise the stream belongs to another log, or to
    /// a history that this log has lost by being restored from an older copy.
    pub(crate) async fn belongs_to(&self, log: &Arc<dyn LogStore>) -> Result<bool, LogError> {
        let before = Position::new(self.position.get().saturating_sub(1));
        let there = log.read_feed(before, 1).await?;
        let same = |event: &accession_events::RecordedEvent| {
            event.position == self.position && event.event_id == self.event_id
        };
        Ok(there.first().is_some_and(same))
    }
}

fn readable(message: &StreamMessage) -> Option<TailMessage> {
    Some(TailMessage {
        sequence: message.sequence,
        position: position_of(&message.headers)?,
        event_id: event_id_of(&message.headers)?,
    })
}
