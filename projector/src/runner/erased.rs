//! Read models without their types, so that one loop drives all of them.
//!
//! Nothing here knows what a document means.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use accession_events::{Event, Position, RecordedEvent};
use accession_read_store::IndexEntry;
use bytes::Bytes;

use crate::model::{FoldError, Leaf, ReadModel, json};

/// Any read model.
#[derive(Clone)]
pub struct Model(Arc<dyn AnyModel>);

impl Model {
    /// This read model, without its type.
    #[must_use]
    pub fn of(model: impl ReadModel) -> Self {
        Self(Arc::new(Typed(Arc::new(model))))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    /// The version of its fold, with the settings that documents depend on.
    #[must_use]
    pub fn fold_version(&self) -> String {
        self.0.fold_version()
    }

    pub(crate) fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        self.0.keys(event, recorded)
    }

    /// Opens a document from its stored state; a new one when there is none.
    pub(crate) fn open(&self, key: &str, stored: Option<Bytes>) -> Result<OpenDocument, FoldError> {
        // A document whose parked events were taken in again leaves an empty state behind.
        let stored = stored.filter(|bytes| !bytes.is_empty());
        let (folding, entries) = self.0.open(key, stored.as_deref())?;
        Ok(OpenDocument {
            folding,
            entries,
            stored,
            leaves: Vec::new(),
        })
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Model").field(&self.name()).finish()
    }
}

/// A document in memory: what it is now, and what of it the last step wrote.
pub(crate) struct OpenDocument {
    folding: Box<dyn Folding>,
    /// The entries that the store holds after the last step.
    entries: Vec<IndexEntry>,
    /// The state that the store holds after the last step.
    stored: Option<Bytes>,
    /// What the events since the last step leave behind.
    leaves: Vec<(Position, Leaf)>,
}

/// What a step writes of a document.
pub(crate) struct Closed {
    pub(crate) state: Bytes,
    pub(crate) body: Option<Bytes>,
    pub(crate) hidden: bool,
    pub(crate) add: Vec<IndexEntry>,
    pub(crate) remove: Vec<IndexEntry>,
    pub(crate) leaves: Vec<(Position, Leaf)>,
}

impl OpenDocument {
    /// Takes an event in. After an error the document must be opened anew. A fold that panics has failed.
    pub(crate) fn fold(
        &mut self,
        key: &str,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let folding = AssertUnwindSafe(|| self.folding.fold(key, event, recorded));
        let leaf = catch_unwind(folding).unwrap_or_else(|panic| {
            Err(FoldError::new(format!(
                "the fold panicked: {}",
                said(&*panic)
            )))
        })?;
        self.leaves
            .extend(leaf.map(|leaf| (recorded.position, leaf)));
        Ok(())
    }

    /// Where it is found after it was rendered last.
    pub(crate) fn entries(&self) -> &[IndexEntry] {
        &self.entries
    }

    /// What the store holds of it.
    pub(crate) fn stored(&self) -> Option<Bytes> {
        self.stored.clone()
    }

    /// Renders it, and tells what is to be written since the last step.
    pub(crate) fn close(&mut self, key: &str) -> Result<Closed, FoldError> {
        let closing = AssertUnwindSafe(|| self.folding.close(key));
        let (state, mut rendered) = catch_unwind(closing).unwrap_or_else(|panic| {
            Err(FoldError::new(format!(
                "rendering panicked: {}",
                said(&*panic)
            )))
        })?;
        rendered.entries.sort_unstable();
        rendered.entries.dedup();
        let add = missing_in(&rendered.entries, &self.entries);
        let remove = missing_in(&self.entries, &rendered.entries);
        // Copied at their exact size: they stay until they are committed, and buffers have room to spare.
        let state = Bytes::copy_from_slice(&state);
        (self.entries, self.stored) = (rendered.entries, Some(state.clone()));
        Ok(Closed {
            state,
            body: rendered.body.map(|body| Bytes::copy_from_slice(&body)),
            hidden: rendered.hidden,
            add,
            remove,
            leaves: std::mem::take(&mut self.leaves),
        })
    }
}

