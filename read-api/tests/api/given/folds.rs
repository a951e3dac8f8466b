//! The projector's own folds, run by hand: events in, the steps that a projector would write out.
//!
//! Never writes anything itself.

use std::collections::HashMap;

use accession_events::{Event, Position, RecordedEvent};
use accession_projector::{Leaf, ReadModel};
use accession_read_store::{
    DocumentWrite, FencingToken, Generation, IndexEntry, ModelRef, ModelStep, ReadStore,
    ReadStoreError,
};
use bytes::Bytes;

/// A read model of any kind.
pub(crate) trait Folds: Send {
    /// Which model and generation.
    fn reference(&self) -> &ModelRef;
    /// What a projector would write for these events.
    fn step(&mut self, events: &[(Event, RecordedEvent)]) -> ModelStep;
}

/// A read model, its states and where it stands.
pub(crate) struct Fold<M: ReadModel> {
    model: M,
    reference: ModelRef,
    states: HashMap<String, (M::State, Vec<IndexEntry>)>,
    at: Position,
    fence: FencingToken,
}

impl<M: ReadModel> Fold<M> {
    /// A generation of a model that nothing was folded into yet.
    pub(crate) async fn take_over(
        store: &dyn ReadStore,
        model: M,
        generation: u32,
    ) -> Box<dyn Folds> {
        let reference = Self::register(store, generation).await.unwrap();
        let taken = store.take_over(&reference, 0).await.unwrap();
        Box::new(Self {
            model,
            reference,
            states: HashMap::new(),
            at: taken.position,
            fence: taken.fence,
        })
    }

    /// Makes a generation known.
    pub(crate) async fn register(
        store: &dyn ReadStore,
        generation: u32,
    ) -> Result<ModelRef, ReadStoreError> {
        let reference = ModelRef {
            name: M::NAME.to_owned(),
            generation: Generation(generation),
        };
        store.register(&reference, M::FOLD_VERSION).await?;
        Ok(reference)
    }

    fn write(&mut self, key: &str, position: Position) -> DocumentWrite {
        let (state, known) = self.states.get_mut(key).unwrap();
        let rendered = self.model.render(key, state);
        let write = DocumentWrite {
            key: key.to_owned(),
            state: Bytes::from_static(b"{}"),
            body: rendered.body.map(Bytes::from),
            hidden: rendered.hidden,
            position,
            add: without(&rendered.entries, known),
            remove: without(known, &rendered.entries),
        };
        *known = rendered.entries;
        write
    }
}

impl<M: ReadModel> Folds for Fold<M> {
    fn reference(&self) -> &ModelRef {
        &self.reference
    }

    fn step(&mut self, events: &[(Event, RecordedEvent)]) -> ModelStep {
        let expected = self.at;
        let mut touched: Vec<(String, Position)> = Vec::new();
        let mut leaves = Vec::new();
        for (event, recorded) in events {
            for key in self.model.keys(event, recorded) {
                let (state, _) = self.states.entry(key.clone()).or_default();
                self.model.fold(&key, state, event, recorded).unwrap();
                let leaf = self.model.leaf(&key, state, recorded);
                leaves.extend(leaf.map(|leaf| laid_down(&leaf, &key, recorded.position)));
                touched.retain(|(known, _)| *known != key);
                touched.push((key, recorded.position));
            }
            self.at = recorded.position;
        }
        let mut documents: Vec<DocumentWrite> = touched
            .iter()
            .map(|(key, position)| self.write(key, *position))
            .collect();
        documents.extend(leaves);
        ModelStep {
            model: self.reference.clone(),
            expected,
            next: self.at,
            fence: self.fence,
            documents,
        }
    }
}

fn laid_down(leaf: &Leaf, beside: &str, position: Position) -> DocumentWrite {
    DocumentWrite {
        key: leaf.key(beside),
        state: Bytes::new(),
        body: Some(leaf.body.clone().into()),
        hidden: false,
        position,
        add: leaf.entries(beside),
        remove: Vec::new(),
    }
}

fn without(these: &[IndexEntry], others: &[IndexEntry]) -> Vec<IndexEntry> {
    these
        .iter()
        .filter(|entry| !others.contains(entry))
        .cloned()
        .collect()
}
