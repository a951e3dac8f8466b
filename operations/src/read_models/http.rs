//! The routes of the read models, and how their refusals read on the wire.
//!
//! The only axum in the room; it decides nothing.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::{LogError, LogStore};
use accession_read_store::ReadStoreError;
use accession_service::problem::Problem;
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::work::Work;
use super::{Comparison, Dropped, ModelReport, ReadModelList, ReadModels, Refused};
use crate::http::body::Body;
use crate::http::call::OperatorCall;
use crate::http::describe::OperatorProblems;
use crate::services::Services;

/// When to try again what a store that is away did not do.
pub(crate) const SOON: Duration = Duration::from_secs(1);

/// All routes of the room.
pub(crate) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(rebuild))
        .routes(routes!(rebuild_by_service))
        .routes(routes!(compare))
        .routes(routes!(promote))
        .routes(routes!(rollback))
        .routes(routes!(drop_old))
}

/// How a rebuild goes.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct RebuildModel {
    /// Wait for `promote` when it is built and compared, instead of sending readers there.
    hold: bool,
}

/// What to compare the live generation with.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct CompareModel {
    /// Which generation; the newest that is not live unless told.
    with: Option<u32>,
}

/// How readers go back.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct RollBackModel {
    /// At once, without catching up: readers may see older documents than before.
    accept_older: bool,
}

/// Which generation to drop.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct DropOld {
    /// Only this one, also when it is being built; all that nobody needs unless told.
    generation: Option<u32>,
}

/// Where every read model stands: its live generation and all others.
#[utoipa::path(get, path = "/api/v1/admin/read-models", tag = "operations",
    responses((status = 200, description = "All read models.", body = ReadModelList), OperatorProblems))]
async fn list(
    OperatorCall(_call): OperatorCall,
    State(log): State<Arc<dyn LogStore>>,
    State(models): State<Option<ReadModels>>,
) -> Result<Json<ReadModelList>, Problem> {
    let models = reachable(models)?;
    let head = log.head().await.map_err(|error| log_away(&error))?;
    let items = models.list(head).await.map_err(|error| away(&error))?;
    Ok(Json(ReadModelList {
        head: head.get(),
        items,
    }))
}

/// Where one read model stands, and what is being done to it.
#[utoipa::path(get, path = "/api/v1/admin/read-models/{name}", tag = "operations", params(("name" = String, Path)),
    responses((status = 200, description = "The read model.", body = ModelReport), OperatorProblems))]
async fn one(
    OperatorCall(_call): OperatorCall,
    Path(name): Path<String>,
    State(log): State<Arc<dyn LogStore>>,
    State(models): State<Option<ReadModels>>,
) -> Result<Json<ModelReport>, Problem> {
    let head = log.head().await.map_err(|error| log_away(&error))?;
    let report = reachable(models)?.one(&name, head).await;
    report.map(Json).map_err(|error| refusal(&error))
}

/// Build a read model anew from the log beside the live generation, compare the two, and send readers to the new one.
#[utoipa::path(post, path = "/api/v1/admin/read-models/{name}/rebuild", tag = "operations",
    params(("name" = String, Path)), request_body = Option<RebuildModel>,
    responses((status = 202, description = "It is on record, and the projector begins.", body = Work), OperatorProblems))]
async fn rebuild(
    OperatorCall(call): OperatorCall,
    Path(name): Path<String>,
    State(models): State<Option<ReadModels>>,
    Body(wish): Body<RebuildModel>,
) -> Result<Accepted, Problem> {
    accepted(
        reachable(models)?
            .rebuild(&name, wish.hold, call.asker())
            .await,
    )
}

/// The same for a service with the scope `operate`.
#[utoipa::path(post, path = "/api/v1/internal/read-models/{name}/rebuild", tag = "operations",
    params(("name" = String, Path)), request_body = Option<RebuildModel>,
    responses((status = 202, description = "It is on record, and the projector begins.", body = Work), OperatorProblems))]
async fn rebuild_by_service(
    OperatorCall(call): OperatorCall,
    Path(name): Path<String>,
    State(models): State<Option<ReadModels>>,
    Body(wish): Body<RebuildModel>,
) -> Result<Accepted, Problem> {
    accepted(
        reachable(models)?
            .rebuild(&name, wish.hold, call.asker())
            .await,
    )
}

