//! Bring back what went away: a place that was taken down with every place in it, or one that was merged.
//!
//! Never undoes what was done since: what was moved on meanwhile stays where it is now.

use accession_events::holdings::{DisplacedCopy, PlacesEvent};
use accession_events::ids::PlaceId;

use super::{MOST_PLACES, Places, PlacesError};

/// Bring it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestorePlace {
    /// Which place went away.
    pub place_id: PlaceId,
    /// The copies that go back with it: those that nobody has moved since.
    pub copies: Vec<DisplacedCopy>,
}

impl RestorePlace {
    pub(super) fn decide(&self, places: &Places) -> Result<Vec<PlacesEvent>, PlacesError> {
        let gone = places
            .gone(self.place_id)
            .ok_or(PlacesError::NotGone(self.place_id))?;
        if places.by_id.len() + gone.places.len() > MOST_PLACES {
            return Err(PlacesError::TooMany);
        }
        if let Some(first) = gone.places.first()
            && let Some(under) = first.under
            && places.place(under).is_err()
        {
            return Err(PlacesError::NothingToStandIn {
                place: self.place_id,
                under,
            });
        }
        let went_into = gone.copies_went;
        let still_there = |inner: &&PlaceId| {
            let inner = places.by_id.get(*inner);
            inner.is_some_and(|inner| inner.under == went_into)
        };
        let returned = gone.handed_on.iter().filter(still_there).copied();
        Ok(vec![PlacesEvent::PlacesRestored {
            place_id: self.place_id,
            places: gone.places.to_vec(),
            returned: returned.collect(),
            copies: self.copies.clone(),
        }])
    }
}

#[cfg(test)]
mod tests {
    use accession_event_log::Decider as _;
    use cqrs_es::Aggregate as _;

    use super::super::PlacesCommand;
    use super::super::examples::{after, furnished, place, places};
    use super::super::merge_places::MergePlaces;
    use super::super::move_place::MovePlace;
    use super::super::remove_place::RemovePlace;
    use super::*;

    fn restore(number: u128) -> PlacesCommand {
        PlacesCommand::Restore(RestorePlace {
            place_id: place(number),
            copies: vec![],
        })
    }

    fn remove(number: u128) -> PlacesCommand {
        PlacesCommand::Remove(RemovePlace {
            place_id: place(number),
            copies: vec![],
            moved_to: None,
        })
    }

    fn carry_out(tree: &mut Places, command: &PlacesCommand) {
        for event in tree.decide(command).unwrap() {
            tree.apply(event);
        }
    }

    #[test]
    fn what_was_taken_down_comes_back_where_it_was() {
        let before = after(furnished());
        for number in [1, 2, 3, 5, 6] {
            let mut tree = before.clone();
            carry_out(&mut tree, &remove(number));
            assert_ne!(tree, before);
            carry_out(&mut tree, &restore(number));
            assert_eq!(tree, before, "{number}");
        }
    }

    #[test]
    fn what_was_merged_comes_back_with_what_was_in_it() {
        let before = after(furnished());
        let mut tree = before.clone();
        let merge = PlacesCommand::Merge(MergePlaces {
            place_id: place(2),
            into: place(3),
            copies: vec![],
        });
        carry_out(&mut tree, &merge);
        carry_out(&mut tree, &restore(2));
        assert_eq!(tree, before);
    }

    #[test]
    fn a_place_that_was_moved_on_after_a_merge_stays_where_it_is() {
        let mut tree = after(furnished());
        let merge = PlacesCommand::Merge(MergePlaces {
            place_id: place(2),
            into: place(3),
            copies: vec![],
        });
        carry_out(&mut tree, &merge);
        let on = PlacesCommand::Move(MovePlace {
            place_id: place(4),
            under: Some(place(6)),
            at: None,
        });
        carry_out(&mut tree, &on);
        carry_out(&mut tree, &restore(2));
        assert_eq!(tree.beside(Some(place(2))), [place(5)]);
        assert_eq!(tree.beside(Some(place(6))), [place(4)]);
    }

    #[test]
    fn what_stood_in_something_that_went_later_waits_for_that() {
        let mut tree = after(furnished());
        carry_out(&mut tree, &remove(4));
        carry_out(&mut tree, &remove(1));
        assert_eq!(
            tree.decide(&restore(4)),
            Err(PlacesError::NothingToStandIn {
                place: place(4),
                under: place(2)
            })
        );
        carry_out(&mut tree, &restore(1));
        carry_out(&mut tree, &restore(4));
        assert_eq!(tree.beside(Some(place(2))), [place(4), place(5)]);
    }

    #[test]
    fn what_did_not_go_does_not_come_back() {
        places()
            .given(furnished())
            .when(restore(2))
            .then_expect_error(PlacesError::NotGone(place(2)));
    }
}
