//! Where the stream ends: the only thing a relay goes by, and where a follower begins.
//! It never remembers: every answer is read from the stream itself.

use std::sync::Arc;

use accession_event_log::{LogError, LogStore};
use accession_events::Position;
use accession_events::ids::EventId;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::LastRawMessageErrorKind;

use crate::bus::message::{event_id_of, position_of};
use crate::bus::{Bus, BusError};

/// How far back a readable message is looked for, when strangers have published into our subjects.
const LOOK_BACK: u64 = 64;

/// The end of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tail {
    /// Sequence of the first message still there.
    pub(crate) first_sequence: u64,
    /// The highest sequence that the stream has given out, also when that message is gone.
    pub(crate) last_sequence: u64,
    /// The last message of ours; None when the stream holds none.
    pub(crate) message: Option<TailMessage>,
}

/// The last message of ours in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TailMessage {
    pub(crate) sequence: u64,
    pub(crate) position: Position,
    pub(crate) event_id: EventId,
}

impl Bus {
    /// Reads the end of the stream.
    pub(crate) async fn tail(&self) -> Result<Tail, BusError> {
        let state = self.stream_info().await?.state;
        let message = match state.messages {
            0 => None,
            _ => self.last_readable(state.first_sequence).await?,
        };
        // Had something been published between the two questions, the fence would refuse what follows from this.
        Ok(Tail {
            first_sequence: state.first_sequence,
            last_sequence: state.last_sequence,
            message,
        })
    }

    async fn last_readable(&self, first: u64) -> Result<Option<TailMessage>, BusError> {
        let Some(newest) = self.newest_message().await? else {
            return Ok(None);
        };
        if let Some(found) = readable(&newest) {
            return Ok(Some(found));
        }
        tracing::warn!(
            sequence = newest.sequence,
            "the bus ends with a message that is not ours; looking before it"
        );
        let stream = self.stream().await?;
        for sequence in
            (newest.sequence.saturating_sub(LOOK_BACK).max(first)..newest.sequence).rev()
        {
            if let Ok(message) = stream.get_raw_message(sequence).await
                && let Some(found) = readable(&message)
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The last message that is still there; some behind it may have been deleted.
    async fn newest_message(&self) -> Result<Option<StreamMessage>, BusError> {
        let stream = self.stream().await?;
        match stream
            .get_last_raw_message_by_subject(&self.config.pattern())
            .await
        {
            Ok(message) => Ok(Some(message)),
            Err(error) => match error.kind() {
                LastRawMessageErrorKind::NoMessageFound => Ok(None),
                _ => Err(BusError::request("read the stream's last message", &error)),
            },
        }
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
