//! Events that could not be taken in, kept with the later events of the same key until an operator retries them.
//!
//! Nothing is ever skipped: what is parked stands in the read store, written in the same step as the checkpoint.

use std::collections::{BTreeMap, HashMap};

use accession_events::{Position, StreamName};
use accession_read_store::{
    DocumentWrite, IndexEntry, IndexRange, ModelRef, ReadStore, ReadStoreError, lane_of,
};
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::discards::{self, Skipped};

/// The index of what is parked in a model.
const INDEX: &str = "!parked";

/// How many parked keys are read in one go.
const PAGE: usize = 1000;

/// A key of a model whose events are parked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedKey {
    /// The document's key, or `stream:<aggregate type>/<id>` when an event of that stream could not even be read.
    pub key: String,
    /// The events that wait, in order; the first is the one that failed.
    pub positions: Vec<Position>,
    /// What is wrong with the first.
    pub reason: String,
    /// When the first was recorded.
    pub since: Timestamp,
}

/// What is parked in a lane, by model and key. A copy of what the store holds, plus the step in work.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parked {
    models: HashMap<&'static str, BTreeMap<String, ParkedKey>>,
    /// What operators have given up, of the models of which there is something.
    skipped: HashMap<&'static str, Skipped>,
}

impl Parked {
    /// Reads what is parked in a lane of a model.
    pub(crate) async fn load(
        &mut self,
        store: &dyn ReadStore,
        name: &'static str,
        model: &ModelRef,
        lane: u16,
        lanes: u16,
    ) -> Result<(), ReadStoreError> {
        let of_model = read(store, model, lane, lanes).await?;
        let skipped = discards::skipped(store, name).await?;
        if !skipped.is_empty() {
            self.skipped.insert(name, skipped);
        }
        self.models.insert(
            name,
            of_model
                .into_iter()
                .map(|parked| (parked.key.clone(), parked))
                .collect(),
        );
        Ok(())
    }

    /// Whether events of this key must wait.
    pub(crate) fn holds(&self, model: &'static str, key: &str) -> bool {
        self.models
            .get(model)
            .is_some_and(|keys| keys.contains_key(key))
    }

    /// Whether an operator has given an event up for this key.
    pub(crate) fn skips(&self, model: &'static str, key: &str, position: Position) -> bool {
        self.skipped
            .get(model)
            .is_some_and(|skipped| skipped.contains(&(key.to_owned(), position)))
    }

    /// Whether nothing at all is parked in a model.
    pub(crate) fn is_empty(&self, model: &'static str) -> bool {
        self.models.get(model).is_none_or(BTreeMap::is_empty)
    }

    /// How many keys of a model are parked.
    pub(crate) fn count(&self, model: &'static str) -> usize {
        self.models.get(model).map_or(0, BTreeMap::len)
    }

    /// What is wrong with the first parked key of a model.
    pub(crate) fn first_problem(&self, model: &'static str) -> Option<String> {
        let (key, parked) = self.models.get(model)?.first_key_value()?;
        Some(format!("{key}: {}", parked.reason))
    }

    pub(crate) fn get(&self, model: &'static str, key: &str) -> Option<&ParkedKey> {
        self.models.get(model)?.get(key)
    }

    /// Parks an event; the reason counts only for the first of its key.
    pub(crate) fn park(
        &mut self,
        model: &'static str,
        key: &str,
        position: Position,
        at: Timestamp,
        reason: &str,
    ) {
        let keys = self.models.entry(model).or_default();
        let parked = keys.entry(key.to_owned()).or_insert_with(|| ParkedKey {
            key: key.to_owned(),
            positions: Vec::new(),
            reason: reason.to_owned(),
            since: at,
        });
        if let Err(place) = parked.positions.binary_search(&position) {
            parked.positions.insert(place, position);
        }
    }

    /// Replaces what is parked under a key, or forgets it.
    pub(crate) fn replace(&mut self, model: &'static str, key: &str, parked: Option<ParkedKey>) {
        let keys = self.models.entry(model).or_default();
        match parked {
            Some(parked) => keys.insert(key.to_owned(), parked),
            None => keys.remove(key),
        };
    }

    /// What a step writes so that the store knows what is parked under a key now.
    pub(crate) fn write(
        &self,
        model: &'static str,
        key: &str,
        lane: u16,
        lanes: u16,
        at: Position,
    ) -> DocumentWrite {
        let document = document_key(key, lane, lanes);
        let entry = IndexEntry {
            index: INDEX.to_owned(),
            sort: key.to_owned(),
            key: document.clone(),
        };
        let parked = self.get(model, key);
        let state = parked
            .and_then(|parked| serde_json::to_vec(parked).ok())
            .unwrap_or_default();
        let (add, remove) = if parked.is_some() {
            (vec![entry], Vec::new())
        } else {
            (Vec::new(), vec![entry])
        };
        DocumentWrite {
            key: document,
            state: state.into(),
            body: None,
            hidden: true,
            position: at,
            add,
            remove,
        }
    }
}

/// The key under which events of a stream are parked that nobody can read.
pub(crate) fn stream_key(stream: &StreamName) -> String {
    format!("stream:{stream}")
}

/// The document that says what is parked under a key. The number in it brings it into the lane that parked it:
/// a stream is parked in every lane, since any of them may own what its events touch.
fn document_key(key: &str, lane: u16, lanes: u16) -> String {
    let numbered = |number: u32| format!("{INDEX}/{number}/{key}");
    (0..u32::MAX)
        .map(numbered)
        .find(|candidate| lane_of(candidate, lanes) == lane)
        .unwrap_or_default()
}

/// What is parked in a generation, over all lanes, each key once, in the order of the keys.
pub async fn parked_of(
    store: &dyn ReadStore,
    model: &ModelRef,
    lanes: u16,
) -> Result<Vec<ParkedKey>, ReadStoreError> {
    let mut found: Vec<ParkedKey> = Vec::new();
    for lane in 0..lanes.max(1) {
        found.extend(read(store, model, lane, lanes).await?);
    }
    found.sort_by(|one, other| one.key.cmp(&other.key));
    found.dedup_by(|one, other| one.key == other.key);
    Ok(found)
}

/// Everything that is parked in a lane of a model.
pub(crate) async fn read(
    store: &dyn ReadStore,
    model: &ModelRef,
    lane: u16,
    lanes: u16,
) -> Result<Vec<ParkedKey>, ReadStoreError> {
    let mut found = Vec::new();
    let mut range = IndexRange {
        index: INDEX.to_owned(),
        prefix: String::new(),
        after: None,
        descending: false,
        skip: 0,
        limit: PAGE,
    };
    loop {
        let page = store.scan(model, &range).await?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        range.after = Some((last.sort.clone(), last.key.clone()));
        let keys: Vec<String> = page
            .into_iter()
            .map(|entry| entry.key)
            .filter(|key| lane_of(key, lanes) == lane)
            .collect();
        for state in store
            .states(model, lane, &keys)
            .await?
            .into_iter()
            .flatten()
        {
            found.push(parse(&state)?);
        }
    }
}

fn parse(state: &Bytes) -> Result<ParkedKey, ReadStoreError> {
    serde_json::from_slice(state).map_err(|error| ReadStoreError::Corrupt {
        reason: format!("a list of parked events cannot be read: {error}"),
    })
}
