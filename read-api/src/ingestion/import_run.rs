//! How did this import go? Its report, also while it runs.
//!
//! Never shown to anyone but curators and admins.

use std::str::FromStr;

use accession_projector::ingestion::ImportRunDocument;
use accession_service::access::Audience;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;

use crate::answering::Answer;
use crate::asking::{Asked, Segment, excerpt};
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::{Reads, unavailable};

/// The report of an import run. Needs a token with the role `curator` or `admin`.
#[utoipa::path(get, path = "/api/read/imports/{id}", tag = "ingestion",
    params(("id" = String, Path, description = "the run's id"), AtLeast),
    responses((status = 200, body = ImportRunDocument), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a curator"),
        Problems))]
pub(super) async fn import_run(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    asked.is_for(Audience::Curators)?;
    let standing = reads.standing(Model::ImportRun, &asked).await?;
    let run = match Uuid::from_str(&id) {
        Ok(id) => reads.hot().document(&standing, &id.to_string()).await,
        Err(_) => Ok(None),
    };
    let Some(run) = run.map_err(|trouble| unavailable(&trouble))? else {
        let detail = format!("there is no import run with the id {}", excerpt(&id));
        return reads.miss(&standing, detail).await;
    };
    let answer = Answer::document(&run, &standing);
    Ok(answer.private(true).respond(&asked))
}
