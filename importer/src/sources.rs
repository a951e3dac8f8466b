//! The sources: one folder or file each, all behind one small interface. A source reads and maps; it never sends.

mod anime_list;
mod columns;
mod goodbooks;
mod sample;

use std::io::Read;

use crate::record::Record;

/// Records in the order of the input.
pub(crate) type Records = Box<dyn Iterator<Item = Result<Record, UnreadableInput>> + Send>;

/// The input as a whole cannot be read as what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct UnreadableInput {
    /// What was found and what is expected.
    pub(crate) reason: String,
}

/// A source that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The goodbooks-10k list of books.
    Goodbooks,
    /// A list of anime titles with genres, type and episode counts.
    AnimeList,
    /// The hand-written collection that `accession demo` shows.
    Sample,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Goodbooks, Self::AnimeList, Self::Sample];

    /// Its name on the command line and in provenance.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Goodbooks => goodbooks::NAME,
            Self::AnimeList => anime_list::NAME,
            Self::Sample => sample::NAME,
        }
    }

    /// The source with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    /// Whether it brings its input along.
    #[must_use]
    pub const fn is_built_in(self) -> bool {
        matches!(self, Self::Sample)
    }

    /// The input that a built-in source brings along; empty for others.
    pub(crate) fn built_in(self) -> Vec<u8> {
        match self {
            Self::Sample => sample::content(),
            Self::Goodbooks | Self::AnimeList => Vec::new(),
        }
    }

    /// Reads the records of an input; also tells the names of its columns.
    pub(crate) fn read(
        self,
        input: Box<dyn Read + Send>,
    ) -> Result<(Vec<String>, Records), UnreadableInput> {
        match self {
            Self::Goodbooks => goodbooks::read(input),
            Self::AnimeList => anime_list::read(input),
            Self::Sample => sample::read(input),
        }
    }
}
