//! The routes of parked events, and how their refusals read on the wire.
//!
//! The only axum in the room; it decides nothing.

use accession_service::problem::{FieldError, Problem};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{ParkedList, ParkedRefused, TakenIn};
use crate::http::body::Body;
use crate::http::call::OperatorCall;
use crate::http::describe::OperatorProblems;
use crate::read_models::ReadModels;
use crate::read_models::http::{SOON, reachable, refusal};
use crate::services::Services;

/// All routes of the room.
pub(crate) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(retry))
        .routes(routes!(discard))
}

#[derive(Debug, Deserialize)]
struct Which {
    /// Only this read model.
    model: Option<String>,
}

/// A key whose parked events are to be taken in again.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RetryParked {
    /// The key, as the list tells it.
    key: String,
}

/// A key whose first parked event is to be given up.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DiscardParked {
    /// The key, as the list tells it.
    key: String,
    /// Why, 1 to 500 characters; it stays on record.
    reason: String,
}

/// What is parked, and what was given up.
#[utoipa::path(get, path = "/api/v1/admin/parked", tag = "operations", params(("model" = Option<String>, Query, description = "Only this read model.")),
    responses((status = 200, description = "Keys whose events wait, and events that were given up.", body = ParkedList), OperatorProblems))]
async fn list(
    OperatorCall(_call): OperatorCall,
    which: Result<Query<Which>, QueryRejection>,
    State(models): State<Option<ReadModels>>,
) -> Result<Json<ParkedList>, Problem> {
    let Query(which) = which.map_err(|error| Problem::malformed(error.body_text()))?;
    let parked = reachable(models)?.parked(which.model.as_deref()).await;
    parked.map(Json).map_err(|error| refusal(&error))
}

/// Take the parked events of a key in again, in order.
#[utoipa::path(post, path = "/api/v1/admin/parked/{name}/retry", tag = "operations",
    params(("name" = String, Path)), request_body = RetryParked,
    responses((status = 200, description = "They are in the documents.", body = TakenIn), OperatorProblems))]
async fn retry(
    OperatorCall(call): OperatorCall,
    Path(name): Path<String>,
    State(models): State<Option<ReadModels>>,
    Body(wish): Body<RetryParked>,
) -> Result<Json<TakenIn>, Problem> {
    let models = reachable(models)?;
    let taken_in = models.retry_parked(&name, &wish.key, call.asker()).await;
    taken_in.map(Json).map_err(|error| problem(&error))
}

/// Give up the first parked event of a key, for good and on record, and take the others in.
#[utoipa::path(post, path = "/api/v1/admin/parked/{name}/discard", tag = "operations",
    params(("name" = String, Path)), request_body = DiscardParked,
    responses((status = 200, description = "It is given up, the others are in the documents.", body = TakenIn), OperatorProblems))]
async fn discard(
    OperatorCall(call): OperatorCall,
    Path(name): Path<String>,
    State(models): State<Option<ReadModels>>,
    Body(wish): Body<DiscardParked>,
) -> Result<Json<TakenIn>, Problem> {
    let models = reachable(models)?;
    let DiscardParked { key, reason } = wish;
    let taken_in = models
        .discard_parked(&name, &key, &reason, call.asker())
        .await;
    taken_in.map(Json).map_err(|error| problem(&error))
}

fn problem(error: &ParkedRefused) -> Problem {
    let text = error.to_string();
    match error {
        ParkedRefused::NotParked { .. } => Problem::not_found(text),
        ParkedRefused::NoReason => {
            let field = FieldError::new("reason", "bad_reason", text.clone());
            Problem::invalid(text, vec![field])
        }
        ParkedRefused::StillFailing { .. } => {
            Problem::new(StatusCode::CONFLICT, "still_failing", text)
        }
        ParkedRefused::NobodyThere => Problem::unavailable(text, SOON),
        ParkedRefused::Refused(refused) => refusal(refused),
    }
}
