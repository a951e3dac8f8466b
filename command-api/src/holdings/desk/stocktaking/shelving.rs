//! Copies are moved to where they were found, as somebody has confirmed.
//!
//! All or nothing, and never over the head of somebody who has moved one of them since it was scanned.

use std::collections::{BTreeMap, BTreeSet};

use accession_events::holdings::CopyState;
use accession_events::ids::{CopyId, LibraryId, PlaceId, StocktakingId};

use crate::holdings::copy::CopyCommand;
use crate::holdings::desk::moving::{Destination, Found, named};
use crate::holdings::desk::{HoldingsError, MOST_DISPLACED};
use crate::holdings::drafts::{Drafts, Drawn, Plan};
use crate::holdings::stocktaking::{KnownStocktaking, NotAsScanned, Rank, StocktakingCommand};
use crate::http::answer::Reply;

/// Move what was found.
#[derive(Debug, Clone)]
pub struct ShelveFound {
    /// Whose they are.
    pub library: LibraryId,
    /// In which stock-taking they were found.
    pub stocktaking: StocktakingId,
    /// Which; 200 at most.
    pub copies: Vec<CopyId>,
    /// Where to; to where each was scanned when it is left out.
    pub to: Option<PlaceId>,
    /// Whether what was scanned at the place comes to stand in the order in which it was scanned, before all else.
    pub as_scanned: bool,
    /// The version of the stock-taking that the caller has seen.
    pub expected: Option<u64>,
}

impl Plan for ShelveFound {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        named(&self.copies)?;
        let id = self.stocktaking;
        let known = drafts.stocktaking(self.library, id, self.expected).await?;
        known.not_abandoned()?;
        if let Some(to) = self.to {
            drafts.tree(self.library).await?.place(to)?;
        }
        let found = drafts.find(self.library, &self.copies).await?;
        let by_place = self.sorted(&known, &found)?;
        let mut moved = 0;
        for (place, copies) in by_place {
            drafts.tree(self.library).await?.place(place)?;
            moved += self.shelve(&known, place, copies, drafts).await?;
        }
        Ok(Drawn {
            reply: Reply::changed(id).with("moved", moved),
            version: Some(drafts.stocktakings.version(id)),
        })
    }
}

impl ShelveFound {
    /// Which copies go where, in the order in which they were scanned.
    fn sorted(
        &self,
        known: &KnownStocktaking,
        found: &[Found],
    ) -> Result<BTreeMap<PlaceId, Vec<Found>>, HoldingsError> {
        let seen = known.seen();
        let mut refused = Vec::new();
        let mut by_place: BTreeMap<PlaceId, Vec<(Rank, Found)>> = BTreeMap::new();
        for found in found {
            let Some(seen) = seen.get(&found.copy) else {
                refused.push((found.copy, NotAsScanned::NotScanned));
                continue;
            };
            let to = self.to.unwrap_or(seen.noted.place_id);
            let stands = found.place();
            if stands != seen.noted.scan.found.belongs_at() && stands != Some(to) {
                refused.push((found.copy, NotAsScanned::MovedMeanwhile));
            }
            by_place.entry(to).or_default().push((seen.rank(), *found));
        }
        if !refused.is_empty() {
            return Err(HoldingsError::NotAsScanned(refused));
        }
        let in_order = by_place.into_iter().map(|(place, mut copies)| {
            copies.sort_unstable_by_key(|(rank, _)| *rank);
            (place, copies.into_iter().map(|(_, found)| found).collect())
        });
        Ok(in_order.collect())
    }

    /// Moves these to the place; how many of them did not stand there.
    async fn shelve(
        &self,
        known: &KnownStocktaking,
        place: PlaceId,
        copies: Vec<Found>,
        drafts: &mut Drafts,
    ) -> Result<usize, HoldingsError> {
        drafts.shelves.load([place]).await?;
        drafts.find_the_lost(&copies)?;
        let new = copies.iter().filter(|found| found.place() != Some(place));
        let new: Vec<Found> = new.copied().collect();
        if self.as_scanned {
            let all = self.all_in_order(known, place, &copies, drafts).await?;
            let slot = Some(1);
            let to = Some(Destination { place, slot });
            drafts.relocate(self.library, &all, to).await?;
        } else if !new.is_empty() {
            let slot = None;
            let to = Some(Destination { place, slot });
            drafts.relocate(self.library, &new, to).await?;
        }
        if !new.is_empty() {
            let shelve = StocktakingCommand::Shelve {
                place_id: place,
                copies: new.iter().map(|found| found.copy).collect(),
            };
            drafts.stocktakings.decide(self.stocktaking, &shelve)?;
        }
        Ok(new.len())
    }

    /// These and whatever else was scanned at the place and stands there, as scanned. What is out stays where it is.
    async fn all_in_order(
        &self,
        known: &KnownStocktaking,
        place: PlaceId,
        copies: &[Found],
        drafts: &mut Drafts,
    ) -> Result<Vec<Found>, HoldingsError> {
        let chosen: BTreeSet<CopyId> = copies.iter().map(|found| found.copy).collect();
        let there: BTreeSet<CopyId> = drafts.shelves.of(place).order().iter().copied().collect();
        let scanned = known.as_scanned_at(place);
        let others: Vec<CopyId> = scanned
            .iter()
            .filter(|copy| there.contains(copy) && !chosen.contains(copy))
            .copied()
            .collect();
        if others.len() + copies.len() > MOST_DISPLACED {
            return Err(HoldingsError::TooManyThere {
                copies: others.len() + copies.len(),
            });
        }
        let others = drafts.find(self.library, &others).await?;
        let mut all: BTreeMap<CopyId, Found> = BTreeMap::new();
        for found in others.iter().chain(copies) {
            let out = drafts.copies.of(found.copy).known();
            let out = out.is_ok_and(|copy| copy.loan_id.is_some());
            if !out || chosen.contains(&found.copy) {
                all.insert(found.copy, *found);
            }
        }
        // What was scanned elsewhere and is sent here follows behind.
        let elsewhere = copies.iter().map(|found| found.copy);
        let order = scanned.into_iter().chain(elsewhere);
        Ok(order.filter_map(|copy| all.remove(&copy)).collect())
    }
}

impl Drafts {
    /// Whoever holds a lost copy in the hand has found it.
    fn find_the_lost(&mut self, copies: &[Found]) -> Result<(), HoldingsError> {
        for Found { copy, .. } in copies {
            let state = self.copies.of(copy).known().map(|known| known.state);
            if state == Ok(CopyState::Lost) {
                let found = self.copies.decide(copy, &CopyCommand::Find);
                found.map_err(|refusal| HoldingsError::Copy {
                    copy: *copy,
                    refusal,
                })?;
            }
        }
        Ok(())
    }
}