/// The entries of one list that the other lacks; lists are short.
fn missing_in(entries: &[IndexEntry], other: &[IndexEntry]) -> Vec<IndexEntry> {
    entries
        .iter()
        .filter(|entry| !other.contains(entry))
        .cloned()
        .collect()
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it did not say why")
}

/// What [`ReadModel`] becomes without its type.
trait AnyModel: Send + Sync {
    fn name(&self) -> &'static str;
    fn fold_version(&self) -> String;
    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String>;
    fn open(
        &self,
        key: &str,
        stored: Option<&[u8]>,
    ) -> Result<(Box<dyn Folding>, Vec<IndexEntry>), FoldError>;
}

/// A state without its type.
trait Folding: Send + Sync {
    fn fold(
        &mut self,
        key: &str,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<Option<Leaf>, FoldError>;
    fn close(&self, key: &str) -> Result<(Vec<u8>, crate::model::Rendered), FoldError>;
}

struct Typed<M>(Arc<M>);

struct State<M: ReadModel> {
    model: Arc<M>,
    state: M::State,
}

impl<M: ReadModel> AnyModel for Typed<M> {
    fn name(&self) -> &'static str {
        M::NAME
    }

    fn fold_version(&self) -> String {
        self.0.fold_version()
    }

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        self.0.keys(event, recorded)
    }

    fn open(
        &self,
        key: &str,
        stored: Option<&[u8]>,
    ) -> Result<(Box<dyn Folding>, Vec<IndexEntry>), FoldError> {
        let Some(stored) = stored else {
            let state = M::State::default();
            return Ok((
                Box::new(State {
                    model: Arc::clone(&self.0),
                    state,
                }),
                Vec::new(),
            ));
        };
        let state: M::State = serde_json::from_slice(stored).map_err(|error| {
            FoldError::new(format!(
                "the stored state cannot be read, rebuild the model: {error}"
            ))
        })?;
        let mut entries = self.0.entries(key, &state);
        entries.sort_unstable();
        Ok((
            Box::new(State {
                model: Arc::clone(&self.0),
                state,
            }),
            entries,
        ))
    }
}

impl<M: ReadModel> Folding for State<M> {
    fn fold(
        &mut self,
        key: &str,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<Option<Leaf>, FoldError> {
        self.model.fold(key, &mut self.state, event, recorded)?;
        Ok(self.model.leaf(key, &self.state, recorded))
    }

    fn close(&self, key: &str) -> Result<(Vec<u8>, crate::model::Rendered), FoldError> {
        let state = json(&self.state)
            .map_err(|error| FoldError::new(format!("the state cannot be written: {error}")))?;
        Ok((state, self.model.render(key, &self.state)))
    }
}

/// What a model shows under one key after these events, each taken in from the stored state; for tests of folds.
#[cfg(test)]
pub(crate) fn fold_alone(
    model: &Model,
    key: &str,
    events: &[RecordedEvent],
) -> Result<crate::model::Rendered, FoldError> {
    let (mut stored, mut rendered) = (None, crate::model::Rendered::default());
    for recorded in events {
        let event = Event::decode(recorded).map_err(|error| FoldError::new(error.to_string()))?;
        if !model
            .keys(&event, recorded)
            .iter()
            .any(|touched| touched == key)
        {
            continue;
        }
        let mut open = model.open(key, stored.take())?;
        open.fold(key, &event, recorded)?;
        let closed = open.close(key)?;
        rendered.body = closed.body.map(|body| body.to_vec());
        rendered.hidden = closed.hidden;
        rendered.entries.clone_from(&open.entries);
        stored = Some(closed.state);
    }
    Ok(rendered)
}
