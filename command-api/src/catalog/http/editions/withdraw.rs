//! `DELETE /api/v1/editions/{id}` and `POST …/reinstate`: hide an edition from readers, or show it again.
//!
//! Nothing is deleted: its ISBN, its facts and its id stay.

use accession_event_log::Repository;
use accession_events::ids::EditionId;
use accession_service::problem::Problem;
use axum::extract::State;

use crate::catalog::edition::withdraw::Withdraw;
use crate::catalog::edition::{Edition, EditionCommand};
use crate::catalog::http::reason::Reason;
use crate::http::answer::{Answer, Changed};
use crate::http::body::{NoBody, OptionalBody};
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::paths::Id;

/// Hide an edition from readers.
#[utoipa::path(delete, path = "/api/v1/editions/{id}", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = Option<Reason>,
    responses((status = 200, description = "Readers no longer see it.", body = Changed), CommandProblems))]
pub(super) async fn withdraw_edition(
    CuratorCall(call): CuratorCall,
    Id(id): Id<EditionId>,
    State(editions): State<Repository<Edition>>,
    OptionalBody { value, digest }: OptionalBody<Reason>,
) -> Result<Answer, Problem> {
    let command = EditionCommand::Withdraw(Withdraw {
        reason: value.read()?,
    });
    change(&editions, id, &call, &digest, &command).await
}

/// Show an edition to readers again.
#[utoipa::path(post, path = "/api/v1/editions/{id}/reinstate", tag = "catalog",
    params(("id" = String, Path), Conditions),
    responses((status = 200, description = "Readers see it.", body = Changed), CommandProblems))]
pub(super) async fn reinstate_edition(
    CuratorCall(call): CuratorCall,
    Id(id): Id<EditionId>,
    State(editions): State<Repository<Edition>>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    change(&editions, id, &call, &digest, &EditionCommand::Reinstate).await
}
