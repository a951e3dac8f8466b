//! Places go and come back with what stands there: taken down, merged, restored.
//!
//! Never leaves a copy on a shelf that is not there: shelves, copies and places change in one append.

use std::collections::BTreeMap;

use accession_events::holdings::{DisplacedCopy, Slot, Standing};
use accession_events::ids::{CopyId, LibraryId, PlaceId};

use super::moving::{Destination, Found};
use super::{HoldingsError, MOST_DISPLACED};
use crate::holdings::copy::Copy;
use crate::holdings::drafts::{Drafts, Drawn, Plan};
use crate::holdings::places::PlacesCommand;
use crate::holdings::places::merge_places::MergePlaces;
use crate::holdings::places::remove_place::RemovePlace;
use crate::holdings::places::restore_place::RestorePlace;
use crate::holdings::shelf::ShelfCommand;
use crate::http::answer::Reply;

/// What becomes of the copies of a place that is taken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopiesThere {
    /// The place is taken down only when there are none.
    Refuse,
    /// They stand nowhere.
    Unshelve,
    /// They go there, behind what is there.
    MoveTo(PlaceId),
}

/// Take a place down.
#[derive(Debug, Clone, Copy)]
pub struct TakeDown {
    /// Whose it is.
    pub library: LibraryId,
    /// Which.
    pub place: PlaceId,
    /// What becomes of the copies.
    pub copies: CopiesThere,
    /// The version of the places that the caller has seen.
    pub expected: Option<u64>,
}

/// Make a place part of another.
#[derive(Debug, Clone, Copy)]
pub struct Merge {
    /// Whose they are.
    pub library: LibraryId,
    /// Which.
    pub place: PlaceId,
    /// Into which.
    pub into: PlaceId,
    /// The version of the places that the caller has seen.
    pub expected: Option<u64>,
}

/// Bring a place back that was taken down or merged.
#[derive(Debug, Clone, Copy)]
pub struct BringBack {
    /// Whose it was.
    pub library: LibraryId,
    /// Which.
    pub place: PlaceId,
    /// The version of the places that the caller has seen.
    pub expected: Option<u64>,
}

impl Plan for TakeDown {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        let tree = drafts.tree(self.library).await?;
        tree.place(self.place)?;
        let going = tree.with_all_in_it(self.place);
        drafts.places.seen(self.library, self.expected)?;
        let found = drafts.standing_at(&going).await?;
        let moved_to = match self.copies {
            CopiesThere::Refuse if !found.is_empty() => {
                return Err(HoldingsError::NotEmpty {
                    copies: found.len(),
                });
            }
            CopiesThere::Refuse | CopiesThere::Unshelve => None,
            CopiesThere::MoveTo(place) => Some(place),
        };
        let command = PlacesCommand::Remove(RemovePlace {
            place_id: self.place,
            copies: found.iter().filter_map(Found::displaced).collect(),
            moved_to,
        });
        drafts.places.decide(self.library, &command)?;
        let to = moved_to.map(|place| Destination { place, slot: None });
        drafts.relocate(self.library, &found, to).await?;
        Ok(drafts.told(self.library, self.place, "copies", found.len()))
    }
}

impl Plan for Merge {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        drafts.tree(self.library).await?.place(self.place)?;
        drafts.places.seen(self.library, self.expected)?;
        let found = drafts.standing_at(&[self.place]).await?;
        let command = PlacesCommand::Merge(MergePlaces {
            place_id: self.place,
            into: self.into,
            copies: found.iter().filter_map(Found::displaced).collect(),
        });
        drafts.places.decide(self.library, &command)?;
        let to = Some(Destination {
            place: self.into,
            slot: None,
        });
        drafts.relocate(self.library, &found, to).await?;
        Ok(drafts.told(self.library, self.place, "copies", found.len()))
    }
}

