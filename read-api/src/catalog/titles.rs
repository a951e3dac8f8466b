//! Which titles are there? Cards, page by page.
//!
//! Never shows a deactivated title, not even to curators: their lists are the write side's.

use accession_events::catalog::TitleKind;
use accession_projector::catalog::TitleCardDocument;
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;

use crate::asking::Asked;
use crate::browsing::{Browse, FILTERS, behind, part};
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{Page, page};
use crate::reads::Reads;

/// Titles, the newest first unless told otherwise, and only those that the filters name.
///
/// Values of one filter are alternatives, with commas or in a parameter of their own; a value with a comma in it goes in double
/// quotes. All filters must hold.
#[utoipa::path(get, path = "/api/read/titles", tag = "catalog",
    params(("kind" = Option<String>, Query, description = "`book`, `series`, `film`, or some of them; all when left out"),
        ("year" = Option<String>, Query, description = "years, or spans as in `1980..1990`, `..1900`, `2020..`"),
        ("status" = Option<String>, Query, description = "`ongoing`, `completed`, `upcoming`"),
        ("genre" = Option<String>, Query, description = "genres, case and accents as you like"),
        ("language" = Option<String>, Query, description = "language tags; `en` finds `en-GB`, too"),
        ("author" = Option<String>, Query, description = "whole names, case and accents as you like"),
        ("sort" = Option<String>, Query, description = "`newest` (when left out), `oldest`, `title`, `year`, `rating`, `popularity`; the last four also from the other end, with a minus in front: `-rating` is best first. What has no year or rating comes last either way"), Paging),
    responses((status = 200, body = Page<TitleCardDocument>), NotModified, Problems))]
pub(super) async fn titles(State(reads): State<Reads>, asked: Asked) -> Result<Response, Problem> {
    asked.only_or_many(&["sort", "cursor", "limit"], &FILTERS)?;
    let browse = Browse::asked(&asked, &TitleKind::NAMES)?;
    if let Some(list) = browse.stored("all") {
        let standing = reads.standing(Model::TitleCard, &asked).await?;
        return Ok(reads.page(&asked, &standing, list).await?.respond(&asked));
    }
    let part = part(&asked)?;
    let standing = reads.standing(Model::TitleCard, &asked).await?;
    let browsed = reads.browse(&asked, &standing, browse, part).await?;
    let next = browsed.next.map(|place| behind(&asked, &place));
    let answer = page(&standing, &browsed.shown, next).not_after(browsed.position);
    Ok(answer.respond(&asked))
}
