//! Which genres are there, and which authors, and how many titles have they?
//!
//! Never counts a title that not everyone may see.

use std::cmp::Reverse;

use accession_events::catalog::TitleKind;
use accession_search::{NameList, NameOrder, NamePlace, NameSearch};
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::filters::{about, some_of};
use super::hits::away;
use crate::answering::Answer;
use crate::asking::{Asked, Cursor, bad, excerpt};
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::Page;
use crate::reads::Reads;

const ORDERS: [(&str, NameOrder); 2] = [("count", NameOrder::Titles), ("name", NameOrder::Name)];
/// Characters that the beginning of a name may have.
const LONGEST: usize = 200;

/// A name and how many titles have it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountedName {
    /// The name, as most of its titles write it; as a filter it finds them all.
    name: String,
    /// How many titles.
    titles: u64,
}

/// Genres with how many titles each has, those of most titles first.
#[utoipa::path(get, path = "/api/read/genres", tag = "catalog",
    params(("q" = Option<String>, Query, description = "what the name or one of its words begins with; 200 characters at most", max_length = 200),
        ("kind" = Option<String>, Query, description = "count only titles of these kinds: `book`, `series`, `film`, with commas"),
        ("sort" = Option<String>, Query, description = "`count` (when left out) or `name`"), Paging),
    responses((status = 200, body = Page<CountedName>), NotModified, Problems))]
pub(super) async fn genres(State(reads): State<Reads>, asked: Asked) -> Result<Response, Problem> {
    names(&reads, &asked, NameList::Genres, "genres").await
}

/// Authors with how many titles each has, those of most titles first.
#[utoipa::path(get, path = "/api/read/authors", tag = "catalog",
    params(("q" = Option<String>, Query, description = "what the name or one of its words begins with; 200 characters at most", max_length = 200),
        ("kind" = Option<String>, Query, description = "count only titles of these kinds: `book`, `series`, `film`, with commas"),
        ("sort" = Option<String>, Query, description = "`count` (when left out) or `name`"), Paging),
    responses((status = 200, body = Page<CountedName>), NotModified, Problems))]
pub(super) async fn authors(State(reads): State<Reads>, asked: Asked) -> Result<Response, Problem> {
    names(&reads, &asked, NameList::Authors, "authors").await
}

async fn names(
    reads: &Reads,
    asked: &Asked,
    list: NameList,
    name: &str,
) -> Result<Response, Problem> {
    asked.only_or_many(&["q", "sort", "cursor", "limit"], &["kind"])?;
    let about = about(name, asked, &["q", "kind", "sort"]);
    let search = NameSearch {
        list,
        kinds: kinds(asked)?,
        beginning: beginning(asked)?,
        order: order(asked)?,
        after: place(asked, &about)?,
        most: asked.limit()?,
    };
    let standing = reads.standing(Model::TitleCard, asked).await?;
    let (index, reach) = reads.index(asked).await?;
    let found = away(move || index.names(&search)).await?;
    let next = found.names.last().filter(|_| found.more);
    let page = Page {
        next_cursor: next.map(|last| cursor(&about, &last.place)),
        items: (found.names.into_iter())
            .map(|name| CountedName {
                name: name.name,
                titles: name.titles,
            })
            .collect(),
    };
    Ok(Answer::made(&page, &standing)?
        .not_after(reach.position)
        .respond(asked))
}

pub(super) fn kinds(asked: &Asked) -> Result<Vec<String>, Problem> {
    let kinds = some_of(asked, "kind", &TitleKind::NAMES)?;
    let all = || TitleKind::NAMES.map(str::to_owned).to_vec();
    Ok(if kinds.is_empty() { all() } else { kinds })
}

fn beginning(asked: &Asked) -> Result<String, Problem> {
    let typed = asked.one("q").unwrap_or_default();
    let count = typed.chars().count();
    if count > LONGEST {
        let message = format!("`q` has {count} characters; at most {LONGEST} are read: shorten it");
        return Err(bad("q", message));
    }
    Ok(typed.to_owned())
}

fn order(asked: &Asked) -> Result<NameOrder, Problem> {
    let Some(name) = asked.one("sort") else {
        return Ok(NameOrder::default());
    };
    let known = ORDERS.iter().find(|(known, _)| *known == name);
    known.map(|(_, order)| *order).ok_or_else(|| {
        let found = excerpt(name);
        bad("sort", format!("`sort` is {found}; expected count or name"))
    })
}

pub(super) fn cursor(about: &str, place: &NamePlace) -> String {
    let cursor = Cursor {
        index: about.to_owned(),
        sort: place.titles.0.to_string(),
        key: place.key.clone(),
    };
    cursor.text()
}

pub(super) fn place(asked: &Asked, about: &str) -> Result<Option<NamePlace>, Problem> {
    let Some((titles, key)) = asked.cursor(about)? else {
        return Ok(None);
    };
    let titles = titles.parse().map_err(|_| {
        let message = "the cursor is not one that this server gave out".to_owned();
        bad("cursor", message)
    })?;
    Ok(Some(NamePlace {
        titles: Reverse(titles),
        key,
    }))
}
