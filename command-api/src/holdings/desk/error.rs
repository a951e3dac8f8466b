//! Why something cannot be done with places and copies.
//!
//! The sentences of the aggregates, with the copy or place that they are about.

use accession_event_log::RepositoryError;
use accession_events::ids::{CopyId, PlaceId};

use super::{MOST_AT_ONCE, MOST_DISPLACED};
use crate::holdings::copy::CopyError;
use crate::holdings::copy::undoing::CopyUndoError;
use crate::holdings::places::PlacesError;
use crate::holdings::shelf::ShelfError;
use crate::holdings::stocktaking::{NotAsScanned, StocktakingError};

/// Why it cannot be done. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum HoldingsError {
    /// A copy refuses.
    #[error("copy {copy}: {refusal}")]
    Copy {
        /// Which.
        copy: CopyId,
        /// Why.
        refusal: CopyError,
    },
    /// Some copies refuse, so nothing was done to any.
    #[error("{} of the copies cannot be moved or removed, so none was: see `errors`", .0.len())]
    Copies(Vec<(CopyId, CopyError)>),
    /// A shelf refuses.
    #[error("{refusal}")]
    Shelf {
        /// Which.
        place: PlaceId,
        /// Why.
        refusal: ShelfError,
    },
    /// The places refuse.
    #[error(transparent)]
    Places(#[from] PlacesError),
    /// Somebody was faster.
    #[error(
        "you have seen version {expected}, but it is {actual} by now: read it again and decide anew"
    )]
    Stale {
        /// The version seen.
        expected: u64,
        /// The version there is.
        actual: u64,
    },
    /// The library has one like it.
    #[error(
        "this library has this title already: copy {copy}, which {}; send `\"duplicate\": true` to take this one in all the same",
        path.as_ref().map_or_else(|| "stands nowhere".to_owned(), |path| format!("stands at {path}"))
    )]
    Duplicate {
        /// Which.
        copy: CopyId,
        /// Where it stands.
        place: Option<PlaceId>,
        /// The same in words.
        path: Option<String>,
        /// How it is known to be one: `isbn_match` or `title_author_match`.
        known_by: &'static str,
    },
    /// The library has one that looks the same.
    #[error(
        "this library has a title that looks the same: `{name}` ({}% alike), copy {copy}, which {}; send `\"duplicate\": true` to take this one in all the same",
        (likeness * 100.0).round(),
        path.as_ref().map_or_else(|| "stands nowhere".to_owned(), |path| format!("stands at {path}"))
    )]
    LooksTheSame {
        /// Which.
        copy: CopyId,
        /// Where it stands.
        place: Option<PlaceId>,
        /// The same in words.
        path: Option<String>,
        /// What it is called.
        name: String,
        /// How alike they are, from 0 to 1.
        likeness: f64,
    },
    /// Copies stand there, and nobody said what is to become of them.
    #[error(
        "{copies} copies stand there: say with `copies` what becomes of them (`unshelve`, or `move` with `move_to`)"
    )]
    NotEmpty {
        /// How many.
        copies: usize,
    },
    /// Too many stand there.
    #[error(
        "{copies} copies stand there, and {MOST_DISPLACED} at most are moved at once: move some elsewhere first"
    )]
    TooManyThere {
        /// How many.
        copies: usize,
    },
    /// Too many were named.
    #[error(
        "{named} copies are named, and {MOST_AT_ONCE} at most are taken at once: send them in parts"
    )]
    TooManyNamed {
        /// How many.
        named: usize,
    },
    /// One was named twice.
    #[error("the copy {0} is named twice")]
    NamedTwice(CopyId),
    /// It stands nowhere.
    #[error("the copy {0} stands nowhere: only copies that stand somewhere change places")]
    StandsNowhere(CopyId),
    /// A change of a copy cannot be undone.
    #[error(transparent)]
    Undo(#[from] CopyUndoError),
    /// The stock-taking refuses.
    #[error(transparent)]
    Stocktaking(#[from] StocktakingError),
    /// Copies are not where they were when they were scanned, so none was moved.
    #[error("{} of the copies cannot be moved to where they were found, so none was: see `errors`", .0.len())]
    NotAsScanned(Vec<(CopyId, NotAsScanned)>),
    /// Too much stands there for one stock-taking.
    #[error(
        "{copies} copies stand there, and a stock-taking is over {most} at most: take the places in it one by one"
    )]
    TooManyToCount {
        /// How many.
        copies: usize,
        /// How many there may be.
        most: usize,
    },
    /// The log could not be read.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}
