//! How an embedded store is opened.
//! Never read again after that.

use std::path::{Path, PathBuf};

/// How an embedded store is opened.
#[derive(Debug, Clone)]
pub struct EmbeddedOptions {
    /// Its directory; made when it is missing.
    pub directory: PathBuf,
    /// How many lanes the document keys are shared among; fixed when the directory is made.
    pub lanes: u16,
    /// Bytes of recently read blocks that are kept in memory.
    pub cache_bytes: u64,
}

impl EmbeddedOptions {
    /// One lane and a cache of 16 MB.
    #[must_use]
    pub fn new(directory: impl AsRef<Path>) -> Self {
        Self {
            directory: directory.as_ref().to_owned(),
            lanes: 1,
            cache_bytes: 16 * 1024 * 1024,
        }
    }

    /// How many lanes there are: one at least.
    pub(super) fn lanes(&self) -> u16 {
        self.lanes.max(1)
    }
}
