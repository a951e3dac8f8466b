//! Where does what stand in this library? Its places as a tree, each with how many copies stand there.
//!
//! Counts are kept by the tally; adding them up along the tree is all that is done here.

use std::collections::BTreeMap;

use accession_events::ids::PlaceId;
use accession_projector::holdings::{PlaceView, PlacesDocument, TallyDocument};
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::asking::{Asked, Segment};
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;
use crate::visiting::made;

/// A place with how many copies stand there.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlaceWithCounts {
    #[serde(flatten)]
    place: PlaceView,
    /// Copies that stand right at it.
    copies: u64,
    /// Copies that stand at it or at a place in it.
    copies_in_all: u64,
}

/// The places of a library.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct PlacesView {
    /// Version of all places together, for `If-Match`; 0 while there are none.
    version: u64,
    /// Those that are in no other, in order.
    #[schema(value_type = Vec<Uuid>)]
    outermost: Vec<PlaceId>,
    /// All of them, each after the one it is in, in order.
    places: Vec<PlaceWithCounts>,
    /// Listed copies that stand nowhere.
    unshelved: u64,
}

/// The places of a library, as one tree: follow `outermost` and `inner`.
#[utoipa::path(get, path = "/api/read/libraries/{id}/places", tag = "holdings", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), AtLeast),
    responses((status = 200, body = PlacesView), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "suspended"), Problems))]
pub(super) async fn places(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let visit = asked.visit(&id, MemberRole::Patron)?;
    let key = visit.library.to_string();
    let models = [Model::Places, Model::HoldingsTally];
    let standings = reads.standings(models, &asked).await?;
    let [places, tallies] = &standings;
    let tree: Option<PlacesDocument> = reads.one(places, &key).await?;
    let tally: Option<TallyDocument> = reads.one(tallies, &key).await?;
    let tally = tally.unwrap_or_default();
    let view = match tree {
        Some(tree) => PlacesView::of(tree, &tally),
        None => PlacesView {
            unshelved: tally.copies,
            ..PlacesView::default()
        },
    };
    made(&asked, &view, &standings)
}

impl PlacesView {
    fn of(tree: PlacesDocument, tally: &TallyDocument) -> Self {
        let order: Vec<PlaceId> = tree
            .outermost
            .iter()
            .flat_map(|place| tree.with_all_in_it(*place))
            .collect();
        let right_there = |place: &PlaceId| tally.by_place.get(place).copied().unwrap_or_default();
        let mut in_all: BTreeMap<PlaceId, u64> = BTreeMap::new();
        // From the innermost outwards: a place is counted before what it is in.
        for id in order.iter().rev() {
            let inner = tree.places.get(id).map_or(&[][..], |place| &place.inner);
            let inside: u64 = inner.iter().filter_map(|inner| in_all.get(inner)).sum();
            in_all.insert(*id, inside + right_there(id));
        }
        let shelved: u64 = tally.by_place.values().sum();
        let mut all = tree.places;
        let places = order.into_iter().filter_map(|id| {
            Some(PlaceWithCounts {
                place: all.remove(&id)?,
                copies: right_there(&id),
                copies_in_all: in_all.get(&id).copied().unwrap_or_default(),
            })
        });
        Self {
            version: tree.version,
            outermost: tree.outermost,
            places: places.collect(),
            unshelved: tally.copies.saturating_sub(shelved),
        }
    }
}
