//! Whether two records are the same work: normal forms, keys for finding candidates, a scored comparison with its reasons.
//!
//! Knows neither documents nor HTTP, does no I/O, and never merges: it compares what it is given. See `docs/duplicates.md`.

mod blocking;
mod edit;
mod features;
mod model;
mod numbers;
mod numerals;
mod person;
mod record;
mod rules;
mod series;
mod text;
mod title;
mod vocabulary;
mod weights;

pub use blocking::{BlockKey, candidates, keys};
pub use features::{COUNT, Features, NAMES};
pub use model::{Band, Compared, Explained, Factor, Model, Thresholds, ThresholdsError};
pub use record::{Prepared, Record};
pub use rules::{Contradiction, Doubt, contradiction};
