//! Copies come to a place and leave it; those that stay close up or make room.
//!
//! Never leaves a gap and never has a copy twice.

use std::collections::BTreeSet;

use accession_events::holdings::{ShelfEvent, Slot};
use accession_events::ids::{CopyId, LibraryId};

use super::{MOST_COPIES, Shelf, ShelfError};

pub(super) fn take_out(shelf: &Shelf, library_id: LibraryId, copies: &[CopyId]) -> Vec<ShelfEvent> {
    let out: BTreeSet<&CopyId> = copies.iter().collect();
    let standing = shelf.order.iter().zip(1..);
    let slots: Vec<Slot> = standing
        .filter(|(copy, _)| out.contains(copy))
        .map(|(copy_id, slot)| Slot {
            copy_id: *copy_id,
            slot,
        })
        .collect();
    if slots.is_empty() {
        return Vec::new();
    }
    vec![ShelfEvent::CopiesUnslotted { library_id, slots }]
}

pub(super) fn put_in(
    shelf: &Shelf,
    library_id: LibraryId,
    copies: &[CopyId],
    at: Option<u32>,
) -> Result<Vec<ShelfEvent>, ShelfError> {
    room_for(shelf, copies.iter())?;
    let last = shelf.order.len() + 1;
    let behind = u32::try_from(last).unwrap_or(u32::MAX);
    let first = at.unwrap_or(behind);
    if !(1..=behind).contains(&first) {
        return Err(ShelfError::SlotOutOfRange {
            wanted: first,
            last,
        });
    }
    let slots = copies.iter().zip(first..);
    Ok(slotted(
        library_id,
        slots
            .map(|(copy_id, slot)| Slot {
                copy_id: *copy_id,
                slot,
            })
            .collect(),
    ))
}

pub(super) fn put_back(
    shelf: &Shelf,
    library_id: LibraryId,
    slots: &[Slot],
) -> Result<Vec<ShelfEvent>, ShelfError> {
    room_for(shelf, slots.iter().map(|slot| &slot.copy_id))?;
    let behind = (shelf.order.len() + 1..).zip(slots);
    let slots = behind.map(|(last, slot)| Slot {
        copy_id: slot.copy_id,
        slot: slot.slot.clamp(1, u32::try_from(last).unwrap_or(u32::MAX)),
    });
    Ok(slotted(library_id, slots.collect()))
}

fn room_for<'a>(
    shelf: &Shelf,
    copies: impl ExactSizeIterator<Item = &'a CopyId>,
) -> Result<(), ShelfError> {
    if shelf.order.len() + copies.len() > MOST_COPIES {
        return Err(ShelfError::Full);
    }
    let mut standing: BTreeSet<&CopyId> = shelf.order.iter().collect();
    for copy in copies {
        if !standing.insert(copy) {
            return Err(ShelfError::StandsHere(*copy));
        }
    }
    Ok(())
}

fn slotted(library_id: LibraryId, slots: Vec<Slot>) -> Vec<ShelfEvent> {
    if slots.is_empty() {
        return Vec::new();
    }
    vec![ShelfEvent::CopiesSlotted { library_id, slots }]
}

#[cfg(test)]
mod tests {
    use accession_event_log::Decider as _;
    use cqrs_es::Aggregate as _;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::ShelfCommand;
    use super::*;

    fn copy(number: u128) -> CopyId {
        CopyId::new(Uuid::from_u128(number))
    }

    fn copies(numbers: &[u128]) -> Vec<CopyId> {
        numbers.iter().copied().map(copy).collect()
    }

    fn library_id() -> LibraryId {
        LibraryId::new(Uuid::from_u128(50))
    }

    fn with(numbers: &[u128]) -> Shelf {
        Shelf {
            order: copies(numbers),
        }
    }

    fn after(shelf: &Shelf, command: &ShelfCommand) -> Result<Shelf, ShelfError> {
        let mut after = shelf.clone();
        for event in shelf.decide(command)? {
            after.apply(event);
        }
        Ok(after)
    }

    fn put(numbers: &[u128], at: Option<u32>) -> ShelfCommand {
        ShelfCommand::PutIn {
            library_id: library_id(),
            copies: copies(numbers),
            at,
        }
    }

    fn take(numbers: &[u128]) -> ShelfCommand {
        ShelfCommand::TakeOut {
            library_id: library_id(),
            copies: copies(numbers),
        }
    }

    #[test]
    fn copies_make_room_for_those_that_come_and_close_up_behind_those_that_go() {
        let shelf = with(&[1, 2, 3]);
        assert_eq!(
            after(&shelf, &put(&[8, 9], Some(2))),
            Ok(with(&[1, 8, 9, 2, 3]))
        );
        assert_eq!(after(&shelf, &put(&[8], None)), Ok(with(&[1, 2, 3, 8])));
        assert_eq!(after(&shelf, &take(&[1, 3, 7])), Ok(with(&[2])));
        assert_eq!(shelf.slot_of(copy(3)), Some(3));
    }

    #[test]
    fn a_slot_that_there_is_not_is_refused_with_those_that_there_are() {
        let shelf = with(&[1, 2, 3]);
        assert!(after(&shelf, &put(&[8], Some(4))).is_ok());
        for wanted in [0, 5, u32::MAX] {
            let refused = after(&shelf, &put(&[8], Some(wanted)));
            assert_eq!(refused, Err(ShelfError::SlotOutOfRange { wanted, last: 4 }));
        }
        let refused = after(&shelf, &put(&[2], None));
        assert_eq!(refused, Err(ShelfError::StandsHere(copy(2))));
    }

    #[test]
    fn a_place_takes_no_more_than_it_has_room_for() {
        let many: Vec<u128> = (1..=MOST_COPIES as u128).collect();
        let full = with(&many);
        assert_eq!(after(&full, &put(&[0], None)), Err(ShelfError::Full));
    }

    proptest! {
        #[test]
        fn what_was_taken_out_and_is_put_back_stands_where_it_stood(
            many in 1..30u128, out in proptest::collection::btree_set(1..30u128, 0..30)
        ) {
            let numbers: Vec<u128> = (1..=many).collect();
            let shelf = with(&numbers);
            let out: Vec<u128> = out.into_iter().collect();
            let mut slots = Vec::new();
            for event in shelf.decide(&take(&out)).unwrap() {
                if let ShelfEvent::CopiesUnslotted { slots: left, .. } = event {
                    slots = left;
                }
            }
            let without = after(&shelf, &take(&out)).unwrap();
            let back = ShelfCommand::PutBack { library_id: library_id(), slots };
            prop_assert_eq!(after(&without, &back).unwrap(), shelf);
        }
    }
}
