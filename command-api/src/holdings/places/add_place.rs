//! Set up a place.
//!
//! Never in a narrower one than itself, so that it can never be in itself.

use accession_events::holdings::{PlaceKind, PlaceRecord, PlacesEvent};
use accession_events::ids::PlaceId;
use accession_events::values::{LongText, ShortText, WebUrl};

use super::{MOST_PLACES, Places, PlacesError};

/// Set one up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddPlace {
    /// Its id.
    pub place_id: PlaceId,
    /// What kind it is.
    pub kind: PlaceKind,
    /// What it is called.
    pub name: ShortText,
    /// The place it is in.
    pub under: Option<PlaceId>,
    /// Which it is to be among those beside it; the last when it is left out.
    pub at: Option<u32>,
    /// How it is described.
    pub description: Option<LongText>,
    /// Address of a picture.
    pub photo: Option<WebUrl>,
}

impl AddPlace {
    pub(super) fn decide(&self, places: &Places) -> Result<Vec<PlacesEvent>, PlacesError> {
        if places.by_id.contains_key(&self.place_id) || places.gone.contains_key(&self.place_id) {
            return Err(PlacesError::AlreadyAdded(self.place_id));
        }
        if places.by_id.len() >= MOST_PLACES {
            return Err(PlacesError::TooMany);
        }
        places.fits(self.kind, self.under)?;
        let place = PlaceRecord {
            place_id: self.place_id,
            kind: self.kind,
            name: self.name.clone(),
            under: self.under,
            at: position(self.at, places.beside(self.under).len() + 1)?,
            description: self.description.clone(),
            photo: self.photo.clone(),
        };
        Ok(vec![PlacesEvent::PlaceAdded { place }])
    }
}

impl Places {
    /// Whether a place of this kind may stand there.
    pub(super) fn fits(&self, inner: PlaceKind, under: Option<PlaceId>) -> Result<(), PlacesError> {
        let Some(under) = under else { return Ok(()) };
        let outer = self.place(under)?.kind;
        if outer.holds(inner) {
            Ok(())
        } else {
            Err(PlacesError::DoesNotFit { inner, outer })
        }
    }
}

/// The position asked for, being one of 1 to `last`; `last` when none was asked for.
pub(super) fn position(wanted: Option<u32>, last: usize) -> Result<u32, PlacesError> {
    let behind = u32::try_from(last).unwrap_or(u32::MAX);
    let wanted = wanted.unwrap_or(behind);
    if (1..=behind).contains(&wanted) {
        Ok(wanted)
    } else {
        Err(PlacesError::PositionOutOfRange { wanted, last })
    }
}

#[cfg(test)]
mod tests {
    use super::super::PlacesCommand;
    use super::super::examples::{added, after, furnished, place, places, text};
    use super::*;

    fn add(number: u128, kind: PlaceKind, under: Option<u128>, at: Option<u32>) -> PlacesCommand {
        PlacesCommand::Add(AddPlace {
            place_id: place(number),
            kind,
            name: text(&format!("place {number}")),
            under: under.map(place),
            at,
            description: None,
            photo: None,
        })
    }

    #[test]
    fn a_place_comes_behind_those_that_are_there_or_where_it_is_said() {
        places()
            .given(furnished())
            .when(add(7, PlaceKind::Bookcase, Some(1), None))
            .then_expect_events(vec![added(7, PlaceKind::Bookcase, Some(1), 3)]);
        let mut events = furnished();
        events.push(added(7, PlaceKind::Bookcase, Some(1), 1));
        let tree = after(events);
        assert_eq!(tree.beside(Some(place(1))), [place(7), place(2), place(3)]);
    }

    #[test]
    fn a_kind_may_be_left_out_but_not_turned_round() {
        places()
            .given(furnished())
            .when(add(7, PlaceKind::Shelf, Some(1), None))
            .then_expect_events(vec![added(7, PlaceKind::Shelf, Some(1), 3)]);
        places()
            .given(furnished())
            .when(add(7, PlaceKind::Room, Some(4), None))
            .then_expect_error(PlacesError::DoesNotFit {
                inner: PlaceKind::Room,
                outer: PlaceKind::Shelf,
            });
    }

    #[test]
    fn a_place_of_another_library_and_a_position_out_of_range_are_refused() {
        places()
            .given(furnished())
            .when(add(7, PlaceKind::Shelf, Some(99), None))
            .then_expect_error(PlacesError::Unknown(place(99)));
        for wanted in [0, 4] {
            places()
                .given(furnished())
                .when(add(7, PlaceKind::Bookcase, Some(1), Some(wanted)))
                .then_expect_error(PlacesError::PositionOutOfRange { wanted, last: 3 });
        }
    }

    #[test]
    fn an_id_is_used_once() {
        places()
            .given(furnished())
            .when(add(2, PlaceKind::Room, None, None))
            .then_expect_error(PlacesError::AlreadyAdded(place(2)));
    }
}
