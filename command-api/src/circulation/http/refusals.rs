//! One table: what circulation refuses, and the problem that a caller reads.
//!
//! The sentences are the aggregates'; here are only status, code, and the way out.

// tidy: allow wall because a loan, its copy and whoever may borrow it are one append, decided by the rooms that own them

use accession_events::ids::{CopyId, LibraryId};
use accession_service::problem::{FieldError, Problem};
use http::StatusCode;

use super::{holds_of, loan_of};
use crate::circulation::error::CirculationError;
use crate::circulation::lending::LendingError;
use crate::circulation::patron::PatronError;
use crate::circulation::policy::PolicyError;
use crate::http::failure::{
    Refusal, claimed, from_repository, from_seal, from_secrets, key_reused, problem_of,
};
use crate::library::libraries::LibrariesError;

/// The problem that a caller reads who meant this copy of this library.
pub(super) fn problem(error: CirculationError, library: LibraryId, copy: CopyId) -> Problem {
    let detail = error.to_string();
    let conflict = |code: &'static str| Problem::new(StatusCode::CONFLICT, code, detail.clone());
    match error {
        CirculationError::Library(error) => error.problem(),
        CirculationError::Copy(error) => error.problem(),
        CirculationError::Lending(error) => of_lending(error, library, copy),
        CirculationError::Patron(error) => of_patron(error),
        CirculationError::NoSuchMember => at("account", "no_such_member", detail),
        CirculationError::MemberSuspended => at("account", "member_suspended", detail),
        CirculationError::NotLentTo(_) => at("account", "role_not_lent_to", detail),
        CirculationError::MembersOnly => at("name", "members_only", detail),
        CirculationError::NoSelfService(_) | CirculationError::NoSelfReturn => {
            Problem::new(StatusCode::FORBIDDEN, "no_self_service", detail)
        }
        CirculationError::NotVerified => {
            Problem::new(StatusCode::FORBIDDEN, "email_not_verified", detail)
        }
        CirculationError::DueInThePast(_) => at("due_at", "due_in_the_past", detail),
        CirculationError::DueTooLate(_) => at("due_at", "due_too_late", detail),
        CirculationError::StaleVersion { .. } => {
            Problem::new(StatusCode::PRECONDITION_FAILED, "stale_version", detail)
        }
        CirculationError::Overtaken => {
            conflict("conflict").retry_after(std::time::Duration::from_secs(1))
        }
        CirculationError::Claimed(key) => claimed(&key, ""),
        CirculationError::KeyReused => key_reused(),
        CirculationError::Libraries(error) => of_libraries(error),
        CirculationError::Repository(error) => from_repository(&error),
        CirculationError::Seal(error) => from_seal(&error),
    }
}

fn of_lending(error: LendingError, library: LibraryId, copy: CopyId) -> Problem {
    let conflict = |code| Problem::new(StatusCode::CONFLICT, code, error.to_string());
    match error {
        LendingError::OnLoan { due_at, .. } => conflict("on_loan")
            .due_at(due_at)
            .with_link("hold", holds_of(library, copy)),
        LendingError::YouHaveIt { due_at } => conflict("already_yours").due_at(due_at),
        LendingError::KeptForAnother { .. } => {
            conflict("kept_for_another").with_link("hold", holds_of(library, copy))
        }
        LendingError::NotOut => conflict("not_on_loan"),
        LendingError::NotYours => conflict("not_on_loan_to_you"),
        LendingError::BackBeforeOut { .. } => at("at", "back_before_out", error.to_string()),
        LendingError::HoldWaiting { due_at, .. } => conflict("hold_waiting").due_at(due_at),
        LendingError::RenewedOften { .. } => conflict("renewed_often"),
        LendingError::NoLater { due_at } => conflict("not_yet_renewable").due_at(due_at),
        LendingError::OnTheShelf => {
            conflict("not_on_loan").with_link("borrow", loan_of(library, copy))
        }
        LendingError::AlreadyWaiting => conflict("already_waiting"),
        LendingError::NoSuchHold => Problem::not_found(error.to_string()),
    }
}

fn of_patron(error: PatronError) -> Problem {
    let conflict = |code| Problem::new(StatusCode::CONFLICT, code, error.to_string());
    match error {
        PatronError::Unknown => Problem::not_found(error.to_string()),
        PatronError::TooManyLoans { .. } => conflict("too_many_loans"),
        PatronError::TooManyHolds { .. } => conflict("too_many_holds"),
        PatronError::StillBorrows { .. } => conflict("still_borrows"),
    }
}

fn of_libraries(error: LibrariesError) -> Problem {
    match error {
        LibrariesError::Execute(error) => problem_of(error),
        LibrariesError::Repository(error) => from_repository(&error),
        LibrariesError::FrontDesk(error) => error.problem("password"),
        LibrariesError::Secrets(error) => from_secrets(&error),
        LibrariesError::Seal(error) => from_seal(&error),
        error => {
            tracing::error!(%error, "libraries answered the counter with what it never asks for");
            Problem::internal()
        }
    }
}

impl Refusal for PolicyError {
    fn problem(&self) -> Problem {
        match *self {}
    }
}

/// A field that is against a rule.
pub(super) fn at(field: &str, code: &str, message: String) -> Problem {
    Problem::invalid(message.clone(), vec![FieldError::new(field, code, message)])
}
