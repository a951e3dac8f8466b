//! Who says so, and since when? The trails of titles, editions and episodes.
//!
//! Never one document for a whole series: a title has its own trail, and those of its parts are lists.

use accession_projector::catalog::ProvenanceTrailDocument;
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;

use crate::answering::Answer;
use crate::asking::{Asked, Segment};
use crate::described::{AtLeast, NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::{Reads, unavailable};

/// What was said about a title itself.
#[utoipa::path(get, path = "/api/read/titles/{id_or_slug}/provenance", tag = "catalog",
    params(("id_or_slug" = String, Path, description = "the title's id, or any slug it ever had"), AtLeast),
    responses((status = 200, body = ProvenanceTrailDocument), NotModified, Problems))]
pub(super) async fn provenance_of_title(
    State(reads): State<Reads>,
    Segment(id_or_slug): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let reader = asked.reader();
    let title = match reads.title_itself(&asked, reader, &id_or_slug).await? {
        Ok(title) => title,
        Err(missing) => return Ok(missing),
    };
    let standing = reads.standing(Model::ProvenanceTrail, &asked).await?;
    let trail = reads.hot().document(&standing, &title.held.key).await;
    let Some(trail) = trail.map_err(|trouble| unavailable(&trouble))? else {
        let detail = "nothing is written down yet about who said what of this title".to_owned();
        return reads.miss(&standing, detail).await;
    };
    let answer = Answer::document(&trail, &standing).at(&title.standing);
    Ok(answer.private(reader.known).respond(&asked))
}

/// What was said about the editions of a title: a trail each, in the order in which they were added.
#[utoipa::path(get, path = "/api/read/titles/{id_or_slug}/provenance/editions", tag = "catalog",
    params(("id_or_slug" = String, Path, description = "the title's id, or any slug it ever had"), Paging),
    responses((status = 200, body = Page<ProvenanceTrailDocument>), NotModified, Problems))]
pub(super) async fn provenance_of_editions(
    State(reads): State<Reads>,
    Segment(id_or_slug): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    of_parts(&reads, &id_or_slug, &asked, "editions").await
}

/// What was said about the episodes of a title: a trail each, in the order in which they were added.
#[utoipa::path(get, path = "/api/read/titles/{id_or_slug}/provenance/episodes", tag = "catalog",
    params(("id_or_slug" = String, Path, description = "the title's id, or any slug it ever had"), Paging),
    responses((status = 200, body = Page<ProvenanceTrailDocument>), NotModified, Problems))]
pub(super) async fn provenance_of_episodes(
    State(reads): State<Reads>,
    Segment(id_or_slug): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    of_parts(&reads, &id_or_slug, &asked, "episodes").await
}

/// What was said about an edition.
#[utoipa::path(get, path = "/api/read/editions/{id}/provenance", tag = "catalog",
    params(("id" = String, Path, description = "the edition's id"), AtLeast),
    responses((status = 200, body = ProvenanceTrailDocument), NotModified, Problems))]
pub(super) async fn provenance_of_edition(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    of_part(&reads, &id, &asked, Model::Edition, "edition").await
}

/// What was said about an episode and its video sources.
#[utoipa::path(get, path = "/api/read/episodes/{id}/provenance", tag = "catalog",
    params(("id" = String, Path, description = "the episode's id"), AtLeast),
    responses((status = 200, body = ProvenanceTrailDocument), NotModified, Problems))]
pub(super) async fn provenance_of_episode(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    of_part(&reads, &id, &asked, Model::Episode, "episode").await
}

/// The thing itself is looked for first, so that the id of a title opens no trail under the name of an edition.
async fn of_part(
    reads: &Reads,
    id: &str,
    asked: &Asked,
    model: Model,
    what: &str,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let reader = asked.reader();
    let part = match reads.part(asked, reader, model, what, id).await? {
        Ok(part) => part,
        Err(missing) => return Ok(missing),
    };
    let trail = reads.part(asked, reader, Model::ProvenanceTrail, what, &part.held.key);
    let answer = match trail.await? {
        Ok(trail) => Answer::document(&trail.held, &trail.standing).at(&part.standing),
        Err(missing) => return Ok(missing),
    };
    Ok(answer.private(reader.known).respond(asked))
}

async fn of_parts(
    reads: &Reads,
    id_or_slug: &str,
    asked: &Asked,
    parts: &str,
) -> Result<Response, Problem> {
    asked.only(&["cursor", "limit"])?;
    let reader = asked.reader();
    let title = match reads.title_itself(asked, reader, id_or_slug).await? {
        Ok(title) => title,
        Err(missing) => return Ok(missing),
    };
    let standing = reads.standing(Model::ProvenanceTrail, asked).await?;
    let list = List {
        index: format!("{parts}:{}", title.held.key),
        descending: false,
    };
    let answer = reads.page(asked, &standing, list).await?;
    let answer = answer.at(&title.standing).private(reader.known);
    Ok(answer.respond(asked))
}
