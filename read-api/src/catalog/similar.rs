//! Which titles are like this one?
//!
//! Never the title itself, and never one that not everyone may see.

use accession_projector::catalog::{TitleCardDocument, TitlePageDocument};
use accession_search::{EntryKind, Filter, Likeness};
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use bytes::{BufMut as _, BytesMut};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::led_on::LedOn;
use crate::answering::Answer;
use crate::asking::{Asked, Segment};
use crate::browsing::away;
use crate::cache::Held;
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::pages::{put_array, tag};
use crate::reads::{Reads, unavailable};

const MOST: usize = 50;
const USUAL: usize = 10;

/// Titles that are like a title.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SimilarTitles {
    /// Their cards, the likest first.
    items: Vec<TitleCardDocument>,
}

/// Titles like a title: by the same authors, in the same genres, with the same rare words.
#[utoipa::path(get, path = "/api/read/titles/{id_or_slug}/similar", tag = "catalog",
    params(("id_or_slug" = String, Path, description = "the title's id, or any slug it ever had"),
        ("limit" = Option<usize>, Query, minimum = 1, maximum = 50, description = "10 when left out"), AtLeast),
    responses((status = 200, body = SimilarTitles), NotModified, LedOn, Problems))]
pub(super) async fn similar_titles(
    State(reads): State<Reads>,
    Segment(id_or_slug): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["limit"])?;
    let most = asked.number("limit", 1..=MOST, USUAL)?;
    let reader = asked.reader();
    let found = match reads.title(&asked, reader, &id_or_slug).await? {
        Ok(found) => found,
        Err(missing) => return Ok(missing),
    };
    let likeness = likeness(&found.held)?;
    let standing = reads.standing(Model::TitleCard, &asked).await?;
    let (index, reach) = reads.index(&asked).await?;
    let filter = Filter {
        whats: vec![EntryKind::Title],
        ..Filter::default()
    };
    let alike = away(move || index.similar(&likeness, &filter, most)).await?;
    let ids = alike.hits.iter().map(|hit| Uuid::from_u128(hit.id));
    let keys: Vec<String> = ids.map(|id| id.to_string()).collect();
    let held = reads.hot().documents(&standing, &keys).await;
    let held = held.map_err(|trouble| unavailable(&trouble))?;
    let shown: Vec<_> = (held.into_iter().flatten())
        .filter(|held| !held.hidden)
        .collect();
    let mut body = BytesMut::new();
    body.put_slice(b"{\"items\":");
    put_array(&mut body, shown.iter().map(|held| &held.body[..]));
    body.put_slice(b"}");
    let answer = Answer::new(body.freeze(), tag(&standing, &shown, false), &standing)
        .at(&found.standing)
        .not_after(reach.position);
    Ok(answer.private(reader.known).respond(&asked))
}

/// What a page tells that others may have in common with it.
fn likeness(held: &Held) -> Result<Likeness, Problem> {
    let page: TitlePageDocument = serde_json::from_slice(&held.body).map_err(|error| {
        tracing::error!(%error, "a document cannot be read back; rebuild its read model");
        Problem::internal()
    })?;
    let names = page.alternative_names.iter().chain(&page.original_name);
    let names = names.map(|name| name.as_str().to_owned());
    Ok(Likeness {
        id: page.id.as_uuid().as_u128(),
        texts: std::iter::once(page.name).chain(names).collect(),
        about: page.description.map(|text| text.as_str().to_owned()),
        genres: page
            .genres
            .iter()
            .map(|genre| genre.as_str().to_owned())
            .collect(),
        people: page
            .authors
            .iter()
            .map(|author| author.as_str().to_owned())
            .collect(),
    })
}
