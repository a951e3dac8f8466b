//! One table: what places, shelves and copies refuse, and the problem that a caller reads.
//!
//! The sentences are the aggregates'; here are only status, code and field.

use accession_events::ids::{CopyId, PlaceId};
use accession_service::problem::{FieldError, Problem};
use http::StatusCode;

use crate::holdings::copy::CopyError;
use crate::holdings::copy::undoing::CopyUndoError;
use crate::holdings::desk::HoldingsError;
use crate::holdings::places::PlacesError;
use crate::holdings::shelf::ShelfError;
use crate::holdings::stocktaking::StocktakingError;
use crate::http::failure::{Refusal, from_repository};

impl HoldingsError {
    /// The problem that the caller reads.
    pub(crate) fn problem(&self) -> Problem {
        let conflict = |code| Problem::new(StatusCode::CONFLICT, code, self.to_string());
        match self {
            Self::Copy { refusal, .. } => refusal.problem(),
            Self::Copies(refused) => {
                let errors = refused.iter().map(|(copy, refusal)| {
                    FieldError::new(copy.to_string(), code(refusal), refusal.to_string())
                });
                conflict("copies_refuse").with_errors(errors.collect())
            }
            Self::Shelf { refusal, .. } => refusal.problem(),
            Self::Places(refusal) => refusal.problem(),
            Self::Stale { .. } => Problem::new(
                StatusCode::PRECONDITION_FAILED,
                "stale_version",
                self.to_string(),
            ),
            Self::Duplicate {
                copy,
                place,
                known_by,
                ..
            } => conflict("duplicate_copy").with_errors(like_it(*copy, *place, known_by)),
            Self::LooksTheSame { copy, place, .. } => {
                conflict("duplicate_copy").with_errors(like_it(*copy, *place, "fuzzy_match"))
            }
            Self::NotEmpty { .. } => conflict("place_not_empty"),
            Self::TooManyThere { .. } => conflict("too_many_copies_there"),
            Self::TooManyNamed { .. } => at("copies", "too_many_copies", self.to_string()),
            Self::NamedTwice(_) => at("copies", "named_twice", self.to_string()),
            Self::StandsNowhere(_) => conflict("stands_nowhere"),
            Self::Undo(refusal) => refusal.problem(),
            Self::Stocktaking(refusal) => refusal.problem(),
            Self::NotAsScanned(refused) => {
                let errors = refused.iter().map(|(copy, why)| {
                    FieldError::new(copy.to_string(), why.code(), why.to_string())
                });
                conflict("copies_refuse").with_errors(errors.collect())
            }
            Self::TooManyToCount { .. } => {
                at("place_id", "too_many_copies_there", self.to_string())
            }
            Self::Repository(error) => from_repository(error),
        }
    }
}

impl Refusal for CopyUndoError {
    fn problem(&self) -> Problem {
        let conflict = |code| Problem::new(StatusCode::CONFLICT, code, self.to_string());
        match self {
            Self::NoSuchChange => at("position", "no_such_change", self.to_string()),
            Self::AlreadyUndone => conflict("already_undone"),
            Self::OfALoan(_) => conflict("change_of_a_loan"),
            Self::Depends(later) => {
                let errors = later.iter().map(|later| {
                    let field = format!("position {}", later.position);
                    FieldError::new(field, "depends_on_it", later.words.clone())
                });
                conflict("undo_conflict").with_errors(errors.collect())
            }
        }
    }
}

/// Which copy is like it, where it stands, and how it is known.
fn like_it(copy: CopyId, place: Option<PlaceId>, known_by: &str) -> Vec<FieldError> {
    let copy = FieldError::new("copy_id", "duplicate_copy", copy.to_string());
    let place = place.map(|place| FieldError::new("place_id", "stands_at", place.to_string()));
    let how = "how the other is known to be like it".to_owned();
    let known = FieldError::new("match", known_by, how);
    std::iter::once(copy).chain(place).chain([known]).collect()
}

impl Refusal for StocktakingError {
    fn problem(&self) -> Problem {
        let conflict = |code| Problem::new(StatusCode::CONFLICT, code, self.to_string());
        match self {
            Self::Unknown => Problem::not_found(self.to_string()),
            Self::AlreadyOpened => conflict("already_added"),
            Self::Over => conflict("stocktaking_over"),
            Self::Abandoned => conflict("stocktaking_abandoned"),
            Self::TooManyScans => conflict("too_many_scans"),
            Self::OtherPlace { .. } => at("place_id", "not_in_stocktaking", self.to_string()),
            Self::ScanReused(_) => at("scans", "scan_id_reused", self.to_string()),
        }
    }
}

impl Refusal for PlacesError {
    fn problem(&self) -> Problem {
        let conflict = |code| Problem::new(StatusCode::CONFLICT, code, self.to_string());
        match self {
            Self::Unknown(_) => Problem::not_found(self.to_string()),
            Self::NotGone(_) => Problem::new(StatusCode::NOT_FOUND, "not_gone", self.to_string()),
            Self::AlreadyAdded(_) => conflict("already_added"),
            Self::InItself { .. } => at("under", "place_in_itself", self.to_string()),
            Self::DoesNotFit { .. } => at("under", "does_not_fit", self.to_string()),
            Self::PositionOutOfRange { .. } => {
                at("position", "position_out_of_range", self.to_string())
            }
            Self::NotTheSamePlaces { .. } => at("order", "not_the_same_places", self.to_string()),
            Self::OtherKind { .. } => at("into", "other_kind", self.to_string()),
            Self::TooMany => conflict("too_many_places"),
            Self::NothingToStandIn { .. } => conflict("nothing_to_stand_in"),
        }
    }
}

impl Refusal for ShelfError {
    fn problem(&self) -> Problem {
        match self {
            Self::SlotOutOfRange { .. } => at("slot", "slot_out_of_range", self.to_string()),
            Self::Full => Problem::new(StatusCode::CONFLICT, "place_full", self.to_string()),
            Self::StandsHere(_) | Self::StandsElsewhere(_) => {
                Problem::new(StatusCode::CONFLICT, "conflict", self.to_string())
            }
        }
    }
}

impl Refusal for CopyError {
    fn problem(&self) -> Problem {
        if matches!(self, Self::Unknown) {
            return Problem::not_found(self.to_string());
        }
        Problem::new(StatusCode::CONFLICT, code(self), self.to_string())
    }
}

const fn code(refusal: &CopyError) -> &'static str {
    match refusal {
        CopyError::Unknown => "not_found",
        CopyError::AlreadyAdded => "already_added",
        CopyError::OnLoan { .. } => "copy_on_loan",
        CopyError::NotOnLoan { .. } => "copy_not_on_loan",
        CopyError::NotForLending { .. } => "copy_not_for_lending",
        CopyError::Withdrawn => "copy_withdrawn",
        CopyError::NotRemoved => "copy_not_removed",
    }
}

pub(super) fn at(field: &str, code: &str, message: String) -> Problem {
    Problem::invalid(message.clone(), vec![FieldError::new(field, code, message)])
}
