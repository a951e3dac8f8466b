//! `POST /api/v1/libraries/{id}/leave`: belong to it no longer.
//!
//! Open to a suspended member, too; for a stranger there is no such library.

use accession_events::ids::LibraryId;
use accession_service::problem::Problem;
use axum::extract::State;

use crate::http::answer::{Answer, Changed};
use crate::http::body::NoBody;
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::paths::Id;
use crate::library::libraries::Libraries;
use crate::library::library::LibraryCommand;
use crate::library::library::leave::Leave;

/// Leave a library. Its last active admin cannot.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/leave", tag = "library", params(("id" = String, Path), Conditions),
    responses((status = 200, description = "You belong to it no longer.", body = Changed), CommandProblems))]
pub(super) async fn leave_library(
    AccountCall { call, account, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(libraries): State<Libraries>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let command = LibraryCommand::Leave(Leave { account });
    change(libraries.repository(), library, &call, &digest, &command).await
}
