//! Which titles are there? Cards, page by page.
//!
//! Never shows a deactivated title, not even to curators: their lists are the write side's.

use accession_events::catalog::TitleKind;
use accession_projector::catalog::TitleCardDocument;
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;

use crate::asking::{Asked, bad, excerpt};
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::Reads;

/// Titles, the newest first or by name.
#[utoipa::path(get, path = "/api/read/titles", tag = "catalog",
    params(("kind" = Option<String>, Query, description = "`book`, `series` or `film`; all when left out"),
        ("sort" = Option<String>, Query, description = "`newest` (when left out) or `title`"), Paging),
    responses((status = 200, body = Page<TitleCardDocument>), NotModified, Problems))]
pub(super) async fn titles(State(reads): State<Reads>, asked: Asked) -> Result<Response, Problem> {
    asked.only(&["kind", "sort", "cursor", "limit"])?;
    let list = list(&asked)?;
    let standing = reads.standing(Model::TitleCard, &asked).await?;
    Ok(reads.page(&asked, &standing, list).await?.respond(&asked))
}

fn list(asked: &Asked) -> Result<List, Problem> {
    let kind = match asked.one("kind") {
        None => "all",
        Some(kind) if TitleKind::NAMES.contains(&kind) => kind,
        Some(other) => {
            let found = excerpt(other);
            let message = format!(
                "`kind` is {found}; expected one of {}",
                TitleKind::NAMES.join(", ")
            );
            return Err(bad("kind", message));
        }
    };
    let descending = match asked.one("sort") {
        None | Some("newest") => true,
        Some("title") => false,
        Some(other) => {
            let message = format!("`sort` is {}; expected newest or title", excerpt(other));
            return Err(bad("sort", message));
        }
    };
    let sort = if descending { "newest" } else { "title" };
    Ok(List {
        index: format!("{kind}:{sort}"),
        descending,
    })
}
