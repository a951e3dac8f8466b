//! Which imports were there? The newest first, of all sources or of one.
//!
//! Never shown to anyone but curators and admins.

use accession_events::values::SourceName;
use accession_projector::ingestion::ImportRunDocument;
use accession_service::access::Audience;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use crate::asking::{Asked, bad};
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::Reads;

/// Import runs, the newest first. Needs a token with the role `curator` or `admin`.
#[utoipa::path(get, path = "/api/read/imports", tag = "ingestion",
    params(("source" = Option<String>, Query, description = "only runs of this source"), Paging),
    responses((status = 200, body = Page<ImportRunDocument>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a curator"),
        Problems))]
pub(super) async fn import_runs(
    State(reads): State<Reads>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["source", "cursor", "limit"])?;
    asked.is_for(Audience::Curators)?;
    let index = match asked.one("source") {
        None => "all:newest".to_owned(),
        Some(source) => {
            let source =
                SourceName::parse(source).map_err(|error| bad("source", error.to_string()))?;
            format!("source:{source}:newest")
        }
    };
    let list = List {
        index,
        descending: true,
    };
    let standing = reads.standing(Model::ImportRun, &asked).await?;
    let answer = reads.page(&asked, &standing, list).await?;
    Ok(answer.private(true).respond(&asked))
}
