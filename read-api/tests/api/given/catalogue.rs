//! What happened to a catalogue, in the words of its events, written down in a read store as a projector does.
//!
//! Never later than the call that tells it: when a call returns, the documents are in the store.

use std::collections::HashMap;
use std::sync::Arc;

use accession_events::ids::EventId;
use accession_events::{Event, Position, RecordedEvent, StreamName};
use accession_projector::catalog::{
    EditionModel, EpisodeModel, HistoryModel, ProvenanceTrailModel, TitleCardModel, TitlePageModel,
};
use accession_projector::ingestion::ImportRunModel;
use accession_read_store::{Commit, ReadStore};
use accession_testkit::eventually;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::folds::{Fold, Folds};

/// How long a store may take to come back.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// A catalogue and the store that it is written down in.
pub(crate) struct Catalogue {
    store: Arc<dyn ReadStore>,
    pub(super) models: Vec<Box<dyn Folds>>,
    history: Vec<(Event, RecordedEvent)>,
    sequences: HashMap<Uuid, u64>,
    /// Events that were told but not written down yet.
    pending: usize,
}

/// An id that tests can write down: the same number, the same id.
pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0000 + number)
}

/// What a provider says.
fn said(facts: &[(&str, Value)]) -> Value {
    let provenance =
        json!({ "source": "goodbooks", "authority": "secondary_provider", "record": "1" });
    json!({ "provenance": provenance, "facts": listed(facts) })
}

/// What a curator says.
pub(crate) fn curated(facts: &[(&str, Value)]) -> Value {
    let provenance = json!({ "source": "curator:ana", "authority": "curator" });
    json!({ "provenance": provenance, "facts": listed(facts) })
}

fn listed(facts: &[(&str, Value)]) -> Vec<Value> {
    let fact = |(field, value): &(&str, Value)| json!({ "field": field, "value": value });
    facts.iter().map(fact).collect()
}

/// Two objects in one.
fn with(mut one: Value, other: &Value) -> Value {
    let other = other.as_object().unwrap().clone();
    one.as_object_mut().unwrap().extend(other);
    one
}

impl Catalogue {
    /// An empty catalogue whose read models are built and live.
    pub(crate) async fn in_store(store: &Arc<dyn ReadStore>) -> Self {
        let mut catalogue = Self::unpromoted(store, 1).await;
        catalogue.promote().await;
        catalogue.tell(
            "ingestion.import_run",
            id(9999),
            "ImportRunOpened",
            &json!({ "source": "goodbooks", "input": "books.csv" }),
        );
        catalogue.write().await;
        catalogue
    }

    /// A generation of all read models that readers are not sent to yet.
    pub(crate) async fn unpromoted(store: &Arc<dyn ReadStore>, generation: u32) -> Self {
        let to = &**store;
        eventually(PATIENCE, || {
            Fold::<ImportRunModel>::register(to, generation)
        })
        .await;
        let models = vec![
            Fold::take_over(to, TitlePageModel::default(), generation).await,
            Fold::take_over(to, TitleCardModel::default(), generation).await,
            Fold::take_over(to, EpisodeModel::default(), generation).await,
            Fold::take_over(to, EditionModel::default(), generation).await,
            Fold::take_over(to, ProvenanceTrailModel::default(), generation).await,
            Fold::take_over(to, ImportRunModel, generation).await,
            Fold::take_over(to, HistoryModel::default(), generation).await,
        ];
        Self {
            store: store.clone(),
            models,
            history: Vec::new(),
            sequences: HashMap::new(),
            pending: 0,
        }
    }

    /// Another generation with the same history.
    pub(crate) async fn rebuilt(&self, generation: u32) -> Self {
        let other = Self::unpromoted(&self.store, generation).await;
        self.retold(other).await
    }

    /// This catalogue's history, told in another one.
    pub(crate) async fn retold(&self, mut other: Self) -> Self {
        other.history.clone_from(&self.history);
        other.sequences.clone_from(&self.sequences);
        other.pending = other.history.len();
        other.write().await;
        other
    }

    /// Sends readers to this generation.
    pub(crate) async fn promote(&mut self) {
        for model in &self.models {
            self.store.promote(model.reference()).await.unwrap();
        }
    }

