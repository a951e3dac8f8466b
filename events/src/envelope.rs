//! What surrounds an event in the log: where it stands, which stream it belongs to, who said it and why.
//!
//! Nothing here knows what an event means.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::EventId;

/// A place in the log's total order: dense, 1..N without holes; 0 stands before the first event.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(u64);

impl Position {
    /// Before the first event.
    pub const START: Self = Self(0);

    /// The position with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number, counted from 1; 0 before the first event.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The position right after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The name of a stream: which kind of aggregate, and which one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamName {
    /// Kind of aggregate, `<context>.<aggregate>`, for example `catalog.title`.
    pub aggregate_type: Arc<str>,
    /// Which one; a UUID in its hyphenated form for all aggregates so far.
    pub aggregate_id: Arc<str>,
}

impl StreamName {
    /// The stream of one aggregate.
    #[must_use]
    pub fn new(aggregate_type: &str, aggregate_id: impl fmt::Display) -> Self {
        Self {
            aggregate_type: aggregate_type.into(),
            aggregate_id: aggregate_id.to_string().into(),
        }
    }

    /// The bounded context, the part of the type before the dot.
    #[must_use]
    pub fn context(&self) -> &str {
        self.aggregate_type
            .split_once('.')
            .map_or(&self.aggregate_type, |(context, _)| context)
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.aggregate_type, self.aggregate_id)
    }
}

/// Who caused an event, and in which course of things. All values are strings, as `cqrs-es` stores them.
///
/// `actor` is who said it (`curator:<id>`, `service:<credential id>`, `operator`, `system`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Who caused the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The library (tenant) in whose context the command was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library: Option<String>,
    /// The request or job that started this course of things.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
    /// The event or command that led directly to this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation: Option<String>,
    /// The import run, when an importer caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import_run: Option<String>,
    /// From where: a short keyed digest of the client's place, which many places share. Never an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// W3C trace id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// W3C `traceparent` of the span that caused the event, when traces were recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// The positions of the events that this one undoes, separated by commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// Why, in the words of who caused the event, where the event itself has no room for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Keys that a later version has added; kept, so that reading and exporting loses nothing.
    #[serde(flatten)]
    pub more: BTreeMap<String, String>,
}

/// Positions as metadata list them, separated by commas.
#[must_use]
pub fn listed_positions(text: &str) -> Vec<Position> {
    text.split(',')
        .filter_map(|text| text.trim().parse().ok())
        .map(Position::new)
        .collect()
}

impl Metadata {
    /// The positions of the events that this one undoes; empty for all others.
    #[must_use]
    pub fn undone_positions(&self) -> Vec<Position> {
        listed_positions(self.undoes.as_deref().unwrap_or_default())
    }

    /// The same, undoing the events at these positions.
    #[must_use]
    pub fn undoing(mut self, positions: &[Position]) -> Self {
        let listed: Vec<String> = positions.iter().map(ToString::to_string).collect();
        self.undoes = Some(listed.join(","));
        self
    }
}

/// An event as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Where it stands in the log.
    pub position: Position,
    /// Whose it is.
    pub stream: StreamName,
    /// Its number within the stream, counted from 1.
    pub sequence: u64,
    /// Its own id.
    pub event_id: EventId,
    /// Name of its type, for example `TitleAdded`.
    pub event_type: Arc<str>,
    /// Version of its type's shape, counted from 1.
    pub event_version: u16,
    /// Payload: the exact JSON text that was stored.
    pub payload: Arc<str>,
    /// Metadata: the exact JSON text that was stored.
    pub metadata: Arc<str>,
    /// Server time under the log's lock; never goes backwards along positions.
    pub recorded_at: Timestamp,
}

impl RecordedEvent {
    /// The metadata, parsed. Unreadable metadata is empty metadata: it never stops a reader.
    #[must_use]
    pub fn parsed_metadata(&self) -> Metadata {
        serde_json::from_str(&self.metadata).unwrap_or_default()
    }
}
