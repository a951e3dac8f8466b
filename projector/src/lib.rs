//! Read models: what happened, written down as the documents that readers ask for.
//!
//! A fold is pure; side effects do not exist here, so every read model may be rebuilt at any time.

pub mod alone;
pub mod catalog;
pub mod circulation;
pub mod holdings;
pub mod identity;
pub mod ingestion;
pub mod library;
pub mod model;
mod models;
mod moment;
mod opened;
pub mod runner;
pub mod sort_name;
#[cfg(test)]
mod testing;

pub use model::{FoldError, Leaf, ReadModel, Rendered};
pub use models::{
    all_models, catalog_models, circulation_models, holdings_models, identity_models,
    ingestion_models, library_models,
};
pub use opened::opened;
pub use runner::{
    Besides, Discarded, FeedFactory, Model, ModelStatus, ParkedKey, Projector, ProjectorError,
    ProjectorOptions, Retried, RetryError, StoppedError, discard, discards_of, parked_of,
};
