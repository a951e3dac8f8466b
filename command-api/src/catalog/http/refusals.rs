//! One table: what a catalog aggregate refuses, and the problem that a caller reads.
//!
//! The sentences are the aggregates'; here are only status and code.

use accession_service::problem::{FieldError, Problem};
use http::StatusCode;

use crate::catalog::edition::EditionError;
use crate::catalog::episode::EpisodeError;
use crate::catalog::reading::Fault;
use crate::catalog::title::TitleError;
use crate::catalog::undo::{LaterChange, UndoError};
use crate::http::failure::Refusal;

impl Refusal for TitleError {
    fn problem(&self) -> Problem {
        match self {
            Self::Unknown => Problem::not_found(self.to_string()),
            Self::AlreadyAdded => {
                Problem::new(StatusCode::CONFLICT, "already_added", self.to_string())
            }
            Self::NameNeeded => at("name", "name_needed", self.to_string()),
            Self::Merged(_) => Problem::new(StatusCode::CONFLICT, "title_merged", self.to_string()),
            Self::Undo(error) => undo_refused(error),
        }
    }
}

impl Refusal for EditionError {
    fn problem(&self) -> Problem {
        match self {
            Self::Unknown => Problem::not_found(self.to_string()),
            Self::AlreadyAdded => {
                Problem::new(StatusCode::CONFLICT, "already_added", self.to_string())
            }
            Self::Merged(_) => {
                Problem::new(StatusCode::CONFLICT, "edition_merged", self.to_string())
            }
            Self::Undo(error) => undo_refused(error),
        }
    }
}

impl Refusal for EpisodeError {
    fn problem(&self) -> Problem {
        let conflict = |code| Problem::new(StatusCode::CONFLICT, code, self.to_string());
        match self {
            Self::Unknown | Self::UnknownSource => Problem::not_found(self.to_string()),
            Self::AlreadyAdded => conflict("already_added"),
            Self::Attached(_) => conflict("episode_attached"),
            Self::Detached => at("number", "episode_detached", self.to_string()),
            Self::SourceAlreadyAdded => conflict("source_exists"),
            Self::Undo(error) => undo_refused(error),
        }
    }
}

/// A change that cannot be undone, with every later change that depends on it.
pub(super) fn undo_refused(error: &UndoError) -> Problem {
    let conflict = |code| Problem::new(StatusCode::CONFLICT, code, error.to_string());
    match error {
        UndoError::NoSuchChange => at("position", "no_such_change", error.to_string()),
        UndoError::AlreadyUndone => conflict("already_undone"),
        UndoError::InTheWay(_) => conflict("undo_conflict"),
        UndoError::Overtaken => conflict("conflict"),
        UndoError::Depends(later) => {
            let field = |change: &LaterChange| format!("position {}", change.position);
            let errors = later
                .iter()
                .rev()
                .map(|change| FieldError::new(field(change), "depends_on_it", change.words()))
                .collect();
            conflict("undo_conflict").with_errors(errors)
        }
    }
}

/// The problem of fields that cannot be read.
pub(super) fn unreadable(faults: Vec<Fault>) -> Problem {
    let fields = faults
        .iter()
        .map(|fault| fault.field)
        .collect::<Vec<_>>()
        .join(", ");
    let errors = faults
        .into_iter()
        .map(|fault| FieldError::new(fault.field, fault.code, fault.message))
        .collect();
    Problem::invalid(format!("these fields are not acceptable: {fields}"), errors)
}

/// A title that is named in a body and is not there.
pub(super) fn unknown_title(id: impl std::fmt::Display) -> Problem {
    at(
        "title_id",
        "unknown_title",
        format!("there is no title {id}: add it first"),
    )
}

/// A rule that one field breaks.
pub(super) fn at(field: &'static str, code: &'static str, message: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, message.clone())
        .with_errors(vec![FieldError::new(field, code, message)])
}
