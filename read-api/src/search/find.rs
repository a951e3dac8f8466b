//! Which titles fit what I typed?
//!
//! Never shows a title whose card everyone may not see.

use std::collections::BTreeMap;

use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::hits::{FacetValue, FoundTitle, away, facets};
use super::wishes::{cursor, wish};
use crate::answering::Answer;
use crate::asking::Asked;
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::reads::Reads;

/// A page of what was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundPage {
    /// Titles, best first.
    items: Vec<FoundTitle>,
    /// Send it as `cursor` for the next page; null on the last one.
    next_cursor: Option<String>,
    /// How many titles fit.
    total: u64,
    /// Whether that is all of them: very common words are not counted to the end.
    total_is_exact: bool,
    /// What was meant, if what was typed has typos.
    did_you_mean: Option<String>,
    /// The facets that were asked for.
    #[schema(value_type = BTreeMap<String, Vec<FacetValue>>)]
    facets: BTreeMap<&'static str, Vec<FacetValue>>,
}

/// Titles that fit a text, with typos forgiven, or all that filters allow.
#[utoipa::path(get, path = "/api/read/search", tag = "search",
    params(("q" = Option<String>, Query, description = "what was typed: words, \"phrases\", -without, author:eco title:rose series:x isbn:… year:1980..1990 kind:book genre:x language:en status:x; the last word may be half typed. 500 characters at most", max_length = 500),
        ("kind" = Option<String>, Query, description = "`book`, `series`, `film`, or some of them with commas"),
        ("genre" = Option<String>, Query, description = "genres, with commas"),
        ("language" = Option<String>, Query, description = "language tags, with commas; `en` finds `en-GB`, too"),
        ("status" = Option<String>, Query, description = "`ongoing`, `completed`, `upcoming`, with commas"),
        ("author" = Option<String>, Query, description = "whole names, with commas"),
        ("year" = Option<String>, Query, description = "a year, or two as in `1980..1990`"),
        ("sort" = Option<String>, Query, description = "`relevance` (when left out), `newest`, `year`, `-year`, `popular` or `title`"),
        ("facets" = Option<String>, Query, description = "what to count: `kind`, `genre`, `language`, `status`, `author`, `year`, with commas"), Paging),
    responses((status = 200, body = FoundPage), NotModified, Problems))]
pub(super) async fn search(State(reads): State<Reads>, asked: Asked) -> Result<Response, Problem> {
    let wish = wish(&asked)?;
    let standing = reads.standing(Model::TitleCard, &asked).await?;
    let (index, reach) = reads.index(&asked).await?;
    let (search, about) = (wish.search, wish.about);
    let question = search.question.clone();
    let found = away(move || index.search(&search)).await?;
    let next = found.hits.last().filter(|_| found.more);
    let page = FoundPage {
        next_cursor: next.map(|last| cursor(&about, &last.place).text()),
        items: reads.cards(&standing, &found.hits, &question).await?,
        total: found.total,
        total_is_exact: found.exact,
        facets: facets(&found),
        did_you_mean: found.correction,
    };
    Ok(Answer::made(&page, &standing)?
        .not_after(reach.position)
        .respond(&asked))
}
