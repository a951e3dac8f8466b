//! `POST /api/v1/libraries/{id}/copies/{copy}/move`, `/swap` and `…/copies/bulk-move`: where copies stand.
//!
//! For the library's editors. All or nothing, 200 copies at most.

use accession_events::ids::{CopyId, LibraryId, PlaceId};
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::holdings::desk::Holdings;
use crate::holdings::desk::moving::{Destination, MoveCopies};
use crate::holdings::desk::swapping::SwapCopies;
use crate::holdings::drafts;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::paths::{Id, IdIn};

/// Where a copy goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CopyDestination {
    /// The place; null for nowhere.
    #[schema(value_type = Option<Uuid>)]
    place_id: Option<PlaceId>,
    /// Its slot there, counted from 1 once it has left its own; behind the last when it is left out.
    #[serde(default)]
    slot: Option<u32>,
}

/// Where copies go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CopiesDestination {
    /// Which copies, in the order in which they are to stand; 200 at most.
    #[schema(value_type = Vec<Uuid>)]
    copies: Vec<CopyId>,
    /// The place; null for nowhere.
    #[schema(value_type = Option<Uuid>)]
    place_id: Option<PlaceId>,
    /// The slot that the first of them gets; behind the last when it is left out.
    #[serde(default)]
    slot: Option<u32>,
}

/// Which copy another changes places with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SwapPartner {
    /// The other copy.
    #[schema(value_type = Uuid)]
    with: CopyId,
}

fn destination(place: Option<PlaceId>, slot: Option<u32>) -> Option<Destination> {
    place.map(|place| Destination { place, slot })
}

/// Have a copy stand elsewhere, or nowhere. 409 `copy_on_loan` while it is out.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/copies/{copy}/move", tag = "holdings",
    params(("id" = String, Path), ("copy" = String, Path), Conditions), request_body = CopyDestination,
    responses((status = 200, description = "It stands there.", body = Changed), CommandProblems))]
pub(super) async fn move_copy(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, copy): IdIn<LibraryId, CopyId>,
    State(holdings): State<Holdings>,
    Body { value, digest }: Body<CopyDestination>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let plan = MoveCopies {
        library,
        copies: vec![copy],
        to: destination(value.place_id, value.slot),
        expected: call.expected_version,
        reply: Reply::changed(copy),
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}

/// Have copies stand elsewhere, side by side, or nowhere. What one refuses is done to none: `errors[]` names each by its id.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/copies/bulk-move", tag = "holdings",
    params(("id" = String, Path), Conditions), request_body = CopiesDestination,
    responses((status = 200, description = "They stand there; `moved` tells how many.", body = Object), CommandProblems))]
pub(super) async fn move_copies(
    AccountCall { call, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(holdings): State<Holdings>,
    Body { value, digest }: Body<CopiesDestination>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let plan = MoveCopies {
        library,
        reply: Reply::changed(library).with("moved", value.copies.len()),
        copies: value.copies,
        to: destination(value.place_id, value.slot),
        expected: None,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}

/// Have two copies change places.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/copies/{copy}/swap", tag = "holdings",
    params(("id" = String, Path), ("copy" = String, Path), Conditions), request_body = SwapPartner,
    responses((status = 200, description = "Each stands where the other stood.", body = Changed), CommandProblems))]
pub(super) async fn swap_copies(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, one): IdIn<LibraryId, CopyId>,
    State(holdings): State<Holdings>,
    Body { value, digest }: Body<SwapPartner>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let plan = SwapCopies {
        library,
        one,
        other: value.with,
        expected: call.expected_version,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}
