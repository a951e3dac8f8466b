//! What is done with places and copies where it takes several streams: each use case is a plan, drawn on drafts.
//!
//! Never writes by itself; and what it refuses says which copy, which place and what to do.

pub mod entering;
mod error;
pub mod moving;
pub mod placing;
pub mod removing;
pub mod stocktaking;
pub mod swapping;
pub mod undoing;

use accession_event_log::{EventLog, Repository, RepositoryOptions};
use accession_events::ids::{LibraryId, PlaceId};

use super::copy::Copy;
use super::drafts::{Draft, Drafts};
use super::held::Held;
use super::places::Places;
use super::shelf::Shelf;
use super::stocktaking::Stocktaking;

pub use error::HoldingsError;

/// The most copies that one command takes by name.
pub const MOST_AT_ONCE: usize = 200;
/// The most copies that may stand in a place which is taken down, merged or brought back.
pub const MOST_DISPLACED: usize = 2_000;

/// Places, shelves and copies. Cheap to clone.
#[derive(Clone)]
pub struct Holdings {
    copies: Repository<Copy>,
    held: Repository<Held>,
    shelves: Repository<Shelf>,
    places: Repository<Places>,
    stocktakings: Repository<Stocktaking>,
}

impl Holdings {
    /// Holdings in this log.
    #[must_use]
    pub fn new(log: &EventLog, options: RepositoryOptions) -> Self {
        Self {
            copies: Repository::new(log.clone(), options),
            held: Repository::new(log.clone(), options),
            shelves: Repository::new(log.clone(), options),
            places: Repository::new(log.clone(), options),
            stocktakings: Repository::new(log.clone(), options),
        }
    }

    /// Copies by id. Circulation loads them here, decides `LendOut`, `ComeBack` or `LoseOnLoan`, and writes what comes of it
    /// in the append of the loan.
    #[must_use]
    pub const fn copies(&self) -> &Repository<Copy> {
        &self.copies
    }

    /// What is held of titles, by library and title.
    #[must_use]
    pub const fn held(&self) -> &Repository<Held> {
        &self.held
    }

    /// Places by the id of their library.
    #[must_use]
    pub const fn places(&self) -> &Repository<Places> {
        &self.places
    }

    /// Refuses a place that the library does not have, before anything else is done for it.
    pub async fn known_place(
        &self,
        library: LibraryId,
        place: PlaceId,
    ) -> Result<(), HoldingsError> {
        let id = library.to_string();
        if self.places.load(&id).await?.state.place(place).is_err() {
            // What is kept in memory may be old.
            self.places.forget(&id);
            self.places.load(&id).await?.state.place(place)?;
        }
        Ok(())
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &EventLog {
        self.copies.log()
    }

    /// Empty drafts for one plan.
    #[must_use]
    pub fn drafts(&self) -> Drafts {
        Drafts {
            copies: Draft::new(self.copies.clone()),
            held: Draft::new(self.held.clone()),
            shelves: Draft::new(self.shelves.clone()),
            places: Draft::new(self.places.clone()),
            undoing: None,
            stocktakings: Draft::new(self.stocktakings.clone()),
        }
    }
}

impl Drafts {
    /// Loads the places of a library.
    pub(super) async fn tree(&mut self, library: LibraryId) -> Result<&Places, HoldingsError> {
        self.places.load([library]).await?;
        Ok(self.places.of(library))
    }
}
