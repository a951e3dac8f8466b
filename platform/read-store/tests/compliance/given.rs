//! Builders for what the tests write, with defaults that say nothing.
//! Never talks to a store by itself, but for the projector, which keeps its checkpoint and fence.

use accession_events::Position;
use accession_read_store::{
    Commit, DocumentWrite, FencingToken, Generation, IndexEntry, IndexRange, ModelRef, ModelStep,
    ReadStore, ReadStoreError,
};
use bytes::Bytes;

/// A generation of a model.
pub(crate) fn model(name: &str, generation: u32) -> ModelRef {
    ModelRef {
        name: name.to_owned(),
        generation: Generation(generation),
    }
}

/// A shown document whose state and body say its key.
pub(crate) fn document(key: &str) -> DocumentWrite {
    DocumentWrite {
        key: key.to_owned(),
        state: Bytes::from(format!("state of {key}")),
        body: Some(Bytes::from(format!("{{\"key\":\"{key}\"}}"))),
        hidden: false,
        position: Position::new(1),
        add: Vec::new(),
        remove: Vec::new(),
    }
}

/// An entry of an index.
pub(crate) fn entry(index: &str, sort: &str, key: &str) -> IndexEntry {
    IndexEntry {
        index: index.to_owned(),
        sort: sort.to_owned(),
        key: key.to_owned(),
    }
}

/// A document that is listed in `index` under `sort`.
pub(crate) fn listed(key: &str, index: &str, sort: &str) -> DocumentWrite {
    DocumentWrite {
        add: vec![entry(index, sort, key)],
        ..document(key)
    }
}

/// The whole of an index, ascending.
pub(crate) fn all(index: &str) -> IndexRange {
    IndexRange {
        index: index.to_owned(),
        prefix: String::new(),
        after: None,
        descending: false,
        skip: 0,
        limit: usize::MAX,
    }
}

/// Writes steps of one model in one lane, one position a step.
pub(crate) struct Projector {
    pub(crate) model: ModelRef,
    pub(crate) lane: u16,
    pub(crate) at: Position,
    pub(crate) fence: FencingToken,
}

impl Projector {
    /// Takes lane 0 of a model over.
    pub(crate) async fn of(store: &dyn ReadStore, model: &ModelRef) -> Self {
        Self::in_lane(store, model, 0).await
    }

    /// Takes a lane of a model over.
    pub(crate) async fn in_lane(store: &dyn ReadStore, model: &ModelRef, lane: u16) -> Self {
        let taken = store
            .take_over(model, lane)
            .await
            .expect("a lane to take over");
        Self {
            model: model.clone(),
            lane,
            at: taken.position,
            fence: taken.fence,
        }
    }

    /// The next step, with these documents.
    pub(crate) fn step(&self, documents: Vec<DocumentWrite>) -> Commit {
        let step = ModelStep {
            model: self.model.clone(),
            expected: self.at,
            next: self.at.next(),
            fence: self.fence,
            documents,
        };
        Commit {
            lane: self.lane,
            steps: vec![step],
        }
    }

    /// Commits a step and goes on from it.
    pub(crate) async fn write(&mut self, store: &dyn ReadStore, documents: Vec<DocumentWrite>) {
        self.try_write(store, documents)
            .await
            .expect("a step to be committed");
    }

    /// Commits a step; goes on from it when the store took it.
    pub(crate) async fn try_write(
        &mut self,
        store: &dyn ReadStore,
        documents: Vec<DocumentWrite>,
    ) -> Result<(), ReadStoreError> {
        store.commit(self.step(documents)).await?;
        self.at = self.at.next();
        Ok(())
    }
}
