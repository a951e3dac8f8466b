//! One atomic step of a projector: documents, index entries, checkpoints and one entry of the change feed.

use accession_events::Position;
use bytes::Bytes;

use crate::store::{FencingToken, ModelRef};

/// An entry of an ordered index: `sort` decides its place, bytewise; `key` is the document it leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndexEntry {
    /// Which index of the model, for example `book:newest`.
    pub index: String,
    /// Place in the index, compared bytewise; unique within the index together with `key`. Must not hold a zero byte.
    pub sort: String,
    /// The document it leads to.
    pub key: String,
}

/// What becomes of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentWrite {
    /// Which document of the model; of those that [`crate::lane_of`] puts into the lane of the commit. At most 4 KiB.
    pub key: String,
    /// The fold's own memory, never sent to a reader; empty when it keeps none.
    pub state: Bytes,
    /// The JSON bytes that the read API will send; none when there is nothing to show.
    pub body: Option<Bytes>,
    /// Whether everyone may see it; a hidden document is only for curators.
    pub hidden: bool,
    /// Position of the last event that touched it.
    pub position: Position,
    /// Index entries that are new.
    pub add: Vec<IndexEntry>,
    /// Index entries that are gone. An entry in both lists is there afterwards.
    pub remove: Vec<IndexEntry>,
}

/// One model's share of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelStep {
    /// Which model and generation.
    pub model: ModelRef,
    /// The checkpoint that must stand in the store now.
    pub expected: Position,
    /// The checkpoint after the step.
    pub next: Position,
    /// The fence under which this projector works.
    pub fence: FencingToken,
    /// The documents that change, each once.
    pub documents: Vec<DocumentWrite>,
}

/// All that one step writes; either all of it or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commit {
    /// The lane it belongs to.
    pub lane: u16,
    /// One entry a model. All of them are told in one entry of the change feed, also when no document changes: those
    /// who wait for a position are woken by it.
    pub steps: Vec<ModelStep>,
}
