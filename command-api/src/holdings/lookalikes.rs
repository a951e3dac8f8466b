//! Titles that may be the same under another spelling: how alike two are, and where those are found that could be.
//!
//! Never the last word: who finds titles may be a moment behind, so that only the log decides what the library holds.

mod likeness;

use accession_events::ids::{LibraryId, TitleId};
use async_trait::async_trait;

pub use likeness::likeness;

/// From this likeness on a title is one that may be meant; it is told, and nothing is refused for it.
pub const POSSIBLE: f64 = 0.60;
/// From this likeness on a title is taken for the same until somebody says otherwise.
pub const SAME: f64 = 0.92;

/// A title by its name and its authors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedTitle {
    /// Which.
    pub title: TitleId,
    /// What it is called.
    pub name: String,
    /// Who wrote it.
    pub authors: Vec<String>,
}

/// A title that is like another.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookalike {
    /// Which.
    pub known: NamedTitle,
    /// How alike they are, from 0 to 1.
    pub likeness: f64,
}

/// Finds titles that may be like one.
#[async_trait]
pub trait Lookalikes: Send + Sync {
    /// Titles whose names may be like this one, those that the library holds among them; a bounded number, in any order.
    /// None when they cannot be told now: a copy is not refused because somebody else is away.
    async fn near(&self, library: LibraryId, name: &str) -> Vec<NamedTitle>;
}

/// Finds none: for a process that reaches no documents.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

#[async_trait]
impl Lookalikes for Nobody {
    async fn near(&self, _: LibraryId, _: &str) -> Vec<NamedTitle> {
        Vec::new()
    }
}

/// Those that are like a title, the likest first.
#[must_use]
pub fn alike(name: &str, authors: &[String], known: Vec<NamedTitle>) -> Vec<Lookalike> {
    let mut found: Vec<Lookalike> = known
        .into_iter()
        .map(|known| Lookalike {
            likeness: likeness((name, authors), (&known.name, &known.authors)),
            known,
        })
        .filter(|found| found.likeness >= POSSIBLE)
        .collect();
    found.sort_by(|one, other| {
        let likest = other.likeness.total_cmp(&one.likeness);
        likest.then(one.known.title.cmp(&other.known.title))
    });
    found
}
