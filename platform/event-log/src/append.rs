//! What is asked of the log when something is to be written, and what the log answers.
//!
//! Plain values: nothing here talks to a database.

use std::borrow::Cow;

use accession_events::ids::EventId;
use accession_events::{ClaimChange, ClaimKey, Position, StreamName};

/// An event that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Its id, drawn by the writer once, so that a retry can be recognised.
    pub id: EventId,
    /// Name of its type.
    pub event_type: Cow<'static, str>,
    /// Version of its type's shape.
    pub event_version: u16,
    /// The JSON text that will be kept byte for byte.
    pub payload: String,
}

/// Events for one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamWrite {
    /// The stream.
    pub stream: StreamName,
    /// The version the writer has seen: the sequence of the stream's last event, 0 for a new stream.
    pub expected_version: u64,
    /// What to write; empty means: only check the version.
    pub events: Vec<NewEvent>,
    /// What these events do to claims; the owner is the stream's aggregate id.
    pub claims: Vec<ClaimChange>,
}

/// The answer to keep for a command, so that a repeat of it gets the same answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// Whose key it is, for example the caller's id: keys of two callers never meet.
    pub scope: String,
    /// The caller's key.
    pub key: String,
    /// Digest of method, path and body: tells a repeat from another request under the same key.
    pub fingerprint: String,
    /// The answer, as the caller's own text; the log stores it with the positions and hands back both.
    pub response: String,
}

/// One command's worth of writing: all of it or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Append {
    /// The streams it writes, or only checks.
    pub writes: Vec<StreamWrite>,
    /// Metadata of all its events, as JSON text of an object of strings; empty for none.
    pub metadata: String,
    /// Set for commands that carry an idempotency key.
    pub idempotency: Option<Idempotency>,
}

impl Append {
    /// The metadata as it is stored.
    pub(crate) fn metadata_text(&self) -> &str {
        if self.metadata.is_empty() {
            "{}"
        } else {
            &self.metadata
        }
    }

    /// Number of events in it.
    #[must_use]
    pub fn event_count(&self) -> usize {
        self.writes.iter().map(|write| write.events.len()).sum()
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// Position of its first event; the head of the log when it wrote none.
    pub first: Position,
    /// Position of its last event; the head of the log when it wrote none.
    pub last: Position,
}

/// What became of one append of a batch. Only `Committed` wrote anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is durable.
    Committed(Committed),
    /// A stream has moved on since the writer looked.
    Conflict {
        /// The stream.
        stream: StreamName,
        /// What the writer expected.
        expected: u64,
        /// What it is.
        actual: u64,
    },
    /// A value belongs to another stream.
    Claimed {
        /// The value.
        key: ClaimKey,
        /// The aggregate id that holds it.
        owner: String,
    },
    /// The same request was answered before: this is what it was told.
    Replayed(StoredResponse),
    /// The idempotency key was used before for another request.
    KeyReused,
}

/// An answer kept under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// Digest of the request it answered.
    pub fingerprint: String,
    /// The answer's text.
    pub response: String,
    /// Position of the last event that the command wrote, or the head at that time.
    pub position: Position,
}
