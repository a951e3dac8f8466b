//! One document by itself, folded over events that are handed in: what time travel and tests of folds stand on.
//!
//! The same code as the runner's, without a store: it never writes anything, and it never skips an event.

use accession_events::{Event, RecordedEvent};

use crate::model::{FoldError, Leaf, Rendered};
use crate::runner::{Model, OpenDocument};

/// A document of one model, in the making.
pub struct Alone {
    model: Model,
    key: String,
    open: Option<OpenDocument>,
    leaves: Vec<Leaf>,
    state: usize,
    taken: u64,
}

impl Alone {
    /// The document with this key, before the first event.
    #[must_use]
    pub fn new(model: &Model, key: &str) -> Self {
        Self {
            model: model.clone(),
            key: key.to_owned(),
            open: None,
            leaves: Vec::new(),
            state: 0,
            taken: 0,
        }
    }

    /// Takes an event in, if it touches the document; whether it did. Events come in the order of the log.
    ///
    /// An event that cannot be read or folded changes nothing, and nothing may be taken in after it: a projector
    /// parks it with the later events of its key.
    pub fn take(&mut self, recorded: &RecordedEvent) -> Result<bool, FoldError> {
        let event = Event::decode(recorded).map_err(|error| FoldError::new(error.to_string()))?;
        if !self.model.keys(&event, recorded).contains(&self.key) {
            return Ok(false);
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.model.open(&self.key, None)?,
        };
        open.fold(&self.key, &event, recorded)?;
        self.open = Some(open);
        self.taken += 1;
        Ok(true)
    }

    /// How many events were taken in.
    #[must_use]
    pub const fn taken(&self) -> u64 {
        self.taken
    }

    /// What readers see of the document after the events that were taken in.
    pub fn rendered(&mut self) -> Result<Rendered, FoldError> {
        let Some(open) = &mut self.open else {
            return Ok(Rendered::default());
        };
        let closed = open.close(&self.key)?;
        self.state = closed.state.len();
        let left = closed.leaves.into_iter().map(|(_, leaf)| leaf);
        self.leaves.extend(left);
        Ok(Rendered {
            body: closed.body.map(|body| body.to_vec()),
            hidden: closed.hidden,
            entries: open.entries().to_vec(),
        })
    }

    /// What the events have left beside the document since this was asked last, the oldest first.
    pub fn take_leaves(&mut self) -> Result<Vec<Leaf>, FoldError> {
        self.rendered()?;
        Ok(std::mem::take(&mut self.leaves))
    }

    /// Bytes of the fold's memory when the document was rendered last.
    #[must_use]
    pub const fn state_bytes(&self) -> usize {
        self.state
    }
}
