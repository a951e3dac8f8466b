//! The read store: documents, index entries, checkpoints and the change feed of documents, over Redis or embedded.
//!
//! Everything in it can be rebuilt from the log, and nothing in it knows what a document means.

pub mod changes;
pub mod commit;
pub mod store;

pub use changes::{Change, ChangeCursor, ChangeRead};
pub use commit::{Commit, DocumentWrite, IndexEntry, ModelStep};
pub use store::{
    Document, FencingToken, Generation, IndexRange, LaneCheckpoint, ListedEntry, ModelInfo,
    ModelRef, ReadStore, ReadStoreError,
};