/// Compare the live generation with another one, document by document, at the same position.
#[utoipa::path(post, path = "/api/v1/admin/read-models/{name}/compare", tag = "operations",
    params(("name" = String, Path)), request_body = Option<CompareModel>,
    responses((status = 200, description = "What differs.", body = Comparison), OperatorProblems))]
async fn compare(
    OperatorCall(_call): OperatorCall,
    Path(name): Path<String>,
    State(models): State<Option<ReadModels>>,
    Body(wish): Body<CompareModel>,
) -> Result<Json<Comparison>, Problem> {
    let comparison = reachable(models)?.compare(&name, wish.with).await;
    comparison.map(Json).map_err(|error| refusal(&error))
}

/// Send readers to the generation that a rebuild holds.
#[utoipa::path(post, path = "/api/v1/admin/read-models/{name}/promote", tag = "operations",
    params(("name" = String, Path)),
    responses((status = 202, description = "It is on record, and the projector does it.", body = Work), OperatorProblems))]
async fn promote(
    OperatorCall(_call): OperatorCall,
    Path(name): Path<String>,
    State(models): State<Option<ReadModels>>,
) -> Result<Accepted, Problem> {
    accepted(reachable(models)?.promote(&name).await)
}

/// Send readers back to the generation before, once it has caught up.
#[utoipa::path(post, path = "/api/v1/admin/read-models/{name}/rollback", tag = "operations",
    params(("name" = String, Path)), request_body = Option<RollBackModel>,
    responses((status = 202, description = "It is on record, and the projector does it.", body = Work), OperatorProblems))]
async fn rollback(
    OperatorCall(call): OperatorCall,
    Path(name): Path<String>,
    State(models): State<Option<ReadModels>>,
    Body(wish): Body<RollBackModel>,
) -> Result<Accepted, Problem> {
    let models = reachable(models)?;
    accepted(
        models
            .rollback(&name, wish.accept_older, call.asker())
            .await,
    )
}

/// Remove generations that nobody needs, or one that is given up.
#[utoipa::path(post, path = "/api/v1/admin/read-models/{name}/drop-old", tag = "operations",
    params(("name" = String, Path)), request_body = Option<DropOld>,
    responses((status = 200, description = "What was dropped.", body = Dropped), OperatorProblems))]
async fn drop_old(
    OperatorCall(call): OperatorCall,
    Path(name): Path<String>,
    State(models): State<Option<ReadModels>>,
    Body(wish): Body<DropOld>,
) -> Result<Json<Dropped>, Problem> {
    let models = reachable(models)?;
    let dropped = models.drop_old(&name, wish.generation, call.now).await;
    let dropped = dropped.map_err(|error| refusal(&error))?;
    Ok(Json(Dropped { dropped }))
}

/// 202: on record, to be done by the projector.
type Accepted = (StatusCode, Json<Work>);

fn accepted(work: Result<Work, Refused>) -> Result<Accepted, Problem> {
    let work = work.map_err(|error| refusal(&error))?;
    Ok((StatusCode::ACCEPTED, Json(work)))
}

/// A refusal as a problem.
pub(crate) fn refusal(refused: &Refused) -> Problem {
    let text = refused.to_string();
    match refused {
        Refused::Store(error) => away(error),
        Refused::UnknownModel { .. } | Refused::UnknownGeneration { .. } => {
            Problem::new(StatusCode::NOT_FOUND, refused.code(), text)
        }
        _ => Problem::new(StatusCode::CONFLICT, refused.code(), text),
    }
}

/// The read models, in a process that can reach them.
pub(crate) fn reachable(models: Option<ReadModels>) -> Result<ReadModels, Problem> {
    models.ok_or_else(|| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "no_read_store",
            "this process was started without a read store: set read_store_url for it, or ask the projector",
        )
    })
}

/// The read store's trouble as a problem.
pub(crate) fn away(error: &ReadStoreError) -> Problem {
    if matches!(error, ReadStoreError::Unavailable { .. }) {
        return Problem::unavailable(
            "the read store cannot be reached now; nothing was changed; try again",
            SOON,
        );
    }
    tracing::error!(%error, "the read store failed an operator");
    Problem::internal()
}

/// The log's trouble as a problem.
pub(crate) fn log_away(error: &LogError) -> Problem {
    if error.is_transient() {
        return Problem::unavailable(
            "the event log is not available for now; nothing was changed; try again",
            SOON,
        );
    }
    tracing::error!(%error, "the event log failed an operator");
    Problem::internal()
}
