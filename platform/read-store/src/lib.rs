//! The read store: documents, index entries, checkpoints and the change feed of documents, over Redis or embedded.
//!
//! Everything in it can be rebuilt from the log, and nothing in it knows what a document means.

pub mod changes;
pub mod commit;
pub mod embedded;
mod entry;
mod error;
pub mod lane;
mod listing;
mod one_thread;
mod range;
mod refusals;

pub mod redis;
pub mod store;
mod stored;
mod validity;

pub use self::redis::{RedisOptions, RedisStore};
pub use changes::{Change, ChangeCursor, ChangeRead};
pub use commit::{Commit, DocumentWrite, IndexEntry, ModelStep};
pub use embedded::{EmbeddedOptions, EmbeddedStore};
pub use lane::lane_of;
pub use one_thread::{OneThread, ThreadEnded};
pub use store::{
    DifferingPage, Document, DocumentPage, FencingToken, Generation, IndexRange, LaneCheckpoint,
    ListedEntry, ModelInfo, ModelRef, ReadStore, ReadStoreError,
};
