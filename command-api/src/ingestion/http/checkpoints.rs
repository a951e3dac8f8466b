//! `GET` and `PUT /api/v1/internal/import/checkpoints/{source}`: one cursor a source, for importers that know no runs.
//!
//! It is the cursor of the source's open run whose input is `checkpoint`, so it is kept and reported like every other; it
//! never goes backwards by itself, and never ends unless somebody completes or abandons that run.

use accession_event_log::{ExecuteError, Given, Repository};
use accession_events::ClaimKind;
use accession_events::ids::ImportRunId;
use accession_events::values::SourceName;
use accession_service::problem::Problem;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::progress::LONGEST_CURSOR;
use super::runs::{RunView, found, open_run_of};
use super::{at, bounded};
use crate::http::answer::{Answer, Reply};
use crate::http::body::Body;
use crate::http::call::{Call, ImporterCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{Subject, carry_out};
use crate::http::failure::problem_of;
use crate::ingestion::import_run::checkpoint::Checkpoint;
use crate::ingestion::import_run::open::OpenImport;
use crate::ingestion::import_run::{ImportRun, ImportRunCommand};

/// The input of the run that carries a source's only cursor.
const INPUT: &str = "checkpoint";

/// A source's cursor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Cursor {
    /// Your own mark: everything before it is done.
    cursor: String,
}

/// What a written cursor is answered with.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CursorWritten {
    /// The run that carries it.
    id: String,
    /// The cursor, as it was sent.
    cursor: String,
    /// The run's version from now on.
    version: u64,
    /// Where the change stands in the log.
    position: u64,
}

/// Read a source's cursor: the open run that carries it. 404 before the first was written, and after that run has ended.
#[utoipa::path(get, path = "/api/v1/internal/import/checkpoints/{source}", tag = "import",
    params(("source" = String, Path)),
    responses((status = 200, description = "The run that carries the cursor.", body = RunView), CommandProblems))]
pub(super) async fn read_checkpoint(
    ImporterCall(_call): ImporterCall,
    Path(source): Path<String>,
    State(runs): State<Repository<ImportRun>>,
) -> Result<Answer, Problem> {
    let open = run_of(&source)?;
    match open_run_of(&runs, &open).await? {
        Some(id) => found(&runs, &id).await,
        None => Err(Problem::not_found(format!(
            "no cursor has been written for the source `{}`",
            open.source
        ))),
    }
}

/// Write a source's cursor; the first opens the run that carries it. Any text replaces the one before.
#[utoipa::path(put, path = "/api/v1/internal/import/checkpoints/{source}", tag = "import",
    params(("source" = String, Path), Conditions), request_body = Cursor,
    responses((status = 200, description = "It is written.", body = CursorWritten), CommandProblems))]
pub(super) async fn write_checkpoint(
    ImporterCall(call): ImporterCall,
    Path(source): Path<String>,
    State(runs): State<Repository<ImportRun>>,
    Body { value, digest }: Body<Cursor>,
) -> Result<Answer, Problem> {
    let open = run_of(&source)?;
    let cursor = bounded("cursor", &value.cursor, LONGEST_CURSOR)?;
    let id = match open_run_of(&runs, &open).await? {
        Some(id) => id,
        None => opened(&runs, &call, open).await?,
    };
    let command = ImportRunCommand::Checkpoint(Checkpoint {
        cursor: cursor.clone(),
        counts: None,
    });
    let reply = Reply::changed(&id).with("cursor", cursor);
    carry_out(
        &runs,
        Subject::Existing(&id),
        &call,
        &digest,
        &command,
        reply,
    )
    .await
}

fn run_of(source: &str) -> Result<OpenImport, Problem> {
    let source =
        SourceName::parse(source).map_err(|error| at("source", "bad_source", error.to_string()))?;
    Ok(OpenImport {
        source,
        input: INPUT.to_owned(),
    })
}

async fn opened(
    runs: &Repository<ImportRun>,
    call: &Call,
    open: OpenImport,
) -> Result<String, Problem> {
    let id = ImportRunId::new(new_id()).to_string();
    let given = Given {
        metadata: call.metadata(),
        ..Given::default()
    };
    match runs
        .execute_new(&id, &given, &ImportRunCommand::Open(open))
        .await
    {
        Ok(_) => Ok(id),
        Err(ExecuteError::Claimed { key, owner }) if key.kind == ClaimKind::OpenImportRun => {
            Ok(owner)
        }
        Err(error) => Err(problem_of(error)),
    }
}
