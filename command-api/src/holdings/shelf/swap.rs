//! Two copies change places: on one shelf, or one shelf at a time.
//!
//! Never moves any other copy.

use accession_events::holdings::ShelfEvent;
use accession_events::ids::{CopyId, LibraryId};

use super::{Shelf, ShelfError};

pub(super) fn swap(
    shelf: &Shelf,
    library_id: LibraryId,
    one: CopyId,
    other: CopyId,
) -> Result<Vec<ShelfEvent>, ShelfError> {
    for copy in [one, other] {
        shelf
            .slot_of(copy)
            .ok_or(ShelfError::StandsElsewhere(copy))?;
    }
    if one == other {
        return Ok(Vec::new());
    }
    Ok(vec![ShelfEvent::SlotsSwapped {
        library_id,
        one,
        other,
    }])
}

pub(super) fn take_over(
    shelf: &Shelf,
    library_id: LibraryId,
    leaves: CopyId,
    comes: CopyId,
) -> Result<Vec<ShelfEvent>, ShelfError> {
    let slot = shelf
        .slot_of(leaves)
        .ok_or(ShelfError::StandsElsewhere(leaves))?;
    if shelf.slot_of(comes).is_some() {
        return Err(ShelfError::StandsHere(comes));
    }
    Ok(vec![ShelfEvent::SlotTakenOver {
        library_id,
        leaves,
        comes,
        slot,
    }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::Aggregate as _;
    use uuid::Uuid;

    use super::*;

    fn copy(number: u128) -> CopyId {
        CopyId::new(Uuid::from_u128(number))
    }

    fn with(numbers: &[u128]) -> Shelf {
        Shelf {
            order: numbers.iter().copied().map(copy).collect(),
        }
    }

    #[test]
    fn two_copies_change_places_and_no_other_moves() {
        let library = LibraryId::new(Uuid::from_u128(50));
        let mut shelf = with(&[1, 2, 3]);
        for event in swap(&shelf.clone(), library, copy(1), copy(3)).unwrap() {
            shelf.apply(event);
        }
        assert_eq!(shelf, with(&[3, 2, 1]));
        for event in take_over(&shelf.clone(), library, copy(2), copy(9)).unwrap() {
            shelf.apply(event);
        }
        assert_eq!(shelf, with(&[3, 9, 1]));
    }

    #[test]
    fn a_copy_that_stands_elsewhere_changes_with_nobody_here() {
        let library = LibraryId::new(Uuid::from_u128(50));
        let shelf = with(&[1, 2]);
        assert_eq!(
            swap(&shelf, library, copy(1), copy(9)),
            Err(ShelfError::StandsElsewhere(copy(9)))
        );
        assert_eq!(
            take_over(&shelf, library, copy(1), copy(2)),
            Err(ShelfError::StandsHere(copy(2)))
        );
    }
}
