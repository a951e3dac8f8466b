//! One sample of every event of a stock-taking.
//!
//! Never used outside the golden test.

use accession_events::holdings::{ExpectedThere, Finding, Scan, StocktakingEvent, Surprise};
use accession_events::ids::{CopyId, LibraryId, PlaceId};

use super::{parsed, value};

fn library_id() -> LibraryId {
    parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e50")
}

fn copy(last: char) -> CopyId {
    parsed(&format!("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e8{last}"))
}

fn place(last: char) -> PlaceId {
    parsed(&format!("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e9{last}"))
}

fn scan(last: char, code: &str, found: Finding) -> Scan {
    Scan {
        scan_id: parsed(&format!("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1ec{last}")),
        code: value(&format!("\"{code}\"")),
        at: value("\"2026-03-01T10:00:00Z\""),
        found,
    }
}

pub(super) fn events() -> Vec<StocktakingEvent> {
    let (library_id, place_id) = (library_id(), place('2'));
    vec![
        StocktakingEvent::StocktakingOpened {
            library_id,
            place_id,
            expected: vec![ExpectedThere {
                place_id,
                copies: vec![copy('1'), copy('2')],
            }],
        },
        StocktakingEvent::CopiesScanned {
            library_id,
            place_id,
            scans: scans(),
        },
        StocktakingEvent::FoundCopiesShelved {
            library_id,
            place_id,
            copies: vec![copy('3')],
        },
        StocktakingEvent::StocktakingClosed {
            library_id,
            missing: vec![copy('2')],
        },
        StocktakingEvent::StocktakingAbandoned { library_id },
    ]
}

fn scans() -> Vec<Scan> {
    let (copy_id, belongs_at) = (copy('3'), Some(place('4')));
    vec![
        scan(
            '1',
            "PEM-1",
            Finding::Present {
                copy_id: copy('1'),
                belongs_at: place('2'),
            },
        ),
        scan(
            '2',
            "9780439023481",
            Finding::Misplaced {
                copy_id,
                belongs_at,
            },
        ),
        scan(
            '3',
            "XYZ",
            Finding::Unexpected {
                copy_id: None,
                belongs_at: None,
                because: Surprise::Unknown,
            },
        ),
        scan(
            '4',
            "PEM-4",
            Finding::Unexpected {
                copy_id: Some(copy('4')),
                belongs_at,
                because: Surprise::Lent,
            },
        ),
    ]
}
