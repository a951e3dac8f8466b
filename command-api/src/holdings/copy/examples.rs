//! Events for the copy's tests.
//!
//! Never used outside tests.

use accession_events::holdings::{CopyDetail, CopyEvent, CopyState, Standing};
use accession_events::ids::{LibraryId, LoanId, PlaceId, TitleId};
use accession_events::values::Barcode;
use cqrs_es::test::TestFramework;
use uuid::Uuid;

use super::Copy;

pub(super) fn copy() -> TestFramework<Copy> {
    TestFramework::with(())
}

pub(super) fn library_id() -> LibraryId {
    LibraryId::new(Uuid::from_u128(50))
}

pub(super) fn title_id() -> TitleId {
    TitleId::new(Uuid::from_u128(60))
}

pub(super) fn loan(number: u128) -> LoanId {
    LoanId::new(Uuid::from_u128(70 + number))
}

pub(super) fn standing(place: u128, slot: u32) -> Standing {
    Standing {
        place_id: PlaceId::new(Uuid::from_u128(80 + place)),
        slot,
    }
}

pub(super) fn barcode(text: &str) -> CopyDetail {
    CopyDetail::Barcode(Some(Barcode::parse(text).unwrap()))
}

/// A copy with the barcode `1`.
pub(super) fn added() -> CopyEvent {
    CopyEvent::CopyAdded {
        library_id: library_id(),
        title_id: title_id(),
        details: vec![barcode("1")],
        besides: None,
    }
}

pub(super) fn moved(from: Option<Standing>, to: Option<Standing>) -> CopyEvent {
    CopyEvent::CopyMoved {
        library_id: library_id(),
        title_id: title_id(),
        from,
        to,
    }
}

pub(super) fn lent(number: u128) -> CopyEvent {
    CopyEvent::CopyLentOut {
        library_id: library_id(),
        title_id: title_id(),
        loan_id: loan(number),
    }
}

pub(super) fn lost(loan_id: Option<LoanId>) -> CopyEvent {
    CopyEvent::CopyLost {
        library_id: library_id(),
        title_id: title_id(),
        loan_id,
        former: CopyState::Present,
    }
}

pub(super) fn withdrawn() -> CopyEvent {
    CopyEvent::CopyWithdrawn {
        library_id: library_id(),
        title_id: title_id(),
        reason: None,
        former: CopyState::Present,
    }
}

pub(super) fn removed() -> CopyEvent {
    CopyEvent::CopyRemoved {
        library_id: library_id(),
        title_id: title_id(),
        stood: None,
        state: CopyState::Present,
        barcode: Some(Barcode::parse("1").unwrap()),
        reason: None,
    }
}
