//! `DELETE /api/v1/libraries/{id}/places/{place}` and its undo, `POST …/restore`.
//!
//! For the library's editors. Nothing is taken down with copies in it unless it is said what becomes of them.

use accession_events::ids::{LibraryId, PlaceId};
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::refusals::at;
use crate::holdings::desk::Holdings;
use crate::holdings::desk::placing::{BringBack, CopiesThere, TakeDown};
use crate::holdings::drafts;
use crate::http::answer::{Answer, Changed};
use crate::http::body::{NoBody, OptionalBody};
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::paths::IdIn;

/// What becomes of the copies that stand in a place which is taken down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum WithCopies {
    /// It is not taken down while there are any.
    #[default]
    Refuse,
    /// They stand nowhere.
    Unshelve,
    /// They go to `move_to`, behind what is there.
    Move,
}

/// How a place is taken down.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Removal {
    /// `refuse`, `unshelve` or `move`.
    #[serde(default)]
    copies: WithCopies,
    /// Where the copies go.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    move_to: Option<PlaceId>,
}

impl Removal {
    fn read(&self) -> Result<CopiesThere, Problem> {
        match (self.copies, self.move_to) {
            (WithCopies::Move, Some(place)) => Ok(CopiesThere::MoveTo(place)),
            (WithCopies::Move, None) => Err(at(
                "move_to",
                "missing",
                "say in `move_to` where the copies go".to_owned(),
            )),
            (_, Some(_)) => Err(at(
                "move_to",
                "not_asked_for",
                "`move_to` goes with `\"copies\": \"move\"` alone".to_owned(),
            )),
            (WithCopies::Refuse, None) => Ok(CopiesThere::Refuse),
            (WithCopies::Unshelve, None) => Ok(CopiesThere::Unshelve),
        }
    }
}

/// Take a place down with every place in it. 409 `place_not_empty` while copies stand there and nothing is said of them.
#[utoipa::path(delete, path = "/api/v1/libraries/{id}/places/{place}", tag = "holdings",
    params(("id" = String, Path), ("place" = String, Path), Conditions), request_body = Option<Removal>,
    responses((status = 200, description = "It is gone; `copies` tells how many stood there. `…/restore` undoes it.", body = Changed), CommandProblems))]
pub(super) async fn remove_place(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, place): IdIn<LibraryId, PlaceId>,
    State(holdings): State<Holdings>,
    OptionalBody { value, digest }: OptionalBody<Removal>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let plan = TakeDown {
        library,
        place,
        copies: value.read()?,
        expected: call.expected_version,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}

/// Undo a removal or a merger: the place, the places in it and the copies are where they were, each in its slot. What was
/// moved, lent or given up since stays as it is; `kept` tells how many copies.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/places/{place}/restore", tag = "holdings",
    params(("id" = String, Path), ("place" = String, Path), Conditions),
    responses((status = 200, description = "It is there again; `copies` tells how many stand there again.", body = Changed), CommandProblems))]
pub(super) async fn restore_place(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, place): IdIn<LibraryId, PlaceId>,
    State(holdings): State<Holdings>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let plan = BringBack {
        library,
        place,
        expected: call.expected_version,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}
