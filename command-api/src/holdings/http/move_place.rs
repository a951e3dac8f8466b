//! `POST /api/v1/libraries/{id}/places/{place}/move`, `/merge` and `…/places/reorder`: the shape of the tree.
//!
//! For the library's editors. What stands at a place goes with it.

use accession_events::ids::{LibraryId, PlaceId};
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::holdings::desk::Holdings;
use crate::holdings::desk::placing::Merge;
use crate::holdings::drafts;
use crate::holdings::places::PlacesCommand;
use crate::holdings::places::move_place::{MovePlace, ReorderPlaces};
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{Subject, carry_out};
use crate::http::paths::{Id, IdIn};

/// Where a place goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceDestination {
    /// The place it is to be in: a wider one; null for no other.
    #[schema(value_type = Option<Uuid>)]
    under: Option<PlaceId>,
    /// Which it is to be there, counted from 1 without itself; the last when it is left out.
    #[serde(default)]
    position: Option<u32>,
}

/// What a place becomes part of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Merger {
    /// Another place of the same kind.
    #[schema(value_type = Uuid)]
    into: PlaceId,
}

/// An order of places.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceOrder {
    /// In which place; null for those that are in no other.
    #[schema(value_type = Option<Uuid>)]
    under: Option<PlaceId>,
    /// All places there, each once.
    #[schema(value_type = Vec<Uuid>)]
    order: Vec<PlaceId>,
}

/// Have a place stand elsewhere, with everything in it.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/places/{place}/move", tag = "holdings",
    params(("id" = String, Path), ("place" = String, Path), Conditions), request_body = PlaceDestination,
    responses((status = 200, description = "It stands there.", body = Changed), CommandProblems))]
pub(super) async fn move_place(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, place_id): IdIn<LibraryId, PlaceId>,
    State(holdings): State<Holdings>,
    Body { value, digest }: Body<PlaceDestination>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let command = PlacesCommand::Move(MovePlace {
        place_id,
        under: value.under,
        at: value.position,
    });
    let (id, reply) = (library.to_string(), Reply::changed(place_id));
    let subject = Subject::Existing(&id);
    carry_out(holdings.places(), subject, &call, &digest, &command, reply).await
}

/// Put the places in one place in another order.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/places/reorder", tag = "holdings",
    params(("id" = String, Path), Conditions), request_body = PlaceOrder,
    responses((status = 200, description = "They stand in this order; `id` is the library's.", body = Changed), CommandProblems))]
pub(super) async fn reorder_places(
    AccountCall { call, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(holdings): State<Holdings>,
    Body { value, digest }: Body<PlaceOrder>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let command = PlacesCommand::Reorder(ReorderPlaces {
        under: value.under,
        order: value.order,
    });
    let id = library.to_string();
    let (subject, reply) = (Subject::Existing(&id), Reply::changed(&id));
    carry_out(holdings.places(), subject, &call, &digest, &command, reply).await
}

/// Make a place part of another: what stands in it, and the places in it, come behind what is there. `…/restore` undoes it.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/places/{place}/merge", tag = "holdings",
    params(("id" = String, Path), ("place" = String, Path), Conditions), request_body = Merger,
    responses((status = 200, description = "It is no place of its own any longer; `copies` tells how many went along.", body = Changed), CommandProblems))]
pub(super) async fn merge_places(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, place): IdIn<LibraryId, PlaceId>,
    State(holdings): State<Holdings>,
    Body { value, digest }: Body<Merger>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let plan = Merge {
        library,
        place,
        into: value.into,
        expected: call.expected_version,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}
