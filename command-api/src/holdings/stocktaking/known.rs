//! What is known of a stock-taking: what it expects, what was scanned, how far it is.
//!
//! Never what a title is called, and never where a copy stands now.

use std::collections::{BTreeMap, BTreeSet};

use accession_events::holdings::{ExpectedThere, Scan, StocktakingEvent};
use accession_events::ids::{CopyId, LibraryId, PlaceId, ScanId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{MOST_SCANS, StocktakingCommand, StocktakingError};

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Scans come in.
    Open,
    /// It is done; what was found may still be moved.
    Closed,
    /// It was given up.
    Abandoned,
}

/// A scan, and where it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// Where.
    pub place_id: PlaceId,
    /// What.
    pub scan: Scan,
}

/// When a copy was seen: by the scanner's clock, then by which scan came in first.
pub type Rank = (Timestamp, usize);

/// A copy that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen<'a> {
    number: usize,
    /// Its first scan.
    pub noted: &'a Noted,
}

impl Seen<'_> {
    /// When it was.
    #[must_use]
    pub const fn rank(&self) -> Rank {
        (self.noted.scan.at, self.number)
    }
}

/// A stock-taking that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownStocktaking {
    /// Whose it is.
    pub library_id: LibraryId,
    /// Over which place.
    pub place_id: PlaceId,
    /// What ought to stand there.
    pub expected: Vec<ExpectedThere>,
    /// What was scanned, in the order in which it came in.
    pub scans: Vec<Noted>,
    /// How far it is.
    pub stage: Stage,
}

impl KnownStocktaking {
    pub(super) const fn new(
        library_id: LibraryId,
        place_id: PlaceId,
        expected: Vec<ExpectedThere>,
    ) -> Self {
        Self {
            library_id,
            place_id,
            expected,
            scans: Vec::new(),
            stage: Stage::Open,
        }
    }

    /// Refuses when nothing more can be scanned.
    pub const fn open(&self) -> Result<(), StocktakingError> {
        match self.stage {
            Stage::Open => Ok(()),
            Stage::Closed => Err(StocktakingError::Over),
            Stage::Abandoned => Err(StocktakingError::Abandoned),
        }
    }

    /// Refuses when nothing that was found can be moved.
    pub const fn not_abandoned(&self) -> Result<(), StocktakingError> {
        match self.stage {
            Stage::Open | Stage::Closed => Ok(()),
            Stage::Abandoned => Err(StocktakingError::Abandoned),
        }
    }

    /// Every scan by its id.
    #[must_use]
    pub fn by_id(&self) -> BTreeMap<ScanId, &Noted> {
        let scans = self.scans.iter();
        scans.map(|noted| (noted.scan.scan_id, noted)).collect()
    }

    /// The first scan of every copy that was scanned.
    #[must_use]
    pub fn seen(&self) -> BTreeMap<CopyId, Seen<'_>> {
        let mut seen = BTreeMap::new();
        for (number, noted) in self.scans.iter().enumerate() {
            if let Some(copy) = noted.scan.found.copy_id() {
                seen.entry(copy).or_insert(Seen { number, noted });
            }
        }
        seen
    }

    /// The copies that were scanned at this place, in the order in which the scanner saw them.
    #[must_use]
    pub fn as_scanned_at(&self, place: PlaceId) -> Vec<CopyId> {
        let seen = self.seen().into_iter();
        let mut order: Vec<(Rank, CopyId)> = seen
            .filter(|(_, seen)| seen.noted.place_id == place)
            .map(|(copy, seen)| (seen.rank(), copy))
            .collect();
        order.sort_unstable();
        order.into_iter().map(|(_, copy)| copy).collect()
    }

    /// What ought to be there and was not scanned, each with the place where it ought to be.
    #[must_use]
    pub fn unseen(&self) -> Vec<(PlaceId, CopyId)> {
        let seen: BTreeSet<CopyId> = self.seen().into_keys().collect();
        let expected = self.expected.iter();
        expected
            .flat_map(|there| there.copies.iter().map(|copy| (there.place_id, *copy)))
            .filter(|(_, copy)| !seen.contains(copy))
            .collect()
    }

    pub(super) fn decide(
        &self,
        command: &StocktakingCommand,
    ) -> Result<Vec<StocktakingEvent>, StocktakingError> {
        let library_id = self.library_id;
        match command {
            StocktakingCommand::Open { .. } => Err(StocktakingError::AlreadyOpened),
            StocktakingCommand::Note { place_id, scans } => self.note(*place_id, scans),
            StocktakingCommand::Shelve { place_id, copies } => {
                self.not_abandoned()?;
                Ok(vec![StocktakingEvent::FoundCopiesShelved {
                    library_id,
                    place_id: *place_id,
                    copies: copies.clone(),
                }])
            }
            StocktakingCommand::Close { missing } => match self.stage {
                Stage::Open => Ok(vec![StocktakingEvent::StocktakingClosed {
                    library_id,
                    missing: missing.clone(),
                }]),
                Stage::Closed => Ok(Vec::new()),
                Stage::Abandoned => Err(StocktakingError::Abandoned),
            },
            StocktakingCommand::Abandon => match self.stage {
                Stage::Open => Ok(vec![StocktakingEvent::StocktakingAbandoned { library_id }]),
                Stage::Closed => Err(StocktakingError::Over),
                Stage::Abandoned => Ok(Vec::new()),
            },
        }
    }

    fn note(
        &self,
        place_id: PlaceId,
        scans: &[Scan],
    ) -> Result<Vec<StocktakingEvent>, StocktakingError> {
        if scans.is_empty() {
            return Ok(Vec::new());
        }
        self.open()?;
        if self.scans.len() + scans.len() > MOST_SCANS {
            return Err(StocktakingError::TooManyScans);
        }
        Ok(vec![StocktakingEvent::CopiesScanned {
            library_id: self.library_id,
            place_id,
            scans: scans.to_vec(),
        }])
    }

    pub(super) fn apply(&mut self, event: StocktakingEvent) {
        match event {
            // Opening it is what made it known; what was moved is told by the copies.
            StocktakingEvent::StocktakingOpened { .. }
            | StocktakingEvent::FoundCopiesShelved { .. } => {}
            StocktakingEvent::CopiesScanned {
                place_id, scans, ..
            } => {
                let noted = scans.into_iter().map(|scan| Noted { place_id, scan });
                self.scans.extend(noted);
            }
            StocktakingEvent::StocktakingClosed { .. } => self.stage = Stage::Closed,
            StocktakingEvent::StocktakingAbandoned { .. } => self.stage = Stage::Abandoned,
        }
    }
}

