//! A history: events in the order of the log, written as their JSON.
//!
//! It counts positions and sequences itself, so that no test can get them wrong.

use std::collections::HashMap;

use accession_events::catalog::{EditionEvent, EpisodeEvent, TitleEvent};
use accession_events::circulation::{LendingEvent, PatronEvent, PolicyEvent};
use accession_events::holdings::{CopyEvent, PlacesEvent, ShelfEvent, StocktakingEvent};
use accession_events::identity::{AccountEvent, SessionEvent, SubjectEvent};
use accession_events::ids::EventId;
use accession_events::ingestion::ImportRunEvent;
use accession_events::library::LibraryEvent;
use accession_events::{LoggedEvent, Position, RecordedEvent, StreamName};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

/// Events in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    events: Vec<RecordedEvent>,
    sequences: HashMap<StreamName, u64>,
    /// Seconds that passed beside those between events.
    waited: i64,
}

/// The id with this number, for any kind of thing.
pub(crate) fn id(number: u64) -> String {
    Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0000 + u128::from(number)).to_string()
}

/// The provenance of a provider's record.
pub(crate) fn by(source: &str, record: &str) -> Value {
    json!({ "source": source, "authority": "primary_provider", "record": record })
}

/// The provenance of a curator.
pub(crate) fn curator() -> Value {
    json!({ "source": "curator:ada", "authority": "curator" })
}

impl History {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn title(self, number: u64, event: Value) -> Self {
        self.push::<TitleEvent>(number, event)
    }

    pub(crate) fn edition(self, number: u64, event: Value) -> Self {
        self.push::<EditionEvent>(number, event)
    }

    pub(crate) fn episode(self, number: u64, event: Value) -> Self {
        self.push::<EpisodeEvent>(number, event)
    }

    pub(crate) fn import_run(self, number: u64, event: Value) -> Self {
        self.push::<ImportRunEvent>(number, event)
    }

    pub(crate) fn account(self, number: u64, event: Value) -> Self {
        self.push::<AccountEvent>(number, event)
    }

    pub(crate) fn session(self, number: u64, event: Value) -> Self {
        self.push::<SessionEvent>(number, event)
    }

    pub(crate) fn subject(self, number: u64, event: Value) -> Self {
        self.push::<SubjectEvent>(number, event)
    }

    pub(crate) fn library(self, number: u64, event: Value) -> Self {
        self.push::<LibraryEvent>(number, event)
    }

    pub(crate) fn copy(self, number: u64, event: Value) -> Self {
        self.push::<CopyEvent>(number, event)
    }

    pub(crate) fn places(self, number: u64, event: Value) -> Self {
        self.push::<PlacesEvent>(number, event)
    }

    pub(crate) fn shelf(self, number: u64, event: Value) -> Self {
        self.push::<ShelfEvent>(number, event)
    }

    pub(crate) fn stocktaking(self, number: u64, event: Value) -> Self {
        self.push::<StocktakingEvent>(number, event)
    }

    pub(crate) fn lending(self, number: u64, event: Value) -> Self {
        self.push::<LendingEvent>(number, event)
    }

    pub(crate) fn patron(self, number: u64, event: Value) -> Self {
        self.push::<PatronEvent>(number, event)
    }

    pub(crate) fn policy(self, number: u64, event: Value) -> Self {
        self.push::<PolicyEvent>(number, event)
    }

    /// Nothing happens for so many seconds.
    pub(crate) fn wait(mut self, seconds: i64) -> Self {
        self.waited += seconds;
        self
    }

    /// An event that this version of the code cannot read.
    pub(crate) fn unreadable(mut self, aggregate: &str, number: u64) -> Self {
        self.record(
            aggregate,
            number,
            "FromTheFuture",
            9,
            r#"{"FromTheFuture":{}}"#.into(),
        );
        self
    }

    pub(crate) fn events(&self) -> Vec<RecordedEvent> {
        self.events.clone()
    }

    pub(crate) fn head(&self) -> Position {
        Position::new(self.events.len() as u64)
    }

    fn push<E: LoggedEvent>(mut self, number: u64, event: Value) -> Self {
        let read: E = serde_json::from_value(event).expect("the test's event is one");
        let payload = serde_json::to_string(&read).expect("an event can be written");
        self.record(E::AGGREGATE, number, read.name(), read.version(), payload);
        self
    }

    fn record(
        &mut self,
        aggregate: &str,
        number: u64,
        event_type: &str,
        version: u16,
        payload: String,
    ) {
        let stream = StreamName::new(aggregate, id(number));
        let sequence = self.sequences.entry(stream.clone()).or_default();
        *sequence += 1;
        let position = self.events.len() as u64 + 1;
        let start: Timestamp = "2026-11-21T08:00:00Z".parse().expect("a time");
        self.events.push(RecordedEvent {
            position: Position::new(position),
            stream,
            sequence: *sequence,
            event_id: EventId::new(Uuid::from_u128(u128::from(position))),
            event_type: event_type.into(),
            event_version: version,
            payload: payload.into(),
            metadata: r#"{"actor":"service:importer"}"#.into(),
            recorded_at: start + SignedDuration::from_secs(position as i64 + self.waited),
        });
    }
}
