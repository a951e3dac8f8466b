//! What can happen in a stock-taking: somebody goes along the shelves and scans what is there.
//!
//! What a scan was found to be is decided once, when it comes in, by how things stood then. Never moves a copy by itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::LoggedEvent;
use crate::ids::{CopyId, LibraryId, PlaceId, ScanId};
use crate::values::ShortText;

/// The copies that ought to stand at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedThere {
    /// The place.
    pub place_id: PlaceId,
    /// The copies, in order.
    pub copies: Vec<CopyId>,
}

/// Why nobody expected what was scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Surprise {
    /// No copy of the library is known by what was read.
    Unknown,
    /// The copy is out on loan, and yet it is there.
    Lent,
    /// The copy is no longer listed.
    Removed,
    /// The copy was reported lost.
    Lost,
    /// The library has given the copy up.
    Withdrawn,
    /// It was scanned before in the same stock-taking.
    Twice,
}

impl Surprise {
    /// The form in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Lent => "lent",
            Self::Removed => "removed",
            Self::Lost => "lost",
            Self::Withdrawn => "withdrawn",
            Self::Twice => "twice",
        }
    }
}

/// What a scan was found to be when it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// The copy is where it ought to be.
    Present {
        /// Which.
        copy_id: CopyId,
        /// Where it ought to stand: the place of the scan, or one in it.
        belongs_at: PlaceId,
    },
    /// The copy ought to stand elsewhere.
    Misplaced {
        /// Which.
        copy_id: CopyId,
        /// Where it ought to stand; none for nowhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        belongs_at: Option<PlaceId>,
    },
    /// Nobody expected it.
    Unexpected {
        /// Which copy, when one is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        copy_id: Option<CopyId>,
        /// Where it ought to stand; none for nowhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        belongs_at: Option<PlaceId>,
        /// Why.
        because: Surprise,
    },
}

impl Finding {
    /// The copy that it is about, when one is known.
    #[must_use]
    pub const fn copy_id(&self) -> Option<CopyId> {
        match self {
            Self::Present { copy_id, .. } | Self::Misplaced { copy_id, .. } => Some(*copy_id),
            Self::Unexpected { copy_id, .. } => *copy_id,
        }
    }

    /// Where that ought to stand, when it ought to stand somewhere.
    #[must_use]
    pub const fn belongs_at(&self) -> Option<PlaceId> {
        match self {
            Self::Present { belongs_at, .. } => Some(*belongs_at),
            Self::Misplaced { belongs_at, .. } | Self::Unexpected { belongs_at, .. } => *belongs_at,
        }
    }

    /// Whether it is the first scan of its copy in the stock-taking.
    #[must_use]
    pub const fn is_first(&self) -> bool {
        !matches!(
            self,
            Self::Unexpected {
                because: Surprise::Twice,
                ..
            }
        )
    }
}

/// One reading of the scanner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// Its id, drawn by the scanner.
    pub scan_id: ScanId,
    /// What was read.
    pub code: ShortText,
    /// When, by the scanner's clock.
    pub at: Timestamp,
    /// What it was found to be.
    #[serde(flatten)]
    pub found: Finding,
}

/// What happened in a stock-taking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StocktakingEvent {
    /// It began.
    StocktakingOpened {
        /// Whose it is.
        library_id: LibraryId,
        /// Over which place, with every place in it.
        place_id: PlaceId,
        /// What ought to stand there: the place and every place in it, in order.
        expected: Vec<ExpectedThere>,
    },
    /// Copies were scanned at a place.
    CopiesScanned {
        /// Whose it is.
        library_id: LibraryId,
        /// Where: the place of the stock-taking, or one in it.
        place_id: PlaceId,
        /// What was read, in the order in which it came in.
        scans: Vec<Scan>,
    },
    /// Copies were moved to where they were found, as somebody confirmed.
    FoundCopiesShelved {
        /// Whose it is.
        library_id: LibraryId,
        /// Where they stand from now on, in order.
        place_id: PlaceId,
        /// Which.
        copies: Vec<CopyId>,
    },
    /// It is done.
    StocktakingClosed {
        /// Whose it is.
        library_id: LibraryId,
        /// The copies that stood there all the time, as far as is known, and were not scanned.
        missing: Vec<CopyId>,
    },
    /// It was given up: what was scanned says nothing of what was not.
    StocktakingAbandoned {
        /// Whose it is.
        library_id: LibraryId,
    },
}

impl LoggedEvent for StocktakingEvent {
    const AGGREGATE: &'static str = "holdings.stocktaking";

    fn name(&self) -> &'static str {
        match self {
            Self::StocktakingOpened { .. } => "StocktakingOpened",
            Self::CopiesScanned { .. } => "CopiesScanned",
            Self::FoundCopiesShelved { .. } => "FoundCopiesShelved",
            Self::StocktakingClosed { .. } => "StocktakingClosed",
            Self::StocktakingAbandoned { .. } => "StocktakingAbandoned",
        }
    }
}
