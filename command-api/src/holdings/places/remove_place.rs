//! Take a place down, with every place in it.
//!
//! Never decides what becomes of the copies there: who asks has said so, and the use case has done it.

use accession_events::holdings::{DisplacedCopy, PlacesEvent};
use accession_events::ids::PlaceId;

use super::{Places, PlacesError};

/// Take it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovePlace {
    /// Which.
    pub place_id: PlaceId,
    /// The copies that stand in it and in the places in it, place by place, in order.
    pub copies: Vec<DisplacedCopy>,
    /// Where they go; none for nowhere.
    pub moved_to: Option<PlaceId>,
}

impl RemovePlace {
    pub(super) fn decide(&self, places: &Places) -> Result<Vec<PlacesEvent>, PlacesError> {
        places.place(self.place_id)?;
        let going = places.with_all_in_it(self.place_id);
        if let Some(to) = self.moved_to {
            places.place(to)?;
            if going.contains(&to) {
                return Err(PlacesError::InItself {
                    place: self.place_id,
                    under: to,
                });
            }
        }
        let records = going.into_iter().map(|id| places.record(id));
        Ok(vec![PlacesEvent::PlacesRemoved {
            place_id: self.place_id,
            places: records.collect::<Result<_, _>>()?,
            copies: self.copies.clone(),
            moved_to: self.moved_to,
        }])
    }
}

#[cfg(test)]
mod tests {
    use accession_events::holdings::PlaceKind;

    use super::super::PlacesCommand;
    use super::super::examples::{after, furnished, place, places, record};
    use super::*;

    fn remove(number: u128, moved_to: Option<u128>) -> PlacesCommand {
        PlacesCommand::Remove(RemovePlace {
            place_id: place(number),
            copies: vec![],
            moved_to: moved_to.map(place),
        })
    }

    #[test]
    fn a_place_goes_with_every_place_in_it() {
        let removed = PlacesEvent::PlacesRemoved {
            place_id: place(2),
            places: vec![
                record(2, PlaceKind::Bookcase, Some(1), 1),
                record(4, PlaceKind::Shelf, Some(2), 1),
                record(5, PlaceKind::Shelf, Some(2), 2),
            ],
            copies: vec![],
            moved_to: Some(place(3)),
        };
        places()
            .given(furnished())
            .when(remove(2, Some(3)))
            .then_expect_events(vec![removed.clone()]);
        let mut events = furnished();
        events.push(removed);
        let tree = after(events);
        assert_eq!(tree.with_all_in_it(place(1)), [place(1), place(3)]);
    }

    #[test]
    fn what_goes_takes_no_copies_in() {
        places()
            .given(furnished())
            .when(remove(2, Some(4)))
            .then_expect_error(PlacesError::InItself {
                place: place(2),
                under: place(4),
            });
        places()
            .given(furnished())
            .when(remove(99, None))
            .then_expect_error(PlacesError::Unknown(place(99)));
    }
}
