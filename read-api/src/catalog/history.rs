//! Who changed what, when, and from what to what? The changes of a title with its parts, the newest first.
//!
//! Never shows a reader the changes of an edition or episode that a curator took away; curators see all.

use std::collections::{BTreeSet, HashSet};

use accession_projector::catalog::{ChangeDocument, HistoryModel};
use accession_read_store::ListedEntry;
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;

use crate::answering::Answer;
use crate::asking::{Asked, Cursor, Reader, Segment};
use crate::cache::Standing;
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::{Reads, unavailable};

/// The changes of a title, its editions and its episodes, the newest first.
#[utoipa::path(get, path = "/api/read/titles/{id_or_slug}/history", tag = "catalog",
    params(("id_or_slug" = String, Path, description = "the title's id, or any slug it ever had"), Paging),
    responses((status = 200, body = Page<ChangeDocument>), NotModified, Problems))]
pub(super) async fn history_of_title(
    State(reads): State<Reads>,
    Segment(id_or_slug): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["cursor", "limit"])?;
    let reader = asked.reader();
    let title = match reads.title_itself(&asked, reader, &id_or_slug).await? {
        Ok(title) => title,
        Err(missing) => return Ok(missing),
    };
    let index = HistoryModel::of_title(&title.held.key);
    let answer = page(&reads, &asked, reader, index).await?;
    let answer = answer.at(&title.standing).private(reader.known);
    Ok(answer.respond(&asked))
}

/// The changes of an edition, the newest first.
#[utoipa::path(get, path = "/api/read/editions/{id}/history", tag = "catalog",
    params(("id" = String, Path, description = "the edition's id"), Paging),
    responses((status = 200, body = Page<ChangeDocument>), NotModified, Problems))]
pub(super) async fn history_of_edition(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    of_part(&reads, &id, &asked, Model::Edition, "edition").await
}

/// The changes of an episode and its video sources, the newest first.
#[utoipa::path(get, path = "/api/read/episodes/{id}/history", tag = "catalog",
    params(("id" = String, Path, description = "the episode's id"), Paging),
    responses((status = 200, body = Page<ChangeDocument>), NotModified, Problems))]
pub(super) async fn history_of_episode(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    of_part(&reads, &id, &asked, Model::Episode, "episode").await
}

async fn of_part(
    reads: &Reads,
    id: &str,
    asked: &Asked,
    model: Model,
    what: &str,
) -> Result<Response, Problem> {
    asked.only(&["cursor", "limit"])?;
    let reader = asked.reader();
    let part = match reads.part(asked, reader, model, what, id).await? {
        Ok(part) => part,
        Err(missing) => return Ok(missing),
    };
    let standing = reads.standing(Model::History, asked).await?;
    let list = List {
        index: HistoryModel::of_part(&part.held.key),
        descending: true,
    };
    let question = list.question(standing.model);
    let page = reads.entries_of(asked, &standing, list).await?;
    let first = first_change(reads, &standing, &part.held.key, what).await?;
    let (mut entries, next) = ending_with(first, asked, question, page)?;
    if !reader.curates {
        let hidden = hidden_parts(reads, asked, &entries).await?;
        entries.retain(|entry| part_of(entry).is_none_or(|(_, id)| !hidden.contains(id)));
    }
    let answer = reads.page_of(&standing, &entries, next).await?;
    let answer = answer.at(&part.standing).private(reader.known);
    Ok(answer.respond(asked))
}

/// The entry that the first change of a part would have: it is found by its key alone.
async fn first_change(
    reads: &Reads,
    standing: &Standing,
    id: &str,
    kind: &str,
) -> Result<Option<ListedEntry>, Problem> {
    let key = HistoryModel::first_change(id);
    let found = reads
        .hot()
        .documents(standing, std::slice::from_ref(&key))
        .await;
    let found = found.map_err(|trouble| unavailable(&trouble))?;
    let held = found.into_iter().flatten().next();
    Ok(held.map(|held| ListedEntry {
        sort: HistoryModel::sort(held.position, kind),
        key,
    }))
}

/// A page of the changes of a part, the newest first, with its first change behind the last one of the index.
fn ending_with(
    first: Option<ListedEntry>,
    asked: &Asked,
    question: String,
    (mut entries, next): (Vec<ListedEntry>, Option<Cursor>),
) -> Result<(Vec<ListedEntry>, Option<Cursor>), Problem> {
    let Some(first) = first.filter(|_| next.is_none()) else {
        return Ok((entries, next));
    };
    let cursor = asked.cursor(&question)?;
    let was_told = cursor.is_some_and(|(sort, _)| sort <= first.sort);
    if was_told || entries.last().is_some_and(|last| last.key == first.key) {
        return Ok((entries, None));
    }
    if entries.len() < asked.limit()? {
        entries.push(first);
        return Ok((entries, None));
    }
    let next = entries.last().map(|last| Cursor::behind(question, last));
    Ok((entries, next))
}

async fn page(
    reads: &Reads,
    asked: &Asked,
    reader: Reader,
    index: String,
) -> Result<Answer, Problem> {
    let standing = reads.standing(Model::History, asked).await?;
    let list = List {
        index,
        descending: true,
    };
    if reader.curates {
        return reads.page(asked, &standing, list).await;
    }
    let (mut entries, next) = reads.entries_of(asked, &standing, list).await?;
    let hidden = hidden_parts(reads, asked, &entries).await?;
    entries.retain(|entry| part_of(entry).is_none_or(|(_, id)| !hidden.contains(id)));
    reads.page_of(&standing, &entries, next).await
}

/// The edition or episode that an entry tells of; none for the title itself.
fn part_of(entry: &ListedEntry) -> Option<(Model, &str)> {
    match HistoryModel::subject(&entry.sort, &entry.key)? {
        ("edition", id) => Some((Model::Edition, id)),
        ("episode", id) => Some((Model::Episode, id)),
        _ => None,
    }
}

/// The parts among these that readers do not see now; one that is not there is not seen either.
async fn hidden_parts(
    reads: &Reads,
    asked: &Asked,
    entries: &[ListedEntry],
) -> Result<HashSet<String>, Problem> {
    let mut hidden = HashSet::new();
    for model in [Model::Edition, Model::Episode] {
        let of_model = entries.iter().filter_map(part_of);
        let keys: BTreeSet<&str> = of_model
            .filter(|(its, _)| *its == model)
            .map(|(_, id)| id)
            .collect();
        if keys.is_empty() {
            continue;
        }
        let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
        let standing = reads.standing(model, asked).await?;
        let found = documents(reads, &standing, &keys).await?;
        let gone = keys.into_iter().zip(found).filter(|(_, shown)| !shown);
        hidden.extend(gone.map(|(key, _)| key));
    }
    Ok(hidden)
}

/// Whether each of these documents is there and shown.
async fn documents(
    reads: &Reads,
    standing: &Standing,
    keys: &[String],
) -> Result<Vec<bool>, Problem> {
    let found = reads.hot().documents(standing, keys).await;
    let found = found.map_err(|trouble| unavailable(&trouble))?;
    Ok(found
        .into_iter()
        .map(|held| held.is_some_and(|held| !held.hidden))
        .collect())
}
