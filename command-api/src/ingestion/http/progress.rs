//! `PUT /api/v1/internal/import/runs/{id}/checkpoint`, `POST …/complete` and `POST …/abandon`.
//!
//! Counts are totals of the whole run, told by the importer; they never go back.

use accession_event_log::Repository;
use accession_events::ingestion::ImportCounts;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{RunId, bounded};
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Body, OptionalBody};
use crate::http::call::ImporterCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::ingestion::import_run::abandon::Abandon;
use crate::ingestion::import_run::checkpoint::Checkpoint;
use crate::ingestion::import_run::complete::Complete;
use crate::ingestion::import_run::{ImportRun, ImportRunCommand};

/// The longest cursor, in characters.
pub(super) const LONGEST_CURSOR: usize = 2000;
/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// How far a run has come.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Progress {
    /// Your own mark: everything before it is done.
    cursor: String,
    /// Totals at the cursor: `accepted`, `unchanged`, `rejected`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    counts: Option<ImportCounts>,
}

/// The totals of a run.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Totals {
    /// `accepted`, `unchanged`, `rejected`; those of the last checkpoint when left out.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    counts: Option<ImportCounts>,
}

/// Why a run is given up.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GivenUp {
    /// In your words, at most 500 characters.
    #[serde(default)]
    reason: Option<String>,
}

/// Say how far an import has come.
#[utoipa::path(put, path = "/api/v1/internal/import/runs/{id}/checkpoint", tag = "import",
    params(("id" = String, Path), Conditions), request_body = Progress,
    responses((status = 200, description = "It goes on there after a crash.", body = Changed), CommandProblems))]
pub(super) async fn checkpoint_run(
    ImporterCall(call): ImporterCall,
    RunId(id): RunId,
    State(runs): State<Repository<ImportRun>>,
    Body { value, digest }: Body<Progress>,
) -> Result<Answer, Problem> {
    let cursor = bounded("cursor", &value.cursor, LONGEST_CURSOR)?;
    let command = ImportRunCommand::Checkpoint(Checkpoint {
        cursor,
        counts: value.counts,
    });
    change(&runs, id, &call, &digest, &command).await
}

/// Say that all has been brought in.
#[utoipa::path(post, path = "/api/v1/internal/import/runs/{id}/complete", tag = "import",
    params(("id" = String, Path), Conditions), request_body = Option<Totals>,
    responses((status = 200, description = "It is completed.", body = Changed), CommandProblems))]
pub(super) async fn complete_run(
    ImporterCall(call): ImporterCall,
    RunId(id): RunId,
    State(runs): State<Repository<ImportRun>>,
    OptionalBody { value, digest }: OptionalBody<Totals>,
) -> Result<Answer, Problem> {
    let command = ImportRunCommand::Complete(Complete {
        counts: value.counts,
    });
    change(&runs, id, &call, &digest, &command).await
}

/// Give an import up; what it brought in stays.
#[utoipa::path(post, path = "/api/v1/internal/import/runs/{id}/abandon", tag = "import",
    params(("id" = String, Path), Conditions), request_body = Option<GivenUp>,
    responses((status = 200, description = "It is abandoned.", body = Changed), CommandProblems))]
pub(super) async fn abandon_run(
    ImporterCall(call): ImporterCall,
    RunId(id): RunId,
    State(runs): State<Repository<ImportRun>>,
    OptionalBody { value, digest }: OptionalBody<GivenUp>,
) -> Result<Answer, Problem> {
    let reason = value.reason.as_deref().unwrap_or("no reason given");
    let command = ImportRunCommand::Abandon(Abandon {
        reason: bounded("reason", reason, LONGEST_REASON)?,
    });
    change(&runs, id, &call, &digest, &command).await
}
