//! Which title is this? Its page, by id or by any slug it ever had.
//!
//! Never redirects to another slug: an old one answers the same document and says where it has its own address. Only a
//! title that was merged leads on, to the title that stands for it.

use accession_projector::catalog::TitlePageDocument;
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;

use super::led_on::LedOn;
use crate::answering::Answer;
use crate::asking::{Asked, Segment};
use crate::described::{AtLeast, NotModified, Problems};
use crate::reads::Reads;

/// The page of a title.
#[utoipa::path(get, path = "/api/read/titles/{id_or_slug}", tag = "catalog",
    params(("id_or_slug" = String, Path, description = "the title's id, or any slug it ever had"), AtLeast),
    responses((status = 200, body = TitlePageDocument), NotModified, LedOn, Problems))]
pub(super) async fn title(
    State(reads): State<Reads>,
    Segment(id_or_slug): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let reader = asked.reader();
    let found = match reads.title(&asked, reader, &id_or_slug).await? {
        Ok(found) => found,
        Err(missing) => return Ok(missing),
    };
    let mut answer = Answer::document(&found.held, &found.standing).private(reader.known);
    if found.by_slug {
        answer = answer.located(&format!("/api/read/titles/{}", found.held.key));
    }
    Ok(answer.respond(&asked))
}
