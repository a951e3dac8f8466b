//! `GET /api/v1/admin/log/checkpoint` and `/proof/{position}`: for an auditor's cron job.
//!
//! A proof is checked before it is handed out; what it proves, the auditor checks again without us.

use accession_register::{ProveError, prove_inclusion};
use accession_service::problem::Problem;
use accession_transparency::InclusionFile;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Register;
use crate::http::call::OperatorCall;
use crate::http::describe::OperatorProblems;
use crate::read_models::http::log_away;
use crate::services::Services;

/// All routes of the room.
pub(crate) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(checkpoint))
        .routes(routes!(proof))
}

/// The newest signed checkpoint of the log, in the form of C2SP tlog-checkpoint. Keep it somewhere else: whoever has it
/// can tell later whether the log still continues it.
#[utoipa::path(get, path = "/api/v1/admin/log/checkpoint", tag = "operations",
    responses((status = 200, description = "The signed note.", body = String, content_type = "text/plain"), OperatorProblems))]
async fn checkpoint(
    OperatorCall(_call): OperatorCall,
    State(register): State<Register>,
) -> Result<Response, Problem> {
    let register = register.ok_or_else(out_of_reach)?;
    let seal = register
        .last_seal()
        .await
        .map_err(|error| log_away(&error))?;
    let seal = seal.ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "nothing_sealed",
            "nothing is sealed yet: the first checkpoint follows the first events by some seconds",
        )
    })?;
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CACHE_CONTROL, "private, no-cache"),
    ];
    Ok((headers, seal.note).into_response())
}

/// The proof that the event at a position is in the log: the event, the path of hashes, and the signed checkpoint. Check
/// it with `accession log check-proof FILE --key KEY`, or with any implementation of RFC 6962.
#[utoipa::path(get, path = "/api/v1/admin/log/proof/{position}", tag = "operations",
    params(("position" = u64, Path, description = "the event's position")),
    responses((status = 200, description = "The proof.", body = serde_json::Value), OperatorProblems))]
async fn proof(
    OperatorCall(_call): OperatorCall,
    State(register): State<Register>,
    position: Result<Path<u64>, PathRejection>,
) -> Result<Json<InclusionFile>, Problem> {
    let Path(position) = position.map_err(|error| Problem::malformed(error.body_text()))?;
    let register = register.ok_or_else(out_of_reach)?;
    prove_inclusion(&*register, position)
        .await
        .map(Json)
        .map_err(|error| problem(&error))
}

fn problem(error: &ProveError) -> Problem {
    match error {
        ProveError::Beyond { .. } => Problem::not_found(error.to_string()),
        ProveError::NotSealed { .. } => {
            Problem::new(StatusCode::CONFLICT, "not_sealed_yet", error.to_string())
        }
        ProveError::Log(error) => log_away(error),
        error => {
            tracing::error!(%error, "the log cannot prove what it holds");
            Problem::new(StatusCode::CONFLICT, "unprovable", error.to_string())
        }
    }
}

fn out_of_reach() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "no_register",
        "this process cannot reach the register: ask the command-api",
    )
}
