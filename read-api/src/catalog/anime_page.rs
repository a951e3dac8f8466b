//! Which anime is this? For clients of an older anime catalogue: a series or film with its episodes and sources.
//!
//! Never a book, and never an episode that cannot be watched.

use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;

use super::anime::{AnimePage, page_of};
use super::led_on::LedOn;
use crate::answering::Answer;
use crate::asking::{Asked, Segment, excerpt};
use crate::cache::Shape;
use crate::described::{AtLeast, NotModified, Problems};
use crate::reads::Reads;

/// A series or film by slug.
#[utoipa::path(get, path = "/api/read/anime/{slug}", tag = "catalog",
    params(("slug" = String, Path, description = "any slug it ever had, or its id"), AtLeast),
    responses((status = 200, body = AnimePage), NotModified, LedOn, Problems))]
pub(super) async fn anime_page(
    State(reads): State<Reads>,
    Segment(slug): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let reader = asked.reader();
    let found = match reads.title(&asked, reader, &slug).await? {
        Ok(found) => found,
        Err(missing) => return Ok(missing),
    };
    let Some(anime) = reads.hot().shape(Shape::AnimePage, &found.held, page_of) else {
        let detail = format!(
            "there is no series or film with the slug {}",
            excerpt(&slug)
        );
        return reads.miss(&found.standing, detail).await;
    };
    let answer = Answer::kept(anime, &found.standing);
    Ok(answer.private(reader.known).respond(&asked))
}
