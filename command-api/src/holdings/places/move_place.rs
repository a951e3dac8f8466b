//! Have a place stand elsewhere in the tree, with everything in it; put places beside each other in another order.
//!
//! Never touches a copy: what stands at a place moves with it.

use std::collections::BTreeSet;

use accession_events::holdings::PlacesEvent;
use accession_events::ids::PlaceId;

use super::add_place::position;
use super::{Places, PlacesError};

/// Where it is to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MovePlace {
    /// Which.
    pub place_id: PlaceId,
    /// The place it is to be in; none for no other.
    pub under: Option<PlaceId>,
    /// Which it is to be there, counted without itself; the last when it is left out.
    pub at: Option<u32>,
}

/// In which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReorderPlaces {
    /// In which place; none for those that are in no other.
    pub under: Option<PlaceId>,
    /// All of them.
    pub order: Vec<PlaceId>,
}

impl MovePlace {
    pub(super) fn decide(&self, places: &Places) -> Result<Vec<PlacesEvent>, PlacesError> {
        let place = places.place(self.place_id)?;
        if let Some(under) = self.under {
            places.place(under)?;
            if places.with_all_in_it(self.place_id).contains(&under) {
                return Err(PlacesError::InItself {
                    place: self.place_id,
                    under,
                });
            }
        }
        places.fits(place.kind, self.under)?;
        let others = places.beside(self.under).iter();
        let others = others.filter(|beside| **beside != self.place_id).count();
        let at = position(self.at, others + 1)?;
        let former_at = places.at(self.place_id, place.under);
        if (self.under, at) == (place.under, former_at) {
            return Ok(Vec::new());
        }
        Ok(vec![PlacesEvent::PlaceMoved {
            place_id: self.place_id,
            under: self.under,
            at,
            former_under: place.under,
            former_at,
        }])
    }
}

impl ReorderPlaces {
    pub(super) fn decide(&self, places: &Places) -> Result<Vec<PlacesEvent>, PlacesError> {
        if let Some(under) = self.under {
            places.place(under)?;
        }
        let former = places.beside(self.under);
        let (wanted, there): (BTreeSet<_>, BTreeSet<_>) =
            (self.order.iter().collect(), former.iter().collect());
        if wanted != there || self.order.len() != former.len() {
            return Err(PlacesError::NotTheSamePlaces {
                expected: former.len(),
            });
        }
        if self.order == former {
            return Ok(Vec::new());
        }
        Ok(vec![PlacesEvent::PlacesReordered {
            under: self.under,
            order: self.order.clone(),
            former: former.to_vec(),
        }])
    }
}

#[cfg(test)]
mod tests {
    use accession_events::holdings::PlaceKind;

    use super::super::PlacesCommand;
    use super::super::examples::{after, furnished, place, places};
    use super::*;

    fn to(number: u128, under: Option<u128>, at: Option<u32>) -> PlacesCommand {
        PlacesCommand::Move(MovePlace {
            place_id: place(number),
            under: under.map(place),
            at,
        })
    }

    #[test]
    fn a_place_moves_with_everything_in_it() {
        let moved = PlacesEvent::PlaceMoved {
            place_id: place(2),
            under: Some(place(6)),
            at: 1,
            former_under: Some(place(1)),
            former_at: 1,
        };
        places()
            .given(furnished())
            .when(to(2, Some(6), None))
            .then_expect_events(vec![moved.clone()]);
        let mut events = furnished();
        events.push(moved);
        let tree = after(events);
        assert_eq!(
            tree.with_all_in_it(place(6)),
            [place(6), place(2), place(4), place(5)]
        );
        assert_eq!(tree.beside(Some(place(1))), [place(3)]);
    }

    #[test]
    fn no_place_stands_in_itself_or_in_what_stands_in_it() {
        for under in [1, 2, 4] {
            places()
                .given(furnished())
                .when(to(1, Some(under), None))
                .then_expect_error(PlacesError::InItself {
                    place: place(1),
                    under: place(under),
                });
        }
    }

    #[test]
    fn a_place_that_does_not_fit_or_is_of_another_library_is_refused() {
        places()
            .given(furnished())
            .when(to(3, Some(4), None))
            .then_expect_error(PlacesError::DoesNotFit {
                inner: PlaceKind::Bookcase,
                outer: PlaceKind::Shelf,
            });
        places()
            .given(furnished())
            .when(to(3, Some(99), None))
            .then_expect_error(PlacesError::Unknown(place(99)));
    }

    #[test]
    fn the_last_position_is_counted_without_the_place_itself() {
        places()
            .given(furnished())
            .when(to(2, Some(1), Some(3)))
            .then_expect_error(PlacesError::PositionOutOfRange { wanted: 3, last: 2 });
        places()
            .given(furnished())
            .when(to(3, Some(1), Some(2)))
            .then_expect_events(vec![]);
    }

    #[test]
    fn an_order_names_each_place_once() {
        let reorder = |order: &[u128]| {
            PlacesCommand::Reorder(ReorderPlaces {
                under: Some(place(1)),
                order: order.iter().copied().map(place).collect(),
            })
        };
        places()
            .given(furnished())
            .when(reorder(&[3, 2]))
            .then_expect_events(vec![PlacesEvent::PlacesReordered {
                under: Some(place(1)),
                order: vec![place(3), place(2)],
                former: vec![place(2), place(3)],
            }]);
        for wrong in [&[3][..], &[3, 3], &[2, 3, 4], &[2, 4]] {
            places()
                .given(furnished())
                .when(reorder(wrong))
                .then_expect_error(PlacesError::NotTheSamePlaces { expected: 2 });
        }
    }
}
