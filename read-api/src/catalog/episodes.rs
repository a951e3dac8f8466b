//! Which episodes has this title? By number, page by page.
//!
//! Never an empty list for a title that is not there: that is a miss.

use accession_projector::catalog::EpisodeDocument;
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;

use super::led_on::LedOn;
use crate::asking::{Asked, Segment};
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::Reads;

/// The episodes of a title that can be watched.
#[utoipa::path(get, path = "/api/read/titles/{id_or_slug}/episodes", tag = "catalog",
    params(("id_or_slug" = String, Path, description = "the title's id, or any slug it ever had"), Paging),
    responses((status = 200, body = Page<EpisodeDocument>), NotModified, LedOn, Problems))]
pub(super) async fn episodes_of_title(
    State(reads): State<Reads>,
    Segment(id_or_slug): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["cursor", "limit"])?;
    let reader = asked.reader();
    let found = match reads.title(&asked, reader, &id_or_slug).await? {
        Ok(found) => found,
        Err(missing) => return Ok(missing),
    };
    let standing = reads.standing(Model::Episode, &asked).await?;
    let list = List {
        index: format!("by_title:{}", found.held.key),
        descending: false,
    };
    let answer = reads.page(&asked, &standing, list).await?;
    let answer = answer.at(&found.standing).private(reader.known);
    Ok(answer.respond(&asked))
}
