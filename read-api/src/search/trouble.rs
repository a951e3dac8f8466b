//! What keeps the search index from following the documents.
//!
//! Never an answer to a reader: those are given what there is, and health tells the rest.

use accession_read_store::ReadStoreError;
use accession_search::SearchError;

/// Why following has ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The documents or their change feed cannot be read.
    #[error(transparent)]
    Store(#[from] ReadStoreError),
    /// The index cannot be written or read.
    #[error(transparent)]
    Index(#[from] SearchError),
    /// The directory of the index cannot be worked in.
    #[error("the directory of the search index: {0}")]
    Directory(#[from] std::io::Error),
    /// A task of the follower is gone.
    #[error("a task that writes the search index ended early")]
    Ended,
    /// The feed went on without us.
    #[error("the change feed no longer holds what came since the documents were walked through")]
    Overtaken,
}

impl Trouble {
    /// Whether it lies in where the index is kept, and not in what it is made from.
    pub(super) fn is_of_the_index(&self) -> bool {
        matches!(self, Self::Index(_) | Self::Directory(_) | Self::Ended)
    }
}
