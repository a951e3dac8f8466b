//! One table: what a library refuses, and the problem that a caller reads.
//!
//! The sentences are the aggregate's; here are only status and code.

use accession_service::problem::{FieldError, Problem};
use http::StatusCode;

use crate::http::failure::{Refusal, from_repository, from_seal, from_secrets, problem_of};
use crate::library::libraries::LibrariesError;
use crate::library::library::LibraryError;

impl Refusal for LibraryError {
    fn problem(&self) -> Problem {
        let conflict = |code| Problem::new(StatusCode::CONFLICT, code, self.to_string());
        match self {
            Self::Unknown | Self::NotAMember | Self::NoSuchMember => {
                Problem::not_found(self.to_string())
            }
            Self::NotInvited => {
                Problem::new(StatusCode::NOT_FOUND, "not_invited", self.to_string())
            }
            Self::NotAllowed { .. }
            | Self::NotAParent { .. }
            | Self::NotTheGrownUp
            | Self::AskAnAdmin => Problem::forbidden(self.to_string()),
            Self::AlreadyMade => conflict("already_made"),
            Self::BeingTakenDown => conflict("library_being_deleted"),
            Self::NotBeingTakenDown | Self::StillPeopled => conflict("library_not_empty"),
            Self::LastAdmin => conflict("last_admin"),
            Self::AlreadyMember => conflict("already_member"),
            Self::Suspended => conflict("member_suspended"),
            Self::InvitationExpired => {
                Problem::new(StatusCode::GONE, "invitation_expired", self.to_string())
            }
            Self::RoleUnknownHere { .. } => at("role", "role_unknown_here", self.to_string()),
            Self::ChildRole => at("role", "child_role", self.to_string()),
        }
    }
}

/// The problem that a caller reads. `password` names the field in which a password was sent.
pub(super) fn problem(error: LibrariesError, password: &'static str) -> Problem {
    match error {
        LibrariesError::Execute(error) => problem_of(error),
        LibrariesError::Repository(error) => from_repository(&error),
        LibrariesError::FrontDesk(error) => error.problem(password),
        LibrariesError::Secrets(error) => from_secrets(&error),
        LibrariesError::Seal(error) => from_seal(&error),
        LibrariesError::OtherName => at("name", "other_name", error.to_string()),
        LibrariesError::NotConfirmed => at("confirmation", "not_confirmed", error.to_string()),
        LibrariesError::NotReachable => Problem::new(
            StatusCode::FORBIDDEN,
            "email_not_verified",
            error.to_string(),
        ),
        LibrariesError::SignInInstead => {
            Problem::new(StatusCode::CONFLICT, "account_exists", error.to_string())
        }
    }
}

fn at(field: &str, code: &str, message: String) -> Problem {
    Problem::invalid(message.clone(), vec![FieldError::new(field, code, message)])
}
