//! Read models: what happened, written down as the documents that readers ask for.
//!
//! A fold is pure; side effects do not exist here, so every read model may be rebuilt at any time.

pub mod model;

pub use model::{FoldError, ReadModel, Rendered};
