//! An event as a trail keeps it: the log's own text, and what of its surroundings the trail shows.
//!
//! Never reads the payload; whoever opens a trail takes its events in again.

use std::sync::Arc;

use accession_events::ids::EventId;
use accession_events::{Position, RecordedEvent, StreamName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::moment::Moment;

/// An event that a trail was told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Told {
    #[serde(rename = "p")]
    position: Position,
    #[serde(rename = "n")]
    sequence: u64,
    #[serde(rename = "a")]
    at: Timestamp,
    #[serde(rename = "t")]
    event_type: Arc<str>,
    #[serde(rename = "v")]
    event_version: u16,
    /// The exact text of the log.
    #[serde(rename = "e", with = "as_it_is")]
    payload: Arc<str>,
    /// Who caused it.
    #[serde(rename = "by", default, skip_serializing_if = "Option::is_none")]
    pub(crate) actor: Option<Arc<str>>,
    /// The import run in which it was caused.
    #[serde(rename = "run", default, skip_serializing_if = "Option::is_none")]
    pub(crate) import_run: Option<Arc<str>>,
    /// What it undoes, as the metadata write it.
    #[serde(rename = "undoes", default, skip_serializing_if = "Option::is_none")]
    pub(crate) undoes: Option<String>,
    /// Why, where the event itself has no room for it.
    #[serde(rename = "why", default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

/// The part of an event's metadata that a trail shows.
#[derive(Default, Deserialize)]
struct Surroundings {
    #[serde(default)]
    actor: Option<Arc<str>>,
    #[serde(default)]
    import_run: Option<Arc<str>>,
    #[serde(default)]
    undoes: Option<String>,
    #[serde(default)]
    reason: Option<String>,
}

impl Told {
    /// What a trail keeps of an event. Metadata that cannot be read is taken for empty, as everywhere.
    pub(crate) fn of(recorded: &RecordedEvent) -> Self {
        let around: Surroundings = serde_json::from_str(&recorded.metadata).unwrap_or_default();
        Self {
            position: recorded.position,
            sequence: recorded.sequence,
            at: recorded.recorded_at,
            event_type: Arc::clone(&recorded.event_type),
            event_version: recorded.event_version,
            payload: Arc::clone(&recorded.payload),
            actor: around.actor,
            import_run: around.import_run,
            undoes: around.undoes,
            reason: around.reason,
        }
    }

    /// The event again, as far as a fold looks at it.
    pub(crate) fn recorded(&self, stream: &StreamName) -> RecordedEvent {
        RecordedEvent {
            position: self.position,
            stream: stream.clone(),
            sequence: self.sequence,
            event_id: EventId::new(Uuid::nil()),
            event_type: Arc::clone(&self.event_type),
            event_version: self.event_version,
            payload: Arc::clone(&self.payload),
            metadata: Arc::from("{}"),
            recorded_at: self.at,
        }
    }

    /// When it happened.
    pub(crate) fn moment(&self) -> Moment {
        Moment {
            position: self.position,
            at: self.at,
        }
    }
}

/// JSON within JSON, neither escaped nor read.
mod as_it_is {
    use serde::de::Deserializer;
    use serde::ser::{Error, Serializer};

    use super::{Arc, Deserialize, RawValue, Serialize};

    pub(super) fn serialize<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(text).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<str>, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Arc::from(raw.get()))
    }
}
