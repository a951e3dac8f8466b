//! One sample of every event of places, shelves and copies.
//!
//! Never used outside the golden test.

use accession_events::holdings::{
    Acquisition, AcquisitionKind, Condition, CopyDetail, CopyEvent, CopyState, DisplacedCopy,
    HeldEvent, PlaceKind, PlaceRecord, PlacesEvent, ShelfEvent, Slot, Standing,
};
use accession_events::ids::{CopyId, LibraryId, LoanId, PlaceId, TitleId};
use accession_events::values::Money;

use super::{parsed, value};

fn library_id() -> LibraryId {
    parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e50")
}

fn title_id() -> TitleId {
    parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c")
}

fn copy(last: char) -> CopyId {
    parsed(&format!("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e8{last}"))
}

fn place(last: char) -> PlaceId {
    parsed(&format!("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e9{last}"))
}

fn loan() -> LoanId {
    parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1ea0")
}

const fn slot(copy_id: CopyId, slot: u32) -> Slot {
    Slot { copy_id, slot }
}

fn standing(last: char, slot: u32) -> Standing {
    Standing {
        place_id: place(last),
        slot,
    }
}

fn bookcase() -> PlaceRecord {
    PlaceRecord {
        place_id: place('2'),
        kind: PlaceKind::Bookcase,
        name: value("\"By the window\""),
        under: Some(place('1')),
        at: 2,
        description: Some(value("\"Oak, six shelves.\"")),
        photo: Some(value("\"https://example.org/window.jpg\"")),
    }
}

fn displaced() -> Vec<DisplacedCopy> {
    vec![DisplacedCopy {
        copy_id: copy('1'),
        place_id: place('2'),
        slot: 3,
    }]
}

pub(super) fn held_events() -> Vec<HeldEvent> {
    let (library_id, title_id, copy_id) = (library_id(), title_id(), copy('1'));
    vec![
        HeldEvent::TitleHeld {
            library_id,
            title_id,
            copy_id,
        },
        HeldEvent::TitleLetGo {
            library_id,
            title_id,
            copy_id,
        },
    ]
}

pub(super) fn places_events() -> Vec<PlacesEvent> {
    let mut events = vec![
        PlacesEvent::PlaceAdded { place: bookcase() },
        PlacesEvent::PlaceRenamed {
            place_id: place('2'),
            name: value("\"Novels\""),
            former: value("\"By the window\""),
        },
        PlacesEvent::PlaceDescribed {
            place_id: place('2'),
            description: None,
            former: Some(value("\"Oak, six shelves.\"")),
        },
        PlacesEvent::PlacePhotographed {
            place_id: place('2'),
            photo: Some(value("\"https://example.org/novels.jpg\"")),
            former: None,
        },
        PlacesEvent::PlaceMoved {
            place_id: place('2'),
            under: None,
            at: 1,
            former_under: Some(place('1')),
            former_at: 2,
        },
        PlacesEvent::PlacesReordered {
            under: Some(place('1')),
            order: vec![place('3'), place('2')],
            former: vec![place('2'), place('3')],
        },
    ];
    events.extend(what_goes_and_comes());
    events
}

fn what_goes_and_comes() -> Vec<PlacesEvent> {
    vec![
        PlacesEvent::PlaceMerged {
            place: bookcase(),
            into: place('3'),
            places: vec![place('4')],
            copies: displaced(),
        },
        PlacesEvent::PlacesRemoved {
            place_id: place('2'),
            places: vec![bookcase()],
            copies: displaced(),
            moved_to: Some(place('3')),
        },
        PlacesEvent::PlacesRestored {
            place_id: place('2'),
            places: vec![bookcase()],
            returned: vec![place('4')],
            copies: displaced(),
        },
    ]
}

pub(super) fn shelf_events() -> Vec<ShelfEvent> {
    let library_id = library_id();
    vec![
        ShelfEvent::CopiesSlotted {
            library_id,
            slots: vec![slot(copy('1'), 1), slot(copy('2'), 2)],
        },
        ShelfEvent::CopiesUnslotted {
            library_id,
            slots: vec![slot(copy('2'), 2)],
        },
        ShelfEvent::SlotsSwapped {
            library_id,
            one: copy('1'),
            other: copy('2'),
        },
        ShelfEvent::SlotTakenOver {
            library_id,
            leaves: copy('1'),
            comes: copy('3'),
            slot: 1,
        },
    ]
}

fn everything_said() -> Vec<CopyDetail> {
    vec![
        CopyDetail::Acquisition(Acquisition {
            date: Some(value("\"2026-03-01\"")),
            price: Some(Money {
                minor_units: 1_299,
                currency: value("\"EUR\""),
            }),
            kind: Some(AcquisitionKind::Purchased),
            source: Some(value("\"Flea market\"")),
        }),
        CopyDetail::Barcode(Some(value("\"PEM-000417\""))),
        CopyDetail::Condition(Some(Condition::Good)),
        CopyDetail::Edition(Some(parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1eb0"))),
        CopyDetail::Notes(Some(value("\"Signed by the author.\""))),
        CopyDetail::Owner(Some(parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5a"))),
        CopyDetail::Tags(value("[\"reading room\", \"signed\"]")),
    ]
}

pub(super) fn copy_events() -> Vec<CopyEvent> {
    let (library_id, title_id) = (library_id(), title_id());
    let mut events = vec![
        CopyEvent::CopyAdded {
            library_id,
            title_id,
            details: everything_said(),
            besides: Some(copy('2')),
        },
        CopyEvent::CopyDetailsChanged {
            library_id,
            title_id,
            details: vec![CopyDetail::Barcode(None), CopyDetail::Owner(None)],
            former: vec![
                CopyDetail::Barcode(Some(value("\"PEM-000417\""))),
                CopyDetail::Owner(None),
            ],
        },
        CopyEvent::CopyMoved {
            library_id,
            title_id,
            from: None,
            to: Some(standing('2', 3)),
        },
        CopyEvent::CopyLentOut {
            library_id,
            title_id,
            loan_id: loan(),
        },
        CopyEvent::CopyCameBack {
            library_id,
            title_id,
            loan_id: loan(),
        },
    ];
    events.extend(states_of_a_copy());
    events
}

fn states_of_a_copy() -> Vec<CopyEvent> {
    let (library_id, title_id) = (library_id(), title_id());
    vec![
        CopyEvent::CopyLost {
            library_id,
            title_id,
            loan_id: Some(loan()),
            former: CopyState::Present,
        },
        CopyEvent::CopyDamaged {
            library_id,
            title_id,
            former: CopyState::Present,
        },
        CopyEvent::CopyWithdrawn {
            library_id,
            title_id,
            reason: Some(value("\"water damage\"")),
            former: CopyState::Damaged,
        },
        CopyEvent::CopyFound {
            library_id,
            title_id,
            former: CopyState::Lost,
        },
        CopyEvent::CopyRemoved {
            library_id,
            title_id,
            stood: Some(standing('2', 3)),
            state: CopyState::Present,
            barcode: Some(value("\"PEM-000417\"")),
            reason: None,
        },
        CopyEvent::CopyRestored {
            library_id,
            title_id,
            state: CopyState::Present,
            barcode: Some(value("\"PEM-000417\"")),
        },
    ]
}
