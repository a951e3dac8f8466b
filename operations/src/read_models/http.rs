//! The routes of the read models, and how their refusals read on the wire.
//!
//! The only axum in the room; it decides nothing.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::{LogError, LogStore};
use accession_read_store::ReadStoreError;
use accession_service::problem::Problem;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{ReadModelList, ReadModels};
use crate::http::call::AdminCall;
use crate::http::describe::OperatorProblems;
use crate::services::Services;

/// When to try again what a store that is away did not do.
const SOON: Duration = Duration::from_secs(1);

/// All routes of the room.
pub(crate) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Where every read model stands: its live generation and all others.
#[utoipa::path(get, path = "/api/v1/admin/read-models", tag = "operations",
    responses((status = 200, description = "All read models.", body = ReadModelList), OperatorProblems))]
async fn list(
    AdminCall(_call): AdminCall,
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
