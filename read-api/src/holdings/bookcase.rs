//! What does this bookcase look like? A place with every place in it, and on each the spines in order.
//!
//! Never more than a bounded number of spines: a room of a large library is asked for by its bookcases.

use std::collections::HashMap;

use accession_events::holdings::CopyState;
use accession_events::ids::{CopyId, PlaceId};
use accession_events::values::PersonName;
use accession_projector::holdings::{CopyDocument, PlaceView, ShelfDocument};
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::joined::Sources;
use crate::asking::{Asked, excerpt};
use crate::described::{AtLeast, NotModified, Problems};
use crate::reads::Reads;
use crate::visiting::{TwoSegments, made};

/// The most spines that one map shows.
const MOST_SPINES: usize = 2_000;

/// The spine of a copy.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Spine {
    /// The copy.
    #[schema(value_type = Uuid)]
    copy_id: CopyId,
    /// What is written on it; null when the catalogue has not been told to readers yet.
    title: Option<String>,
    /// The first author.
    #[schema(value_type = Option<String>)]
    author: Option<PersonName>,
    /// `present`, `lost`, `damaged` or `withdrawn`.
    #[schema(value_type = String)]
    state: CopyState,
    /// Whether it is out, and its slot empty.
    lent: bool,
}

/// A place of the map.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MappedPlace {
    #[serde(flatten)]
    place: PlaceView,
    /// The copies right at it: the first is in slot 1.
    spines: Vec<Spine>,
}

/// A place with everything in it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BookcaseMap {
    /// The place, then every place in it, each after the one it is in.
    places: Vec<MappedPlace>,
}

/// A bookcase, or any other place, with its spines.
#[utoipa::path(get, path = "/api/read/libraries/{id}/bookcases/{place}", tag = "holdings", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), ("place" = String, Path, description = "the place's id"), AtLeast),
    responses((status = 200, body = BookcaseMap), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "suspended"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "more than 2,000 copies stand there"),
        Problems))]
pub(super) async fn bookcase(
    State(reads): State<Reads>,
    TwoSegments(id, place): TwoSegments,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let visit = asked.visit(&id, MemberRole::Patron)?;
    let sources = Sources::of(&reads, &asked).await?;
    let tree = sources.tree(&reads, &visit).await?;
    let wanted: Option<PlaceId> = place.parse().ok();
    let found = tree
        .as_ref()
        .zip(wanted)
        .map(|(tree, place)| tree.with_all_in_it(place))
        .filter(|places| !places.is_empty());
    let (Some(places), Some(mut tree)) = (found, tree) else {
        let detail = format!("this library has no place with the id {}", excerpt(&place));
        return reads.miss(&sources.places, detail).await;
    };
    let keys: Vec<String> = places.iter().map(ToString::to_string).collect();
    let shelves: Vec<ShelfDocument> = reads.all(&sources.shelves, &keys).await?;
    let mut shelves: HashMap<PlaceId, Vec<CopyId>> = shelves
        .into_iter()
        .map(|shelf| (shelf.place_id, shelf.copies))
        .collect();
    let copies: Vec<String> = shelves
        .values()
        .flatten()
        .map(ToString::to_string)
        .collect();
    if copies.len() > MOST_SPINES {
        return Err(too_many(copies.len()));
    }
    let mut spines = spines(&reads, &sources, &copies).await?;
    let mapped = places.into_iter().filter_map(|id| {
        let order = shelves.remove(&id).unwrap_or_default();
        Some(MappedPlace {
            place: tree.places.remove(&id)?,
            spines: order
                .iter()
                .filter_map(|copy| spines.remove(copy))
                .collect(),
        })
    });
    let map = BookcaseMap {
        places: mapped.collect(),
    };
    made(&asked, &map, &sources.all())
}

async fn spines(
    reads: &Reads,
    sources: &Sources,
    keys: &[String],
) -> Result<HashMap<CopyId, Spine>, Problem> {
    let copies: Vec<CopyDocument> = reads.all(&sources.copies, keys).await?;
    let titles = sources.titles(reads, &copies).await?;
    let spines = copies.into_iter().map(|copy| {
        let card = titles.get(&copy.title_id);
        let spine = Spine {
            copy_id: copy.id,
            title: card.map(|card| card.name.clone()),
            author: card.and_then(|card| card.authors.first().cloned()),
            state: copy.state,
            lent: copy.loan_id.is_some(),
        };
        (copy.id, spine)
    });
    Ok(spines.collect())
}

fn too_many(copies: usize) -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "too_many_copies_there",
        format!(
            "{copies} copies stand there, and a map shows {MOST_SPINES} at most: ask for a place in it"
        ),
    )
}
