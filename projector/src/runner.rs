//! The runner: takes events from a feed, folds them into documents and writes each step in one piece.
//!
//! It never trusts its own memory of where it stands: after any trouble the stored checkpoint is read again.

mod assigned;
mod besides;
mod board;
mod discards;
mod erased;
mod error;
mod fetch;
mod fold;
mod generations;
mod lane;
mod options;
mod parking;
mod pending;
mod plan;
mod projector;
mod retry;
mod row;
mod status;
mod step;
mod stop;
#[cfg(test)]
mod tests;
mod track;
mod wish;

pub use besides::Besides;
pub use board::StoppedError;
pub use discards::{Discarded, discard, discards_of};
pub use erased::Model;
pub(crate) use erased::OpenDocument;
#[cfg(test)]
pub(crate) use erased::fold_alone;
pub use error::{ProjectorError, RetryError};
pub use options::{FeedFactory, ProjectorOptions};
pub use parking::{ParkedKey, parked_of};
pub use projector::Projector;
pub use retry::Retried;
pub use status::ModelStatus;
