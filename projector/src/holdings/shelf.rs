//! The order of the copies at a place.
//!
//! Never knows what the place is called, nor anything of the copies but their ids.

use accession_events::holdings::ShelfEvent;
use accession_events::ids::{CopyId, LibraryId, PlaceId};
use accession_events::{Event, Position, RecordedEvent};
use serde::{Deserialize, Serialize};

use crate::model::{FoldError, ReadModel, Rendered, json, own_id};

/// The copies at a place, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShelfDocument {
    /// The place.
    pub place_id: PlaceId,
    /// Whose it is.
    pub library_id: LibraryId,
    /// The copies: the first is in slot 1.
    pub copies: Vec<CopyId>,
    /// Position of the last event in it.
    pub position: Position,
}

/// Shelves by place id.
#[derive(Debug, Clone, Copy, Default)]
pub struct ShelfModel;

impl ReadModel for ShelfModel {
    type State = Option<ShelfDocument>;

    const NAME: &'static str = "shelf";
    const FOLD_VERSION: &'static str = "1";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Shelf(_) => vec![recorded.stream.aggregate_id.to_string()],
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        _key: &str,
        state: &mut Option<ShelfDocument>,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let Event::Shelf(event) = event else {
            return Ok(());
        };
        let place_id = own_id(recorded)?;
        let known = state.get_or_insert_with(|| ShelfDocument {
            place_id,
            library_id: library_of(event),
            copies: Vec::new(),
            position: recorded.position,
        });
        known.position = known.position.max(recorded.position);
        known.take(event);
        Ok(())
    }

    fn render(&self, _key: &str, state: &Option<ShelfDocument>) -> Rendered {
        Rendered {
            body: state.as_ref().and_then(|shelf| json(shelf).ok()),
            hidden: true,
            entries: Vec::new(),
        }
    }
}

const fn library_of(event: &ShelfEvent) -> LibraryId {
    match event {
        ShelfEvent::CopiesSlotted { library_id, .. }
        | ShelfEvent::CopiesUnslotted { library_id, .. }
        | ShelfEvent::SlotsSwapped { library_id, .. }
        | ShelfEvent::SlotTakenOver { library_id, .. } => *library_id,
    }
}

impl ShelfDocument {
    fn take(&mut self, event: &ShelfEvent) {
        match event {
            ShelfEvent::CopiesSlotted { slots, .. } => {
                for slot in slots {
                    let at = usize::try_from(slot.slot).unwrap_or(usize::MAX);
                    let at = at.saturating_sub(1).min(self.copies.len());
                    self.copies.insert(at, slot.copy_id);
                }
            }
            ShelfEvent::CopiesUnslotted { slots, .. } => {
                let gone = |copy: &CopyId| slots.iter().any(|slot| slot.copy_id == *copy);
                self.copies.retain(|copy| !gone(copy));
            }
            ShelfEvent::SlotsSwapped { one, other, .. } => {
                for copy in &mut self.copies {
                    if copy == one {
                        *copy = *other;
                    } else if copy == other {
                        *copy = *one;
                    }
                }
            }
            ShelfEvent::SlotTakenOver { leaves, comes, .. } => {
                for copy in self.copies.iter_mut().filter(|copy| *copy == leaves) {
                    *copy = *comes;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{History, given, id};

    #[test]
    fn a_shelf_shows_its_copies_in_order_without_gaps() {
        let library_id = id(50);
        let slot = |copy: u64, slot: u32| json!({ "copy_id": id(copy), "slot": slot });
        let history = History::new()
            .shelf(80, json!({ "CopiesSlotted": { "library_id": library_id, "slots": [slot(1, 1), slot(2, 2), slot(3, 3)] } }))
            .shelf(80, json!({ "CopiesUnslotted": { "library_id": library_id, "slots": [slot(1, 1)] } }))
            .shelf(80, json!({ "SlotsSwapped": { "library_id": library_id, "one": id(2), "other": id(3) } }))
            .shelf(80, json!({ "SlotTakenOver": { "library_id": library_id, "leaves": id(2), "comes": id(9), "slot": 2 } }));
        let shelf = given(ShelfModel, &history).then(&id(80));
        assert_eq!(shelf.body["copies"], json!([id(3), id(9)]));
        assert!(shelf.hidden);
    }
}
