//! Places for the tests: a study with two bookcases, the first with two shelves.
//!
//! Never used outside tests.

use accession_events::holdings::{PlaceKind, PlaceRecord, PlacesEvent};
use accession_events::ids::PlaceId;
use accession_events::values::ShortText;
use cqrs_es::Aggregate as _;
use cqrs_es::test::TestFramework;
use uuid::Uuid;

use super::Places;

pub(super) fn places() -> TestFramework<Places> {
    TestFramework::with(())
}

pub(super) fn place(number: u128) -> PlaceId {
    PlaceId::new(Uuid::from_u128(number))
}

pub(super) fn text(text: &str) -> ShortText {
    ShortText::parse(text).unwrap()
}

pub(super) fn record(number: u128, kind: PlaceKind, under: Option<u128>, at: u32) -> PlaceRecord {
    PlaceRecord {
        place_id: place(number),
        kind,
        name: text(&format!("place {number}")),
        under: under.map(place),
        at,
        description: None,
        photo: None,
    }
}

pub(super) fn added(number: u128, kind: PlaceKind, under: Option<u128>, at: u32) -> PlacesEvent {
    PlacesEvent::PlaceAdded {
        place: record(number, kind, under, at),
    }
}

/// Room 1, in it bookcases 2 and 3, in 2 shelves 4 and 5; room 6.
pub(super) fn furnished() -> Vec<PlacesEvent> {
    vec![
        added(1, PlaceKind::Room, None, 1),
        added(2, PlaceKind::Bookcase, Some(1), 1),
        added(3, PlaceKind::Bookcase, Some(1), 2),
        added(4, PlaceKind::Shelf, Some(2), 1),
        added(5, PlaceKind::Shelf, Some(2), 2),
        added(6, PlaceKind::Room, None, 2),
    ]
}

/// The tree after these events.
pub(super) fn after(events: Vec<PlacesEvent>) -> Places {
    let mut tree = Places::default();
    for event in events {
        tree.apply(event);
    }
    tree
}
