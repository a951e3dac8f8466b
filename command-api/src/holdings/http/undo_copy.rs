//! `POST /api/v1/libraries/{id}/copies/{copy}/undo`: what one request did to a copy is taken back.
//!
//! For the library's editors. Never a loan: that is undone by its return.

use accession_events::Position;
use accession_events::ids::{CopyId, EventId, LibraryId};
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::refusals::at;
use crate::holdings::copy::undoing::Which;
use crate::holdings::desk::Holdings;
use crate::holdings::desk::undoing::UndoCopyChange;
use crate::holdings::drafts;
use crate::http::answer::{Answer, Changed};
use crate::http::body::Body;
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::fields::Faults;
use crate::http::paths::IdIn;

/// Which change of a copy is undone, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CopyUndoRequest {
    /// Position of any event of the change, as its history names it; the last change when neither this nor `event_id` is there.
    #[serde(default)]
    position: Option<u64>,
    /// Id of any event of the change.
    #[serde(default)]
    event_id: Option<Uuid>,
    /// In your words, 1 to 200 characters; it stands beside the undo in the history.
    reason: String,
}

impl CopyUndoRequest {
    fn which(&self) -> Result<Which, Problem> {
        match (self.position, self.event_id) {
            (None, None) => Ok(Which::Last),
            (Some(position), None) => Ok(Which::Position(Position::new(position))),
            (None, Some(id)) => Ok(Which::Event(EventId::new(id))),
            (Some(_), Some(_)) => Err(at(
                "event_id",
                "contradiction",
                "`position` is there, too; expected one of the two".to_owned(),
            )),
        }
    }
}

/// Undo a change of a copy: its coming in, what was said of it, a move, its state, a removal, an undo. `undone` lists the positions that
/// were undone. 409 `undo_conflict` when later changes depend on it (`errors[]` names them, the latest first), `already_undone`,
/// `change_of_a_loan`; 422 `no_such_change`.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/copies/{copy}/undo", tag = "holdings",
    params(("id" = String, Path), ("copy" = String, Path), Conditions), request_body = CopyUndoRequest,
    responses((status = 200, description = "It is as it was before.", body = Changed), CommandProblems))]
pub(super) async fn undo_copy(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, copy): IdIn<LibraryId, CopyId>,
    State(holdings): State<Holdings>,
    Body { value, digest }: Body<CopyUndoRequest>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let mut faults = Faults::default();
    let reason = faults.short("reason", &value.reason);
    let Some(reason) = reason else {
        return Err(faults.problem());
    };
    let plan = UndoCopyChange {
        library,
        copy,
        which: value.which()?,
        reason,
        expected: call.expected_version,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}
