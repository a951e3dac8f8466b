//! Make a place part of another of its kind: what was in it comes behind what is there.
//!
//! Never across kinds, and never into what stands in it; the copies are moved by the use case in the same append.

use accession_events::holdings::{DisplacedCopy, PlacesEvent};
use accession_events::ids::PlaceId;

use super::{Places, PlacesError};

/// Which into which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergePlaces {
    /// What is to be no place of its own any longer.
    pub place_id: PlaceId,
    /// What it becomes part of.
    pub into: PlaceId,
    /// The copies that stand right in it, in order.
    pub copies: Vec<DisplacedCopy>,
}

impl MergePlaces {
    pub(super) fn decide(&self, places: &Places) -> Result<Vec<PlacesEvent>, PlacesError> {
        let (place, into) = (places.place(self.place_id)?, places.place(self.into)?);
        if self.place_id == self.into {
            return Err(PlacesError::InItself {
                place: self.place_id,
                under: self.into,
            });
        }
        if place.kind != into.kind {
            return Err(PlacesError::OtherKind {
                one: place.kind,
                other: into.kind,
            });
        }
        Ok(vec![PlacesEvent::PlaceMerged {
            place: places.record(self.place_id)?,
            into: self.into,
            places: place.inner.clone(),
            copies: self.copies.clone(),
        }])
    }
}

#[cfg(test)]
mod tests {
    use accession_events::holdings::PlaceKind;

    use super::super::PlacesCommand;
    use super::super::examples::{after, furnished, place, places, record};
    use super::*;

    fn merge(number: u128, into: u128) -> PlacesCommand {
        PlacesCommand::Merge(MergePlaces {
            place_id: place(number),
            into: place(into),
            copies: vec![],
        })
    }

    #[test]
    fn what_was_in_a_merged_place_is_in_the_other_behind_what_is_there() {
        let merged = PlacesEvent::PlaceMerged {
            place: record(2, PlaceKind::Bookcase, Some(1), 1),
            into: place(3),
            places: vec![place(4), place(5)],
            copies: vec![],
        };
        places()
            .given(furnished())
            .when(merge(2, 3))
            .then_expect_events(vec![merged.clone()]);
        let mut events = furnished();
        events.push(merged);
        let tree = after(events);
        assert_eq!(
            tree.with_all_in_it(place(1)),
            [place(1), place(3), place(4), place(5)]
        );
        assert_eq!(tree.place(place(4)).unwrap().under, Some(place(3)));
        assert!(tree.place(place(2)).is_err());
    }

    #[test]
    fn only_two_different_places_of_one_kind_are_merged() {
        places()
            .given(furnished())
            .when(merge(2, 6))
            .then_expect_error(PlacesError::OtherKind {
                one: PlaceKind::Bookcase,
                other: PlaceKind::Room,
            });
        places()
            .given(furnished())
            .when(merge(2, 2))
            .then_expect_error(PlacesError::InItself {
                place: place(2),
                under: place(2),
            });
    }
}
