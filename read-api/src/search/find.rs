//! Which titles, editions, people or copies of my library fit what I typed?
//!
//! Never shows what the one who asks may not see.

use std::collections::BTreeMap;

use accession_search::{EntryKind, FacetName, Found};
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::copy_hits::FoundCopy;
use super::edition_hits::FoundEdition;
use super::hits::{FacetValue, FoundTitle, away, facets};
use super::in_library;
use super::person_hits::{self, FoundPerson};
use super::wishes::{What, Wish, cursor, what, wish};
use crate::answering::Answer;
use crate::asking::{Asked, bad};
use crate::cache::Standing;
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::reads::Reads;
use crate::visiting::Visit;

/// A page of what was found.
#[derive(Serialize, ToSchema)]
pub(super) struct FoundPage {
    /// What was found, best first: each with its kind in `what`.
    pub(super) items: Vec<FoundItem>,
    /// Send it as `cursor` for the next page; null on the last one.
    pub(super) next_cursor: Option<String>,
    /// How many fit; of people, how many are told here.
    pub(super) total: u64,
    /// Whether that is all of them: very common words are not counted to the end.
    pub(super) total_is_exact: bool,
    /// What was meant, if what was typed has typos.
    pub(super) did_you_mean: Option<String>,
    /// The facets that were asked for.
    #[schema(value_type = BTreeMap<String, Vec<FacetValue>>)]
    pub(super) facets: BTreeMap<&'static str, Vec<FacetValue>>,
}

/// One thing that was found.
#[derive(Serialize, ToSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(super) enum FoundItem {
    /// A title.
    Title(FoundTitle),
    /// An edition, with its title.
    Edition(FoundEdition),
    /// An author.
    Person(FoundPerson),
    /// A copy of a library, with its title and where it stands.
    Copy(Box<FoundCopy>),
}

/// Titles, editions, people or copies of a library that fit a text, with typos forgiven, or all that filters allow.
#[utoipa::path(get, path = "/api/read/search", tag = "search",
    params(("q" = Option<String>, Query, description = "what was typed: words, \"phrases\", -without, author:eco title:rose series:x isbn:… year:1980..1990 kind:book genre:x language:en status:x; the last word may be half typed. 500 characters at most", max_length = 500),
        ("what" = Option<String>, Query, description = "`title` (when left out), `edition` (by ISBN, publisher, its own name and that of its title) `person` (authors by words of their name; knows `q`, `kind`, `cursor` and `limit` only) or `copy` (copies of the `library`, with its parameters for search)"),
        ("library" = Option<String>, Query, description = "a library's id, with `what=copy` or `title`: for its members only"),
        ("availability" = Option<String>, Query, description = "with `library`: `available`, `lent`, `held`, `lost`, `damaged`, `withdrawn`, with commas; of titles those of which the library has such a copy"),
        ("kind" = Option<String>, Query, description = "`book`, `series`, `film`, or some of them with commas"),
        ("genre" = Option<String>, Query, description = "genres, with commas"),
        ("language" = Option<String>, Query, description = "language tags, with commas; `en` finds `en-GB`, too"),
        ("status" = Option<String>, Query, description = "`ongoing`, `completed`, `upcoming`, with commas"),
        ("author" = Option<String>, Query, description = "whole names, with commas"),
        ("year" = Option<String>, Query, description = "years, or spans as in `1980..1990`, with commas"),
        ("sort" = Option<String>, Query, description = "`relevance` (when left out), or as for `/api/read/titles`"),
        ("facets" = Option<String>, Query, description = "what to count: `kind`, `genre`, `language`, `status`, `author`, `year`, with `library` also `availability`, with commas"), Paging),
    responses((status = 200, body = FoundPage), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "`library` with a token that is not a session's"),
        Problems))]
pub(super) async fn search(State(reads): State<Reads>, asked: Asked) -> Result<Response, Problem> {
    match what(&asked)? {
        What::Title => titles(&reads, &asked).await,
        What::Edition => editions(&reads, &asked).await,
        What::Person => person_hits::people(&reads, &asked).await,
        What::Copy => {
            let visit = visited(&asked)?;
            in_library::copies(&reads, &asked, &visit, &["what", "library"]).await
        }
    }
}

/// The library whose copies are asked for, as its member.
fn visited(asked: &Asked) -> Result<Visit, Problem> {
    let library = asked.one("library").ok_or_else(|| {
        let message =
            "`what=copy` is of a library: send `library`, the id of one that you belong to";
        bad("library", message.to_owned())
    })?;
    asked.visiting(library)
}

async fn titles(reads: &Reads, asked: &Asked) -> Result<Response, Problem> {
    let Wish { mut search, about } = wish(asked, EntryKind::Title)?;
    let library = asked
        .one("library")
        .map(|id| asked.visiting(id))
        .transpose()?;
    let counted = search.facets.contains(&FacetName::Availability);
    let held = match library.as_ref() {
        Some(visit) if counted || asked.one("availability").is_some() => {
            Some(reads.held(asked, visit).await?)
        }
        _ => None,
    };
    let copied = held.as_ref().map(|(_, reach)| reach.position);
    search.filter.held = held.map(|(held, _)| held);
    let standing = reads.standing(Model::TitleCard, asked).await?;
    let (index, reach) = reads.index(asked).await?;
    let question = search.question.clone();
    let found = away(move || index.search(&search)).await?;
    let cards = reads.cards(&standing, &found.hits, &question).await?;
    let items = cards.into_iter().map(FoundItem::Title).collect();
    let answer = answer(&about, &found, items, &standing)?;
    let answer = answer.not_after(reach.position);
    let answer = answer.not_after(copied.unwrap_or(reach.position));
    Ok(answer.private(library.is_some()).respond(asked))
}

async fn editions(reads: &Reads, asked: &Asked) -> Result<Response, Problem> {
    let Wish { search, about } = wish(asked, EntryKind::Edition)?;
    let titles = reads.standing(Model::TitleCard, asked).await?;
    let editions = reads.standing(Model::Edition, asked).await?;
    let (index, reach) = reads.index(asked).await?;
    let question = search.question.clone();
    let found = away(move || index.search(&search)).await?;
    let hits = &found.hits;
    let shown = reads
        .editions([&editions, &titles], hits, &question)
        .await?;
    let items = shown.into_iter().map(FoundItem::Edition).collect();
    let answer = answer(&about, &found, items, &titles)?;
    let answer = answer.at(&editions).not_after(reach.position);
    Ok(answer.respond(asked))
}

fn answer(
    about: &str,
    found: &Found,
    items: Vec<FoundItem>,
    standing: &Standing,
) -> Result<Answer, Problem> {
    Answer::made(&page_of(about, found, items), standing)
}

/// A page of what was found.
pub(super) fn page_of(about: &str, found: &Found, items: Vec<FoundItem>) -> FoundPage {
    let next = found.hits.last().filter(|_| found.more);
    FoundPage {
        items,
        next_cursor: next.map(|last| cursor(about, &last.place).text()),
        total: found.total,
        total_is_exact: found.exact,
        facets: facets(found),
        did_you_mean: found.correction.clone(),
    }
}
