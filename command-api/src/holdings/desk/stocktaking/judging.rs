//! What a scan was found to be: present, misplaced, or a surprise; and which copy is meant where an ISBN names several.
//!
//! Decides by how the copies stand, and never changes them.

use std::collections::BTreeSet;

use accession_events::holdings::{CopyState, Finding, Surprise};
use accession_events::ids::{CopyId, LibraryId, PlaceId};

use super::looking_up::Meant;
use crate::holdings::copy::{Copy, KnownCopy};
use crate::holdings::drafts::Drafts;

/// Who judges: one after the other, as a copy that was seen once is a surprise the next time.
pub(super) struct Judge {
    pub(super) library: LibraryId,
    /// Where it was scanned, with every place in it.
    pub(super) here: BTreeSet<PlaceId>,
    /// What was seen in this stock-taking.
    pub(super) seen: BTreeSet<CopyId>,
}

impl Judge {
    /// What this scan was found to be.
    pub(super) fn judges(&mut self, meant: &Meant, drafts: &mut Drafts) -> Finding {
        let mut candidates: Vec<(u8, Finding)> = Vec::new();
        for copy in &meant.copies {
            let Copy::Known(known) = drafts.copies.of(copy) else {
                continue;
            };
            let of_another_edition = meant
                .edition
                .is_some_and(|edition| known.edition_id.is_some_and(|of| of != edition));
            if known.library_id == self.library && !of_another_edition {
                let found = self.found(*copy, known);
                candidates.push((likelihood(&found), found));
            }
        }
        // The first of the likeliest: the library got it first.
        let best = candidates.into_iter().min_by_key(|(rank, _)| *rank);
        let found = best.map_or_else(unknown, |(_, found)| found);
        self.seen.extend(found.copy_id());
        found
    }

    fn found(&self, copy_id: CopyId, known: &KnownCopy) -> Finding {
        let belongs_at = known.place_id;
        let surprise = if self.seen.contains(&copy_id) {
            Some(Surprise::Twice)
        } else if known.removed {
            Some(Surprise::Removed)
        } else if known.loan_id.is_some() {
            Some(Surprise::Lent)
        } else {
            match known.state {
                CopyState::Present | CopyState::Damaged => None,
                CopyState::Lost => Some(Surprise::Lost),
                CopyState::Withdrawn => Some(Surprise::Withdrawn),
            }
        };
        match (surprise, belongs_at) {
            (Some(because), belongs_at) => Finding::Unexpected {
                copy_id: Some(copy_id),
                belongs_at,
                because,
            },
            (None, Some(belongs_at)) if self.here.contains(&belongs_at) => Finding::Present {
                copy_id,
                belongs_at,
            },
            (None, belongs_at) => Finding::Misplaced {
                copy_id,
                belongs_at,
            },
        }
    }
}

const fn unknown() -> Finding {
    Finding::Unexpected {
        copy_id: None,
        belongs_at: None,
        because: Surprise::Unknown,
    }
}

/// How likely it is that this copy is the one in the hand, the likeliest first.
const fn likelihood(found: &Finding) -> u8 {
    match found {
        Finding::Present { .. } => 0,
        Finding::Misplaced {
            belongs_at: None, ..
        } => 1,
        Finding::Misplaced { .. } => 2,
        Finding::Unexpected { because, .. } => match because {
            Surprise::Lost => 3,
            Surprise::Lent => 4,
            Surprise::Withdrawn => 5,
            Surprise::Removed => 6,
            Surprise::Twice => 7,
            Surprise::Unknown => 8,
        },
    }
}
