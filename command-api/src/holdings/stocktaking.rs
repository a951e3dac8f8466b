//! The stock-taking aggregate: what ought to stand at some places, and what was scanned there.
//!
//! Never looks at copies or shelves itself: the use case tells it what a scan was found to be.

mod known;

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::holdings::{ExpectedThere, Scan, StocktakingEvent};
use accession_events::ids::{CopyId, LibraryId, PlaceId, ScanId};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

pub use known::{KnownStocktaking, Noted, Rank, Seen, Stage};

/// The most copies that ought to stand where one stock-taking goes.
pub const MOST_EXPECTED: usize = 5_000;
/// The most scans of one stock-taking.
pub const MOST_SCANS: usize = 10_000;

/// A stock-taking, or nothing yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stocktaking {
    /// There is no such stock-taking.
    #[default]
    Absent,
    /// It was begun.
    Known(KnownStocktaking),
}

/// What can be asked of a stock-taking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StocktakingCommand {
    /// Begin.
    Open {
        /// Whose it is.
        library_id: LibraryId,
        /// Over which place.
        place_id: PlaceId,
        /// What ought to stand there.
        expected: Vec<ExpectedThere>,
    },
    /// Note what was scanned, which is none that it knows already.
    Note {
        /// Where.
        place_id: PlaceId,
        /// What.
        scans: Vec<Scan>,
    },
    /// Note that these stand from now on where they were found.
    Shelve {
        /// Where.
        place_id: PlaceId,
        /// Which.
        copies: Vec<CopyId>,
    },
    /// Be done.
    Close {
        /// What was not found.
        missing: Vec<CopyId>,
    },
    /// Give up.
    Abandon,
}

/// Why a stock-taking refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StocktakingError {
    /// There is none with this id here.
    #[error("this library has no such stock-taking")]
    Unknown,
    /// The id is taken.
    #[error("this stock-taking was begun already")]
    AlreadyOpened,
    /// It is done.
    #[error("this stock-taking is over: begin another to scan more")]
    Over,
    /// It was given up.
    #[error("this stock-taking was given up: begin another")]
    Abandoned,
    /// It has enough of it.
    #[error("a stock-taking takes {MOST_SCANS} scans at most: close it and begin another")]
    TooManyScans,
    /// The place does not belong to it.
    #[error("the place {place} is not part of this stock-taking, which is over {over}")]
    OtherPlace {
        /// Where it was scanned.
        place: PlaceId,
        /// Over which place it goes.
        over: PlaceId,
    },
    /// Two different scans have one id.
    #[error("the scan id {0} was sent before with another code: draw a new one for each scan")]
    ScanReused(ScanId),
}

/// Why a copy is not moved to where it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAsScanned {
    /// It was not scanned.
    #[error("this copy was not scanned in this stock-taking")]
    NotScanned,
    /// Somebody moved it since.
    #[error(
        "somebody has moved this copy since it was scanned: scan it again, or move it yourself"
    )]
    MovedMeanwhile,
}

impl NotAsScanned {
    /// The form in problems.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotScanned => "not_scanned",
            Self::MovedMeanwhile => "moved_meanwhile",
        }
    }
}

impl Stocktaking {
    /// What is known of it, when it is this library's.
    pub fn of(&self, library: LibraryId) -> Result<&KnownStocktaking, StocktakingError> {
        match self {
            Self::Known(known) if known.library_id == library => Ok(known),
            Self::Known(_) | Self::Absent => Err(StocktakingError::Unknown),
        }
    }

    const fn known(&self) -> Result<&KnownStocktaking, StocktakingError> {
        match self {
            Self::Known(known) => Ok(known),
            Self::Absent => Err(StocktakingError::Unknown),
        }
    }
}

impl Decider for Stocktaking {
    const SCHEMA: &'static str = "stocktaking/1";

    fn decide(
        &self,
        command: &StocktakingCommand,
    ) -> Result<Vec<StocktakingEvent>, StocktakingError> {
        if let StocktakingCommand::Open {
            library_id,
            place_id,
            expected,
        } = command
        {
            return match self {
                Self::Known(_) => Err(StocktakingError::AlreadyOpened),
                Self::Absent => Ok(vec![StocktakingEvent::StocktakingOpened {
                    library_id: *library_id,
                    place_id: *place_id,
                    expected: expected.clone(),
                }]),
            };
        }
        self.known()?.decide(command)
    }
}

impl Aggregate for Stocktaking {
    const TYPE: &'static str = StocktakingEvent::AGGREGATE;
    type Command = StocktakingCommand;
    type Event = StocktakingEvent;
    type Error = StocktakingError;
    type Services = ();

    async fn handle(
        &mut self,
        command: StocktakingCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), StocktakingError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: StocktakingEvent) {
        match (&mut *self, event) {
            (Self::Known(known), event) => known.apply(event),
            (
                Self::Absent,
                StocktakingEvent::StocktakingOpened {
                    library_id,
                    place_id,
                    expected,
                },
            ) => *self = Self::Known(KnownStocktaking::new(library_id, place_id, expected)),
            // No stream begins with another event.
            (Self::Absent, _) => {}
        }
    }
}
