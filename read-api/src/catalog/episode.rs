//! Which episode is this?
//!
//! Never shown when its title is not, nor while it is detached.

use accession_projector::catalog::EpisodeDocument;
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;

use crate::answering::Answer;
use crate::asking::{Asked, Segment};
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;

/// An episode with its active video sources.
#[utoipa::path(get, path = "/api/read/episodes/{id}", tag = "catalog",
    params(("id" = String, Path, description = "the episode's id"), AtLeast),
    responses((status = 200, body = EpisodeDocument), NotModified, Problems))]
pub(super) async fn episode(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let reader = asked.reader();
    let search = reads.part(&asked, reader, Model::Episode, "episode", &id);
    let answer = match search.await? {
        Ok(found) => Answer::document(&found.held, &found.standing),
        Err(missing) => return Ok(missing),
    };
    Ok(answer.private(reader.known).respond(&asked))
}
