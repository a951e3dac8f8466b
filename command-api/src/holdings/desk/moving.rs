//! Copies go elsewhere: one or many at once, to a slot or behind the last, or to nowhere.
//!
//! All or nothing: what one copy refuses, none does.

use std::collections::{BTreeMap, BTreeSet};

use accession_events::holdings::{DisplacedCopy, Standing};
use accession_events::ids::{CopyId, LibraryId, PlaceId};

use super::{HoldingsError, MOST_AT_ONCE};
use crate::holdings::copy::move_copy::MoveCopy;
use crate::holdings::copy::{CopyCommand, CopyError, KnownCopy};
use crate::holdings::drafts::{Drafts, Drawn, Plan};
use crate::holdings::shelf::ShelfCommand;
use crate::http::answer::Reply;

/// Where copies go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destination {
    /// The place.
    pub place: PlaceId,
    /// The slot that the first of them gets; behind the last when it is left out.
    pub slot: Option<u32>,
}

/// Have these copies stand there, in this order.
#[derive(Debug, Clone)]
pub struct MoveCopies {
    /// Whose they are.
    pub library: LibraryId,
    /// Which.
    pub copies: Vec<CopyId>,
    /// Where to; none for nowhere.
    pub to: Option<Destination>,
    /// The version of the only one that the caller has seen.
    pub expected: Option<u64>,
    /// What to answer.
    pub reply: Reply,
}

/// Makes sure that so many may be named, and each once.
pub fn named(copies: &[CopyId]) -> Result<(), HoldingsError> {
    if copies.len() > MOST_AT_ONCE {
        return Err(HoldingsError::TooManyNamed {
            named: copies.len(),
        });
    }
    let mut seen = BTreeSet::new();
    match copies.iter().find(|copy| !seen.insert(**copy)) {
        Some(twice) => Err(HoldingsError::NamedTwice(*twice)),
        None => Ok(()),
    }
}

impl Plan for MoveCopies {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        named(&self.copies)?;
        if let Some(to) = self.to {
            drafts.tree(self.library).await?.place(to.place)?;
        }
        let displaced = drafts.find(self.library, &self.copies).await?;
        let only = self.copies.first().filter(|_| self.copies.len() == 1);
        if let Some(only) = only {
            drafts.copies.seen(only, self.expected)?;
        }
        drafts.relocate(self.library, &displaced, self.to).await?;
        Ok(Drawn {
            reply: self.reply.clone(),
            version: only.map(|only| drafts.copies.version(only)),
        })
    }
}

/// A copy, and where it stands before it is moved.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// Which.
    pub copy: CopyId,
    /// Where it stands.
    pub stands: Option<Standing>,
}

impl Found {
    pub(super) const fn place(&self) -> Option<PlaceId> {
        match self.stands {
            Some(standing) => Some(standing.place_id),
            None => None,
        }
    }

    pub(super) fn slot(&self) -> u32 {
        self.stands.map_or(0, |standing| standing.slot)
    }

    /// As it is told of a place that goes away.
    #[must_use]
    pub fn displaced(&self) -> Option<DisplacedCopy> {
        self.stands.map(|standing| DisplacedCopy {
            copy_id: self.copy,
            place_id: standing.place_id,
            slot: standing.slot,
        })
    }
}

impl Drafts {
    /// A copy that this library lists.
    pub(super) fn copy_of(
        &mut self,
        library: LibraryId,
        copy: CopyId,
    ) -> Result<&KnownCopy, CopyError> {
        let known = self.copies.of(copy).known()?;
        if known.library_id == library {
            Ok(known)
        } else {
            Err(CopyError::Unknown)
        }
    }

    /// Loads copies of a library with the shelves that they stand on.
    pub(super) async fn find(
        &mut self,
        library: LibraryId,
        copies: &[CopyId],
    ) -> Result<Vec<Found>, HoldingsError> {
        self.copies.load(copies).await?;
        let (mut places, mut refused) = (BTreeMap::new(), Vec::new());
        for copy in copies {
            match self.copy_of(library, *copy) {
                Ok(known) => {
                    places.insert(*copy, known.place_id);
                }
                Err(refusal) => refused.push((*copy, refusal)),
            }
        }
        refuse(refused)?;
        self.shelves.load(places.values().flatten()).await?;
        let found = copies.iter().map(|copy| {
            let place = places.get(copy).copied().flatten();
            let stands = place.map(|place_id| Standing {
                place_id,
                slot: self.shelves.of(place_id).slot_of(*copy).unwrap_or_default(),
            });
            Found {
                copy: *copy,
                stands,
            }
        });
        Ok(found.collect())
    }

    /// Takes these from where they stand and puts them there, in this order.
    pub(super) async fn relocate(
        &mut self,
        library_id: LibraryId,
        found: &[Found],
        to: Option<Destination>,
    ) -> Result<(), HoldingsError> {
        self.take_from_shelves(library_id, found)?;
        if let Some(to) = to {
            self.shelves.load([to.place]).await?;
            let copies = found.iter().map(|found| found.copy).collect();
            let at = to.slot;
            let put_in = ShelfCommand::PutIn {
                library_id,
                copies,
                at,
            };
            self.shelve(to.place, &put_in)?;
        }
        self.tell_copies(found, to.map(|to| to.place))?;
        self.shelves.drop_what_came_to_nothing();
        Ok(())
    }

    /// Takes copies off the shelves that they stand on.
    pub(super) fn take_from_shelves(
        &mut self,
        library_id: LibraryId,
        found: &[Found],
    ) -> Result<(), HoldingsError> {
        let mut by_place: BTreeMap<PlaceId, Vec<CopyId>> = BTreeMap::new();
        for found in found {
            if let Some(place) = found.place() {
                by_place.entry(place).or_default().push(found.copy);
            }
        }
        for (place, copies) in by_place {
            self.shelve(place, &ShelfCommand::TakeOut { library_id, copies })?;
        }
        Ok(())
    }

    /// Tells copies where they stand now that the shelves are as they are to be.
    pub(super) fn tell_copies(
        &mut self,
        found: &[Found],
        place: Option<PlaceId>,
    ) -> Result<(), HoldingsError> {
        let mut refused = Vec::new();
        for found in found {
            let to = place.map(|place_id| Standing {
                place_id,
                slot: self
                    .shelves
                    .of(place_id)
                    .slot_of(found.copy)
                    .unwrap_or_default(),
            });
            let command = CopyCommand::Move(MoveCopy {
                former_slot: found.slot(),
                to,
            });
            if let Err(refusal) = self.copies.decide(found.copy, &command) {
                refused.push((found.copy, refusal));
            }
        }
        refuse(refused)
    }

    pub(super) fn shelve(
        &mut self,
        place: PlaceId,
        command: &ShelfCommand,
    ) -> Result<(), HoldingsError> {
        let done = self.shelves.decide(place, command);
        done.map(|_| ())
            .map_err(|refusal| HoldingsError::Shelf { place, refusal })
    }
}

/// Refuses when any was refused.
pub(super) fn refuse(mut refused: Vec<(CopyId, CopyError)>) -> Result<(), HoldingsError> {
    match refused.len() {
        0 => Ok(()),
        1 => Err(refused.pop().map_or_else(
            || HoldingsError::Copies(Vec::new()),
            |(copy, refusal)| HoldingsError::Copy { copy, refusal },
        )),
        _ => Err(HoldingsError::Copies(refused)),
    }
}
