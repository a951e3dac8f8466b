//! `POST /api/v1/libraries/{id}/revoke-sessions`: whoever works in it selects it again.
//!
//! Ends nobody's session elsewhere.

use accession_events::ids::LibraryId;
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::extract::State;

use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::NoBody;
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{Subject, carry_out};
use crate::http::paths::Id;
use crate::library::libraries::Libraries;
use crate::library::library::LibraryCommand;
use crate::library::library::revoke_sessions::RevokeSessions;

/// End what the members of a library, except you, do in it until they select it again.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/revoke-sessions", tag = "library", params(("id" = String, Path), Conditions),
    responses((status = 200, description = "`revoked_count` tells how many members it concerns.", body = Changed), CommandProblems))]
pub(super) async fn revoke_library_sessions(
    AccountCall { call, account, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(libraries): State<Libraries>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Admin)?;
    let known = libraries
        .find(library)
        .await
        .map_err(|error| super::refusals::problem(error, "id"))?;
    let others = known.present().filter(|member| *member != account).count();
    let reply = Reply::changed(library).with("revoked_count", others);
    let command = LibraryCommand::RevokeSessions(RevokeSessions { by: account });
    let id = library.to_string();
    let subject = Subject::Existing(&id);
    carry_out(
        libraries.repository(),
        subject,
        &call,
        &digest,
        &command,
        reply,
    )
    .await
}