impl Plan for BringBack {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        drafts.tree(self.library).await?;
        drafts.places.seen(self.library, self.expected)?;
        let gone = drafts.places.of(self.library).gone(self.place).cloned();
        let stood: Vec<DisplacedCopy> = gone
            .as_ref()
            .map(|gone| gone.copies.to_vec())
            .unwrap_or_default();
        let went = gone.and_then(|gone| gone.copies_went);
        let back = drafts.left_alone(self.library, &stood, went).await?;
        let command = PlacesCommand::Restore(RestorePlace {
            place_id: self.place,
            copies: back.clone(),
        });
        drafts.places.decide(self.library, &command)?;
        drafts.put_back(self.library, &back, went).await?;
        let mut drawn = drafts.told(self.library, self.place, "copies", back.len());
        drawn.reply = drawn.reply.with("kept", stood.len() - back.len());
        Ok(drawn)
    }
}

impl Drafts {
    /// The copies that stand at these places, place by place, in order.
    async fn standing_at(&mut self, places: &[PlaceId]) -> Result<Vec<Found>, HoldingsError> {
        self.shelves.load(places).await?;
        let mut found = Vec::new();
        for place_id in places {
            let order = self.shelves.of(place_id).order().iter().zip(1..);
            found.extend(order.map(|(copy, slot)| Found {
                copy: *copy,
                stands: Some(Standing {
                    place_id: *place_id,
                    slot,
                }),
            }));
        }
        if found.len() > MOST_DISPLACED {
            return Err(HoldingsError::TooManyThere {
                copies: found.len(),
            });
        }
        self.copies
            .load(found.iter().map(|found| found.copy))
            .await?;
        Ok(found)
    }

    /// Those that nobody has moved, lent or given up since they went there.
    async fn left_alone(
        &mut self,
        library: LibraryId,
        stood: &[DisplacedCopy],
        went: Option<PlaceId>,
    ) -> Result<Vec<DisplacedCopy>, HoldingsError> {
        self.copies
            .load(stood.iter().map(|stood| stood.copy_id))
            .await?;
        let mut back = Vec::new();
        for stood in stood {
            let copy = self.copies.of(stood.copy_id);
            if is_left_alone(copy, library, stood, went) {
                back.push(*stood);
            }
        }
        Ok(back)
    }

    /// Puts copies back in the slots that they had.
    pub(super) async fn put_back(
        &mut self,
        library_id: LibraryId,
        stood: &[DisplacedCopy],
        went: Option<PlaceId>,
    ) -> Result<(), HoldingsError> {
        let mut by_place: BTreeMap<PlaceId, Vec<Slot>> = BTreeMap::new();
        for stood in stood {
            let slots = by_place.entry(stood.place_id).or_default();
            slots.push(Slot {
                copy_id: stood.copy_id,
                slot: stood.slot,
            });
        }
        self.shelves
            .load(by_place.keys().copied().chain(went))
            .await?;
        let found = self.as_they_stand(stood, went);
        self.take_from_shelves(library_id, &found)?;
        for (place, slots) in by_place {
            let put_back = ShelfCommand::PutBack { library_id, slots };
            self.shelve(place, &put_back)?;
        }
        for (found, stood) in found.into_iter().zip(stood) {
            self.tell_copies(&[found], Some(stood.place_id))?;
        }
        Ok(())
    }

    fn as_they_stand(&mut self, stood: &[DisplacedCopy], went: Option<PlaceId>) -> Vec<Found> {
        let stands = |drafts: &mut Self, copy: CopyId| {
            went.map(|place_id| Standing {
                place_id,
                slot: drafts
                    .shelves
                    .of(place_id)
                    .slot_of(copy)
                    .unwrap_or_default(),
            })
        };
        let found = stood.iter().map(|stood| Found {
            copy: stood.copy_id,
            stands: stands(self, stood.copy_id),
        });
        found.collect()
    }

    fn told(&mut self, library: LibraryId, place: PlaceId, what: &str, many: usize) -> Drawn {
        Drawn {
            reply: Reply::changed(place).with(what, many),
            version: Some(self.places.version(library)),
        }
    }
}

/// Whether a copy is as the place's going away has left it.
fn is_left_alone(
    copy: &Copy,
    library: LibraryId,
    stood: &DisplacedCopy,
    went: Option<PlaceId>,
) -> bool {
    copy.known().is_ok_and(|copy| {
        copy.library_id == library
            && copy.place_id == went
            && copy.loan_id.is_none()
            && copy.state != accession_events::holdings::CopyState::Withdrawn
            && copy
                .stood
                .is_some_and(|from| from.place_id == stood.place_id && from.slot == stood.slot)
    })
}
