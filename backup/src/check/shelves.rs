//! Places and what stands there.
//!
//! Never a place in itself: it stands in a wider one that a line before it has told.

use std::collections::{HashMap, HashSet};

use accession_events::holdings::{CopyState, PlaceKind};
use accession_events::ids::PlaceId;
use accession_events::values::Barcode;

use super::At;
use crate::MOST_PLACES;
use crate::fault::Fault;
use crate::line::{CopyLine, PlaceLine};

/// The most tags that a copy has.
const MOST_TAGS: usize = 20;

#[derive(Default)]
pub(super) struct Shelves {
    places: HashMap<PlaceId, PlaceKind>,
    slots: HashSet<(PlaceId, u32)>,
    barcodes: HashSet<Barcode>,
}

impl Shelves {
    pub(super) fn place(&mut self, at: At, place: &PlaceLine) -> Result<(), Fault> {
        if self.places.len() >= MOST_PLACES {
            let message = format!("a library has {MOST_PLACES} places at most");
            return Err(at.fault("too_many_places", message));
        }
        if let Some(under) = place.under {
            let outer = self.places.get(&under);
            let outer = outer.ok_or_else(|| at.unknown("place", under))?;
            if !outer.holds(place.kind) {
                let message = format!(
                    "a {} cannot stand in a {}",
                    place.kind.as_str(),
                    outer.as_str()
                );
                return Err(at.fault("does_not_fit", message));
            }
        }
        match self.places.insert(place.id, place.kind) {
            None => Ok(()),
            Some(_) => Err(at.twice("place", place.id)),
        }
    }

    pub(super) fn copy(&mut self, at: At, copy: &CopyLine) -> Result<(), Fault> {
        if copy.tags.len() > MOST_TAGS {
            let message = format!("a copy has {MOST_TAGS} tags at most");
            return Err(at.fault("too_many_tags", message));
        }
        if let Some(barcode) = &copy.barcode
            && !self.barcodes.insert(barcode.clone())
        {
            return Err(at.twice("barcode", barcode));
        }
        match (copy.place, copy.slot) {
            (None, None) => Ok(()),
            (Some(_), _) if copy.state == CopyState::Withdrawn => {
                Err(at.fault("withdrawn", "a copy that was given up stands nowhere"))
            }
            (Some(place), Some(slot)) if slot > 0 => {
                if !self.places.contains_key(&place) {
                    return Err(at.unknown("place", place));
                }
                if !self.slots.insert((place, slot)) {
                    let message = format!("another copy has slot {slot} of the place {place}");
                    return Err(at.fault("slot_taken", message));
                }
                Ok(())
            }
            _ => Err(at.fault(
                "bad_slot",
                "`place` and `slot` go together, slots from 1 on",
            )),
        }
    }
}
