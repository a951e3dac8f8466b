//! Which stock-takings were there, and what did each find?
//!
//! For editors and admins. What a scan was found to be is told as it was then; titles and where copies stand now are joined.

mod findings;
pub(super) mod report;

use accession_events::ids::{AccountId, PlaceId, StocktakingId};
use accession_projector::holdings::{
    PlacesDocument, StocktakingCounts, StocktakingDocument, StocktakingStage,
};
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::asking::{Asked, Segment};
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::Reads;
use crate::visiting::made;

/// A place, and the way to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct PlaceOnTheWay {
    /// The place.
    #[schema(value_type = Uuid)]
    place_id: PlaceId,
    /// What the places on the way to it are called, the outermost first; empty when it is not there any more.
    path: Vec<String>,
}

impl PlaceOnTheWay {
    fn of(place_id: PlaceId, tree: Option<&PlacesDocument>) -> Self {
        let path = tree.map(|tree| tree.path(place_id)).unwrap_or_default();
        Self {
            place_id,
            path: path.iter().map(|place| place.name.to_string()).collect(),
        }
    }
}

/// A stock-taking as lists show it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StocktakingView {
    /// Its id.
    #[schema(value_type = Uuid)]
    id: StocktakingId,
    /// Over which place, with every place in it.
    place: PlaceOnTheWay,
    /// `open`, `closed` or `abandoned`.
    #[schema(value_type = String)]
    stage: StocktakingStage,
    /// How many there are of each.
    #[serde(flatten)]
    counts: StocktakingCounts,
    /// How many were missing in the end; null while it goes on, or when it was given up.
    missing: Option<usize>,
    /// The account of who began it.
    #[schema(value_type = Option<Uuid>)]
    opened_by: Option<AccountId>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// When it was over.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// Its version, for `If-Match`.
    version: u64,
}

impl StocktakingView {
    fn of(document: &StocktakingDocument, tree: Option<&PlacesDocument>) -> Self {
        Self {
            id: document.id,
            place: PlaceOnTheWay::of(document.place_id, tree),
            stage: document.stage,
            counts: document.counts,
            missing: document.missing_in_all,
            opened_by: document.opened_by,
            opened_at: document.opened_at,
            ended_at: document.ended_at,
            version: document.version,
        }
    }
}

/// The stock-takings of a library, the newest first.
#[utoipa::path(get, path = "/api/read/libraries/{id}/stocktakings", tag = "holdings", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), Paging),
    responses((status = 200, body = Page<StocktakingView>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "neither an editor nor an admin"),
        Problems))]
pub(super) async fn stocktakings(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["cursor", "limit"])?;
    let visit = asked.visit(&id, MemberRole::Editor)?;
    let models = [Model::Stocktaking, Model::Places];
    let standings = reads.standings(models, &asked).await?;
    let [stocktakings, places] = &standings;
    let list = List {
        index: format!("library:{}", visit.library),
        descending: true,
    };
    let (entries, next) = reads.entries_of(&asked, stocktakings, list).await?;
    let keys: Vec<String> = entries.into_iter().map(|entry| entry.key).collect();
    let found: Vec<StocktakingDocument> = reads.all(stocktakings, &keys).await?;
    let tree: Option<PlacesDocument> = reads.one(places, &visit.library.to_string()).await?;
    let items = found.iter();
    let page = Page {
        items: items
            .map(|found| StocktakingView::of(found, tree.as_ref()))
            .collect(),
        next_cursor: next.map(|cursor| cursor.text()),
    };
    made(&asked, &page, &standings)
}
