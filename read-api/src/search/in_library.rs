//! Which copies of my library fit what I typed?
//!
//! Never asked of the index without the library in front: what a member of another library may see is not looked through.

use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::copy_entries::reach;
use super::copy_hits::{CopySources, FoundCopy};
use super::copy_wishes::wish;
use super::find::{FoundItem, FoundPage, page_of};
use super::hits::away;
use super::wishes::{Wish, question};
use crate::asking::{Asked, Segment};
use crate::described::{AtLeast, NotModified, Paging, Problems};
use crate::reads::Reads;
use crate::visiting::{Visit, made_up_to};

/// The most that a search box is offered.
const MOST: usize = 20;
const USUAL: usize = 8;

/// What a search box of a library is offered.
#[derive(Serialize, ToSchema)]
pub(super) struct OfferedCopies {
    /// Copies, likeliest first.
    copies: Vec<FoundCopy>,
    /// What was meant, if what was typed has typos.
    did_you_mean: Option<String>,
}

/// The parameters by which found copies are chosen and counted.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub(super) struct CopyWishes {
    /// What was typed: words of title, author, publisher, series, tags, barcode and of the places on the way to it; fields,
    /// "phrases" and -without as for `/api/read/search`.
    #[param(max_length = 500)]
    q: Option<String>,
    /// `available`, `lent`, `held`, `lost`, `damaged`, `withdrawn`, or some of them with commas.
    availability: Option<String>,
    /// A place's id: copies at it and at the places in it; `none` for those that stand nowhere. Several with commas.
    place: Option<String>,
    /// The library's words for copies, with commas.
    tag: Option<String>,
    /// `book`, `series`, `film`, or some of them with commas.
    kind: Option<String>,
    /// Genres, with commas.
    genre: Option<String>,
    /// Language tags, with commas; `en` finds `en-GB`, too.
    language: Option<String>,
    /// Release states of the title: `ongoing`, `completed`, `upcoming`, with commas.
    status: Option<String>,
    /// Authors by their whole name, with commas.
    author: Option<String>,
    /// Years, or spans as in `1980..1990`, with commas.
    year: Option<String>,
    /// `relevance` (when left out), `newest`, `oldest`, `title`, `-title`, `author`, `-author`, `year` or `-year`.
    sort: Option<String>,
    /// What to count: `availability`, `tag`, `kind`, `genre`, `language`, `status`, `author`, `year`, with commas.
    facets: Option<String>,
}

/// Copies of the library that fit a text, with typos forgiven, or all that filters allow: each with its title, where it stands
/// and whether it can be had.
#[utoipa::path(get, path = "/api/read/libraries/{id}/search", tag = "search", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), CopyWishes, Paging),
    responses((status = 200, body = FoundPage), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(super) async fn search_library(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    let visit = asked.visit(&id, MemberRole::Patron)?;
    copies(&reads, &asked, &visit, &[]).await
}

/// A page of copies; `more` are parameters that the question knows besides.
pub(super) async fn copies(
    reads: &Reads,
    asked: &Asked,
    visit: &Visit,
    more: &[&str],
) -> Result<Response, Problem> {
    let Wish { search, about } = wish(asked, visit.library, more)?;
    let from = CopySources::of(reads, asked).await?;
    let (index, reached) = reads.copies_index(asked).await?;
    let typed = search.question.clone();
    let found = away(move || index.search(&search)).await?;
    let shown = reads.copies(visit, &from, &found.hits, &typed).await?;
    let items = shown
        .into_iter()
        .map(Box::new)
        .map(FoundItem::Copy)
        .collect();
    let page = page_of(&about, &found, items);
    made_up_to(asked, &page, &from.all(), Some(reached.position))
}

/// Copies of the library that a search box offers.
#[utoipa::path(get, path = "/api/read/libraries/{id}/suggest", tag = "search", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"),
        ("q" = String, Query, description = "what was typed so far, 500 characters at most", max_length = 500),
        ("limit" = Option<usize>, Query, description = "8 unless told, 20 at most", minimum = 1, maximum = 20), AtLeast),
    responses((status = 200, body = OfferedCopies), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(super) async fn suggest_in_library(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["q", "limit"])?;
    let visit = asked.visit(&id, MemberRole::Patron)?;
    let most = asked.number("limit", 1..=MOST, USUAL)?;
    let typed = question(&asked)?;
    let from = CopySources::of(&reads, &asked).await?;
    let (index, reached) = reads.copies_index(&asked).await?;
    let filter = super::copy_wishes::of_library(reach(visit.library));
    let asking = typed.clone();
    let offered = away(move || index.suggest(&asking, &filter, most)).await?;
    let body = OfferedCopies {
        copies: reads.copies(&visit, &from, &offered.titles, &typed).await?,
        did_you_mean: offered.correction,
    };
    made_up_to(&asked, &body, &from.all(), Some(reached.position))
}