#[cfg(test)]
mod tests {
    use accession_event_log::Decider as _;
    use accession_events::holdings::Finding;
    use accession_events::values::ShortText;
    use cqrs_es::Aggregate as _;
    use uuid::Uuid;

    use super::super::Stocktaking;
    use super::*;

    fn copy(number: u128) -> CopyId {
        CopyId::new(Uuid::from_u128(number))
    }

    fn place(number: u128) -> PlaceId {
        PlaceId::new(Uuid::from_u128(80 + number))
    }

    fn scan(number: u128, second: i64) -> Scan {
        Scan {
            scan_id: ScanId::new(Uuid::from_u128(200 + number)),
            code: ShortText::parse(&format!("PEM-{number}")).unwrap(),
            at: Timestamp::from_second(second).unwrap(),
            found: Finding::Present {
                copy_id: copy(number),
                belongs_at: place(1),
            },
        }
    }

    fn opened() -> Stocktaking {
        let mut it = Stocktaking::default();
        for event in it
            .decide(&StocktakingCommand::Open {
                library_id: LibraryId::new(Uuid::from_u128(50)),
                place_id: place(1),
                expected: vec![ExpectedThere {
                    place_id: place(1),
                    copies: vec![copy(1), copy(2), copy(3)],
                }],
            })
            .unwrap()
        {
            it.apply(event);
        }
        it
    }

    fn after(mut it: Stocktaking, command: &StocktakingCommand) -> Stocktaking {
        for event in it.decide(command).unwrap() {
            it.apply(event);
        }
        it
    }

    fn note(scans: Vec<Scan>) -> StocktakingCommand {
        StocktakingCommand::Note {
            place_id: place(1),
            scans,
        }
    }

    #[test]
    fn the_order_is_the_scanners_whatever_order_batches_come_in() {
        let it = after(opened(), &note(vec![scan(3, 30), scan(1, 31)]));
        let it = after(it, &note(vec![scan(2, 10)]));
        let known = it.known().unwrap();
        assert_eq!(
            known.as_scanned_at(place(1)),
            [copy(2), copy(3), copy(1)],
            "an offline batch that came late was scanned first"
        );
        assert!(known.as_scanned_at(place(2)).is_empty());
        assert!(known.unseen().is_empty());
    }

    #[test]
    fn what_was_not_scanned_is_unseen_and_a_second_scan_counts_no_more() {
        let mut again = scan(1, 40);
        again.scan_id = ScanId::new(Uuid::from_u128(300));
        let it = after(opened(), &note(vec![scan(1, 30), again]));
        let known = it.known().unwrap();
        assert_eq!(known.as_scanned_at(place(1)), [copy(1)]);
        assert_eq!(known.unseen(), [(place(1), copy(2)), (place(1), copy(3))]);
    }

    #[test]
    fn what_is_over_takes_no_scans_and_what_was_given_up_nothing_at_all() {
        let close = StocktakingCommand::Close { missing: vec![] };
        let shelve = StocktakingCommand::Shelve {
            place_id: place(1),
            copies: vec![copy(1)],
        };
        let closed = after(opened(), &close);
        assert_eq!(closed.decide(&close), Ok(vec![]));
        assert_eq!(
            closed.decide(&note(vec![scan(1, 1)])),
            Err(StocktakingError::Over)
        );
        assert_eq!(
            closed.decide(&StocktakingCommand::Abandon),
            Err(StocktakingError::Over)
        );
        assert_eq!(closed.decide(&shelve).map(|events| events.len()), Ok(1));
        let given_up = after(opened(), &StocktakingCommand::Abandon);
        for command in [close, shelve, note(vec![scan(1, 1)])] {
            assert_eq!(
                given_up.decide(&command),
                Err(StocktakingError::Abandoned),
                "{command:?}"
            );
        }
    }

    #[test]
    fn scans_are_bounded() {
        let many: Vec<Scan> = (0..MOST_SCANS as u128).map(|n| scan(n, 1)).collect();
        let it = after(opened(), &note(many));
        assert_eq!(
            it.decide(&note(vec![scan(1, 1)])),
            Err(StocktakingError::TooManyScans)
        );
        assert_eq!(it.decide(&note(vec![])), Ok(vec![]));
    }
}
