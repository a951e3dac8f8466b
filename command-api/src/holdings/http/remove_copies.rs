//! `DELETE /api/v1/libraries/{id}/copies/{copy}`, `POST …/copies/bulk-remove`, and the undo `POST …/{copy}/restore`.
//!
//! For the library's editors. A copy that is out is not removed.

use accession_events::ids::{CopyId, LibraryId};
use accession_events::values::ShortText;
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::holdings::desk::Holdings;
use crate::holdings::desk::removing::{BringCopyBack, LeaveShelves, Leaving};
use crate::holdings::drafts;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::{Body, NoBody, OptionalBody};
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::fields::Faults;
use crate::http::paths::{Id, IdIn};

/// Why a copy is removed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CopyRemoval {
    /// In the library's words, 1 to 200 characters.
    #[serde(default)]
    reason: Option<String>,
}

/// Which copies are removed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CopiesRemoval {
    /// Which; 200 at most.
    #[schema(value_type = Vec<Uuid>)]
    copies: Vec<CopyId>,
    /// In the library's words, 1 to 200 characters.
    #[serde(default)]
    reason: Option<String>,
}

fn reason(text: Option<&str>) -> Result<Option<ShortText>, Problem> {
    let mut faults = Faults::default();
    let reason = text.and_then(|text| faults.short("reason", text));
    faults.none()?;
    Ok(reason)
}

/// List a copy no longer: it was entered by mistake, sold, given away. Its barcode is free.
#[utoipa::path(delete, path = "/api/v1/libraries/{id}/copies/{copy}", tag = "holdings",
    params(("id" = String, Path), ("copy" = String, Path), Conditions), request_body = Option<CopyRemoval>,
    responses((status = 200, description = "It is listed no longer. `…/restore` undoes it.", body = Changed), CommandProblems))]
pub(super) async fn remove_copy(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, copy): IdIn<LibraryId, CopyId>,
    State(holdings): State<Holdings>,
    OptionalBody { value, digest }: OptionalBody<CopyRemoval>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let plan = LeaveShelves {
        library,
        copies: vec![copy],
        leaving: Leaving::Removed,
        reason: reason(value.reason.as_deref())?,
        expected: call.expected_version,
        reply: Reply::changed(copy),
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}

/// List copies no longer. What one refuses is done to none: `errors[]` names each by its id.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/copies/bulk-remove", tag = "holdings",
    params(("id" = String, Path), Conditions), request_body = CopiesRemoval,
    responses((status = 200, description = "They are listed no longer; `removed` tells how many.", body = Object), CommandProblems))]
pub(super) async fn remove_copies(
    AccountCall { call, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(holdings): State<Holdings>,
    Body { value, digest }: Body<CopiesRemoval>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let plan = LeaveShelves {
        library,
        reply: Reply::changed(library).with("removed", value.copies.len()),
        copies: value.copies,
        leaving: Leaving::Removed,
        reason: reason(value.reason.as_deref())?,
        expected: None,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}

/// Undo a removal: the copy is listed with all that was said of it, in its slot if the place is still there.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/copies/{copy}/restore", tag = "holdings",
    params(("id" = String, Path), ("copy" = String, Path), Conditions),
    responses((status = 200, description = "It is listed again.", body = Changed), CommandProblems))]
pub(super) async fn restore_copy(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, copy): IdIn<LibraryId, CopyId>,
    State(holdings): State<Holdings>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let plan = BringCopyBack {
        library,
        copy,
        expected: call.expected_version,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}
