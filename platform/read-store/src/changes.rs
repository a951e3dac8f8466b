//! The change feed of documents: which documents a step changed, so that replicas can follow without asking.

use accession_events::Position;

use crate::store::ModelRef;

/// A place in the change feed; opaque, ordered, comparable only with places of the same lane.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeCursor(pub String);

/// One step's changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its place in the feed.
    pub cursor: ChangeCursor,
    /// For each model of the step: which, its checkpoint after the step, and the keys that changed.
    pub models: Vec<(ModelRef, Position, Vec<String>)>,
}

/// What reading the change feed found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeRead {
    /// The next changes in order; empty when none came in time.
    Changes(Vec<Change>),
    /// The reader's place is gone (the feed is capped, or the store was wiped): drop every cached document, then go
    /// on from here.
    Lost {
        /// The newest place.
        resume: ChangeCursor,
    },
}
