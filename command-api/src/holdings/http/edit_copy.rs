//! `PATCH /api/v1/libraries/{id}/copies/{copy}` and `POST …/state`: what is said of a copy, and what has become of it.
//!
//! For the library's editors. Nothing is said of the state of a copy that is out: that is told on its loan.

// tidy: allow wall because who belongs to a library is known there alone

use accession_events::holdings::CopyState;
use accession_events::ids::{CopyId, LibraryId};
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::details::DetailsBody;
use super::ownership::is_a_members;
use crate::holdings::copy::CopyCommand;
use crate::holdings::copy::change_details::ChangeDetails;
use crate::holdings::desk::Holdings;
use crate::holdings::desk::removing::{LeaveShelves, Leaving, TellOfCopy};
use crate::holdings::drafts;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::fields::Faults;
use crate::http::paths::IdIn;
use crate::library::libraries::Libraries;

/// What has become of a copy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewState {
    /// `lost`, `damaged`, `withdrawn`, or `present` when it was found or mended.
    state: CopyState,
    /// Why it is withdrawn.
    #[serde(default)]
    reason: Option<String>,
}

/// Say something else of a copy. A barcode that another copy of the library carries is 409 `barcode_taken`.
#[utoipa::path(patch, path = "/api/v1/libraries/{id}/copies/{copy}", tag = "holdings",
    params(("id" = String, Path), ("copy" = String, Path), Conditions), request_body = DetailsBody,
    responses((status = 200, description = "It is so from now on.", body = Changed), CommandProblems))]
pub(super) async fn edit_copy(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, copy): IdIn<LibraryId, CopyId>,
    State(holdings): State<Holdings>,
    State(libraries): State<Libraries>,
    Body { value, digest }: Body<DetailsBody>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let mut faults = Faults::default();
    let details = value.read(&mut faults);
    faults.none()?;
    is_a_members(&libraries, library, value.owner(), "owner").await?;
    let plan = TellOfCopy {
        library,
        copy,
        command: CopyCommand::ChangeDetails(ChangeDetails { details }),
        expected: call.expected_version,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}

/// Say what has become of a copy. One that is withdrawn leaves its slot; one that is lost or damaged keeps it.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/copies/{copy}/state", tag = "holdings",
    params(("id" = String, Path), ("copy" = String, Path), Conditions), request_body = NewState,
    responses((status = 200, description = "It is so from now on.", body = Changed), CommandProblems))]
pub(super) async fn set_copy_state(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, copy): IdIn<LibraryId, CopyId>,
    State(holdings): State<Holdings>,
    Body { value, digest }: Body<NewState>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let mut faults = Faults::default();
    let reason = value.reason.as_deref();
    let reason = reason.and_then(|text| faults.short("reason", text));
    faults.none()?;
    let expected = call.expected_version;
    let command = match value.state {
        CopyState::Present => CopyCommand::Find,
        CopyState::Lost => CopyCommand::ReportLost,
        CopyState::Damaged => CopyCommand::ReportDamaged,
        CopyState::Withdrawn => {
            let plan = LeaveShelves {
                library,
                copies: vec![copy],
                leaving: Leaving::Withdrawn,
                reason,
                expected,
                reply: Reply::changed(copy),
            };
            return drafts::carry_out(&holdings, &call, &digest, &plan).await;
        }
    };
    let plan = TellOfCopy {
        library,
        copy,
        command,
        expected,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}
