//! What has happened to an aggregate, with all that is recorded about it, and which events were one change.
//!
//! Never a second idea of a change: it is what one request appended.

use std::sync::Arc;

use accession_events::event::{DecodeError, LoggedEvent, decode_as};
use accession_events::ids::EventId;
use accession_events::{Metadata, Position, RecordedEvent};
use jiff::Timestamp;

/// An event of the past.
#[derive(Debug, Clone, PartialEq)]
pub struct Past<E> {
    /// Where it stands in the log.
    pub position: Position,
    /// Its id.
    pub event_id: EventId,
    /// When the log recorded it.
    pub recorded_at: Timestamp,
    /// Name of its type.
    pub event_type: Arc<str>,
    /// Who caused it.
    pub metadata: Metadata,
    /// The event itself.
    pub event: E,
}

impl<E: LoggedEvent> Past<E> {
    /// Reads a recorded event.
    pub fn read(recorded: &RecordedEvent) -> Result<Self, DecodeError> {
        Ok(Self {
            position: recorded.position,
            event_id: recorded.event_id,
            recorded_at: recorded.recorded_at,
            event_type: Arc::clone(&recorded.event_type),
            metadata: recorded.parsed_metadata(),
            event: decode_as(recorded)?,
        })
    }
}

/// The changes that these events are, in order. One append has one time and one metadata, and its events stand side by
/// side in the log.
#[must_use]
pub fn changes<E>(past: &[Past<E>]) -> Vec<&[Past<E>]> {
    past.chunk_by(|one, next| {
        one.position.next() == next.position
            && one.recorded_at == next.recorded_at
            && one.metadata == next.metadata
    })
    .collect()
}
