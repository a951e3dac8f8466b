//! `POST` and `GET /api/v1/internal/import/runs` and `GET …/{id}`: open an import run, or go on with the open one.
//!
//! One source and input never have two open runs: the second opener gets the first one's.

use ::http::StatusCode;
use accession_event_log::{ExecuteError, Loaded, Repository};
use accession_events::ids::ImportRunId;
use accession_events::ingestion::ImportCounts;
use accession_events::values::SourceName;
use accession_events::{ClaimKey, ClaimKind};
use accession_service::problem::Problem;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{RunId, at, bounded};
use crate::http::answer::{Answer, Reply};
use crate::http::body::Body;
use crate::http::call::{ImporterCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{answer, refuse_version_of_new};
use crate::http::failure::{from_log, from_repository, problem_of};
use crate::ingestion::import_run::open::OpenImport;
use crate::ingestion::import_run::{ImportRun, ImportRunCommand};

/// The longest name of an input, in characters.
const LONGEST_INPUT: usize = 500;

/// What is to be imported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRun {
    /// The source.
    #[schema(example = "goodbooks")]
    source: String,
    /// Which input of the source, for example a file's name and content hash.
    input: String,
}

/// An import run.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RunView {
    /// Its id.
    id: String,
    /// The source.
    source: String,
    /// Which input of the source.
    input: String,
    /// `open`, `completed` or `abandoned`.
    status: &'static str,
    /// Everything before it is done; none before the first checkpoint.
    cursor: Option<String>,
    /// Totals at the cursor.
    #[schema(value_type = Object)]
    counts: ImportCounts,
    /// Its version.
    version: u64,
    /// A position that contains it.
    position: u64,
}

/// Open an import run, or get the one that is open for the same source and input.
#[utoipa::path(post, path = "/api/v1/internal/import/runs", tag = "import", params(Conditions), request_body = NewRun,
    responses((status = 201, description = "It is open.", body = RunView),
        (status = 200, description = "It was open; go on at its cursor.", body = RunView), CommandProblems))]
pub(super) async fn open_run(
    ImporterCall(call): ImporterCall,
    State(runs): State<Repository<ImportRun>>,
    Body { value, digest }: Body<NewRun>,
) -> Result<Answer, Problem> {
    refuse_version_of_new(&call)?;
    let open = value.read()?;
    if let Some(answer) = crate::http::keyed::answered_before(runs.log(), &call, &digest).await? {
        return Ok(answer);
    }
    if let Some(id) = open_run_of(&runs, &open).await? {
        return found(&runs, &id).await;
    }
    let id = ImportRunId::new(new_id()).to_string();
    let body = view(
        &id,
        &open.source,
        &open.input,
        "open",
        None,
        ImportCounts::default(),
    );
    let reply = Reply::created(&id, format!("/api/read/imports/{id}")).with_all(body);
    let given = call.given(&digest, &reply);
    match runs
        .execute_new(&id, &given, &ImportRunCommand::Open(open))
        .await
    {
        Ok(executed) => answer(executed, reply),
        // Somebody opened one at the same time: go on with that.
        Err(ExecuteError::Claimed { key, owner }) if key.kind == ClaimKind::OpenImportRun => {
            found(&runs, &owner).await
        }
        Err(error) => Err(problem_of(error)),
    }
}

/// Which run is looked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// The source.
    #[param(example = "goodbooks")]
    source: String,
    /// Which input of the source.
    input: String,
}

/// Find the run that is open for a source and input, without opening one. 404 when none is.
#[utoipa::path(get, path = "/api/v1/internal/import/runs", tag = "import", params(Wanted),
    responses((status = 200, description = "It is open; go on at its cursor.", body = RunView), CommandProblems))]
pub(super) async fn find_run(
    ImporterCall(_call): ImporterCall,
    State(runs): State<Repository<ImportRun>>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Answer, Problem> {
    let Query(Wanted { source, input }) = wanted.map_err(|error| {
        Problem::malformed(format!(
            "the query needs `source` and `input`: {}",
            error.body_text()
        ))
    })?;
    let open = NewRun { source, input }.read()?;
    match open_run_of(&runs, &open).await? {
        Some(id) => found(&runs, &id).await,
        None => Err(Problem::not_found(format!(
            "no import run of `{}` is open for `{}`",
            open.source, open.input
        ))),
    }
}

/// Read an import run, as an importer that goes on needs it.
#[utoipa::path(get, path = "/api/v1/internal/import/runs/{id}", tag = "import", params(("id" = String, Path)),
    responses((status = 200, description = "The run.", body = RunView), CommandProblems))]
pub(super) async fn read_run(
    ImporterCall(_call): ImporterCall,
    RunId(id): RunId,
    State(runs): State<Repository<ImportRun>>,
) -> Result<Answer, Problem> {
    found(&runs, &id.to_string()).await
}

impl NewRun {
    fn read(self) -> Result<OpenImport, Problem> {
        let source = SourceName::parse(&self.source)
            .map_err(|error| at("source", "bad_source", error.to_string()))?;
        Ok(OpenImport {
            source,
            input: bounded("input", &self.input, LONGEST_INPUT)?,
        })
    }
}

/// The run that is open for this source and input.
pub(super) async fn open_run_of(
    runs: &Repository<ImportRun>,
    open: &OpenImport,
) -> Result<Option<String>, Problem> {
    let key = ClaimKey::new(
        ClaimKind::OpenImportRun,
        format!("{}:{}", open.source, open.input),
    );
    let owners = runs
        .log()
        .store()
        .claim_owners(&[key])
        .await
        .map_err(|error| from_log(&error))?;
    Ok(owners.into_iter().next().flatten())
}

/// The answer that tells how a run stands.
pub(super) async fn found(runs: &Repository<ImportRun>, id: &str) -> Result<Answer, Problem> {
    // Taken before the state, and the state from the log rather than from memory: the position never promises what
    // the state does not hold, even when another process writes to the run.
    let position = runs
        .log()
        .store()
        .head()
        .await
        .map_err(|error| from_log(&error))?;
    runs.forget(id);
    let Loaded { state, version } = runs
        .load(id)
        .await
        .map_err(|error| from_repository(&error))?;
    let body = match &*state {
        ImportRun::Absent => {
            return Err(Problem::not_found(format!("there is no import run {id}")));
        }
        ImportRun::Open(run) => view(
            id,
            &run.source,
            &run.input,
            "open",
            run.cursor.as_deref(),
            run.counts,
        ),
        ImportRun::Ended(run) => {
            let status = run.end.as_str();
            view(
                id,
                &run.source,
                &run.input,
                status,
                run.cursor.as_deref(),
                run.counts,
            )
        }
    };
    Ok(Reply::with_body(body)
        .status(StatusCode::OK)
        .at(version, position))
}

fn view(
    id: &str,
    source: &SourceName,
    input: &str,
    status: &'static str,
    cursor: Option<&str>,
    counts: ImportCounts,
) -> Map<String, Value> {
    let entries = [
        ("id", Value::from(id)),
        ("source", Value::from(source.as_str())),
        ("input", Value::from(input)),
        ("status", Value::from(status)),
        ("cursor", Value::from(cursor)),
        ("counts", serde_json::to_value(counts).unwrap_or_default()),
    ];
    entries
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}