    /// Something happened; it is not written down yet.
    pub(crate) fn tell(&mut self, aggregate: &str, stream: Uuid, event: &str, payload: &Value) {
        let sequence = self.sequences.entry(stream).or_default();
        *sequence += 1;
        let position = Position::new(self.history.len() as u64 + 1);
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        let recorded = RecordedEvent {
            position,
            stream: StreamName::new(aggregate, stream),
            sequence: *sequence,
            event_id: EventId::new(Uuid::from_u128(u128::from(position.get()))),
            event_type: event.into(),
            event_version: if event == "TitleAdded" { 2 } else { 1 },
            payload: json!({ event: payload }).to_string().into(),
            metadata: json!({ "actor": "service:test" }).to_string().into(),
            recorded_at: at + SignedDuration::from_secs(position.get().cast_signed()),
        };
        let event = Event::decode(&recorded).expect("an event of the contract");
        self.history.push((event, recorded));
        self.pending += 1;
    }

    /// Writes down what was told, in one step.
    pub(crate) async fn write(&mut self) -> Position {
        let from = self.history.len() - self.pending;
        self.pending = 0;
        let events = &self.history[from..];
        let steps = self.models.iter_mut().map(|model| model.step(events));
        let commit = Commit {
            lane: 0,
            steps: steps.collect(),
        };
        // A connection that a fault test has cut is noticed by the first step that uses it.
        eventually(PATIENCE, || self.store.commit(commit.clone())).await;
        self.position()
    }

    /// The position of the newest event.
    pub(crate) fn position(&self) -> Position {
        Position::new(self.history.len() as u64)
    }

    /// A title with a name.
    pub(crate) fn add_title(&mut self, number: u128, kind: &str, slug: &str, name: &str) -> Uuid {
        self.add_title_with(number, kind, slug, &[("name", json!(name))])
    }

    /// A title with facts.
    pub(crate) fn add_title_with(
        &mut self,
        number: u128,
        kind: &str,
        slug: &str,
        facts: &[(&str, Value)],
    ) -> Uuid {
        let payload = with(json!({ "kind": kind, "slug": slug }), &said(facts));
        self.tell("catalog.title", id(number), "TitleAdded", &payload);
        id(number)
    }

    /// A curator gives a title another name.
    pub(crate) fn rename(&mut self, title: Uuid, name: &str) {
        let payload = curated(&[("name", json!(name))]);
        self.tell("catalog.title", title, "TitleFactsAsserted", &payload);
    }

    /// An edition of a title.
    pub(crate) fn add_edition(&mut self, number: u128, title: Uuid, isbn: &str) -> Uuid {
        self.add_edition_with(number, title, &[("isbn", json!(isbn))])
    }

    /// An edition of a title with facts.
    pub(crate) fn add_edition_with(
        &mut self,
        number: u128,
        title: Uuid,
        facts: &[(&str, Value)],
    ) -> Uuid {
        let payload = with(json!({ "title_id": title }), &said(facts));
        self.tell("catalog.edition", id(number), "EditionAdded", &payload);
        id(number)
    }

    /// An episode of a title.
    pub(crate) fn add_episode(&mut self, key: u128, title: Uuid, number: u32, name: &str) -> Uuid {
        let facts = said(&[("name", json!(name))]);
        let payload = with(json!({ "title_id": title, "number": number }), &facts);
        self.tell("catalog.episode", id(key), "EpisodeAdded", &payload);
        id(key)
    }

    /// A place where an episode can be watched.
    pub(crate) fn add_source(
        &mut self,
        key: u128,
        episode: Uuid,
        title: Uuid,
        name: &str,
        priority: i32,
    ) {
        let place = json!({ "title_id": title, "source_id": id(key), "name": name,
            "url": format!("https://video.example/{name}.m3u8") });
        let facts = said(&[
            ("kind", json!("m3u8")),
            ("priority", json!(priority)),
            ("active", json!(true)),
        ]);
        self.tell(
            "catalog.episode",
            episode,
            "VideoSourceAdded",
            &with(place, &facts),
        );
    }
}
