//! A model as a lane works on it: which generation, under which fence, from which checkpoint.
//!
//! The checkpoint here is what the store said, moved on only after the store has taken a step.

use accession_events::Position;
use accession_read_store::{FencingToken, ModelRef};

use super::erased::Model;

/// A model that a lane keeps.
#[derive(Debug, Clone)]
pub(crate) struct Assigned {
    pub(crate) model: Model,
    pub(crate) reference: ModelRef,
    pub(crate) fence: FencingToken,
    /// The last event that is in its documents, in this lane.
    pub(crate) position: Position,
}

impl Assigned {
    pub(crate) fn name(&self) -> &'static str {
        self.model.name()
    }
}
