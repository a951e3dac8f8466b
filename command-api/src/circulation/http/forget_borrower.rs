//! `DELETE /api/v1/libraries/{id}/borrowers/{patron}`: forget somebody outside.
//!
//! Never a member: their account is theirs to end.

use accession_events::ids::{CopyId, LibraryId, PatronId};
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::extract::State;
use uuid::Uuid;

use super::answered;
use super::refusals::problem;
use crate::circulation::counter::{Counter, Forget};
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::NoBody;
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::paths::IdIn;

/// Forget somebody who borrowed without belonging to the library: their name becomes unreadable for everybody and for good, their
/// loans stay without it. 409 `still_borrows` while they have a copy or wait for one.
#[utoipa::path(delete, path = "/api/v1/libraries/{id}/borrowers/{patron}", tag = "circulation",
    params(("id" = String, Path), ("patron" = String, Path), Conditions),
    responses((status = 200, description = "Nobody knows what they are called.", body = Changed), CommandProblems))]
pub(super) async fn forget_borrower(
    AccountCall { call, account, .. }: AccountCall,
    IdIn(library, patron): IdIn<LibraryId, PatronId>,
    State(counter): State<Counter>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let reply = Reply::changed(patron);
    let forget = Forget {
        library,
        patron,
        by: Some(account),
        at: call.now,
    };
    let done = counter.forget(&forget, &call.given(&digest, &reply)).await;
    let nowhere = CopyId::new(Uuid::nil());
    let done = done.map_err(|error| problem(error, library, nowhere))?;
    answered(done, &|_| reply.clone())
}
