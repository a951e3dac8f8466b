//! Which copies of this title does the library have, which is to be had, and how many wait?
//!
//! Never who has them or waits, but for those who may know; see `view`.

use std::collections::HashMap;
use std::sync::Arc;

use accession_events::ids::{CopyId, EditionId, PlaceId, TitleId};
use accession_events::values::Barcode;
use accession_projector::circulation::AvailabilityDocument;
use accession_projector::holdings::{CopyDocument, PlacesDocument};
use accession_read_store::IndexRange;
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{self, AvailabilityView, Seen, Status};
use crate::asking::{Asked, LONGEST_PAGE, excerpt};
use crate::cache::Standing;
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;
use crate::visiting::{TwoSegments, Visit, made};

/// As views of this question are written down.
const ROUTE: &str = "/api/read/libraries/{id}/titles/{title}/availability";

/// A copy of a title, where it stands, and whether it can be had.
#[derive(Debug, Serialize, ToSchema)]
struct CopyOfTitle {
    /// The number on it.
    #[schema(value_type = Option<String>)]
    barcode: Option<Barcode>,
    /// Which edition it is of; null when that is not known.
    #[schema(value_type = Option<Uuid>)]
    edition_id: Option<EditionId>,
    /// Where it stands when it is in: names from the widest place on; empty when nowhere.
    place: Vec<String>,
    /// Whether it can be had.
    #[serde(flatten)]
    availability: AvailabilityView,
}

/// The copies of a title in a library.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::circulation) struct TitleAvailabilityView {
    /// The title's id.
    #[schema(value_type = Uuid)]
    title_id: TitleId,
    /// How many copies there are in the list.
    copies: usize,
    /// How many of them are to be had now.
    available: usize,
    /// How many wait for one of them.
    waiting: usize,
    /// When the first of those that are out is due; null when none is out.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_due_at: Option<Timestamp>,
    /// Whether the library has more copies than are listed here.
    more: bool,
    /// The copies: those that are to be had first, then those that are due soonest; 200 at most.
    items: Vec<CopyOfTitle>,
}

/// The copies of a title that a library has: which is to be had, when the others are due, how many wait, and your own place in
/// the queues. 404 when it has none.
#[utoipa::path(get, path = "/api/read/libraries/{id}/titles/{title}/availability", tag = "circulation", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), ("title" = String, Path, description = "the title's id"), AtLeast),
    responses((status = 200, body = TitleAvailabilityView), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(in crate::circulation) async fn title_availability(
    State(reads): State<Reads>,
    TwoSegments(id, title): TwoSegments,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let visit = asked.visit(&id, MemberRole::Patron)?;
    let models = [Model::Copy, Model::Availability, Model::Places];
    let standings = reads.standings(models, &asked).await?;
    let [copies, lendings, places] = &standings;
    let missing = format!(
        "this library has no copy of a title with the id {}",
        excerpt(&title)
    );
    let Some(title_id) = title.parse::<TitleId>().ok() else {
        return reads.miss(copies, missing).await;
    };
    let (found, more) = reads.copies_of(copies, &visit, title_id).await?;
    if found.is_empty() {
        return reads.miss(copies, missing).await;
    }
    let keys: Vec<String> = found.iter().map(|copy| copy.id.to_string()).collect();
    let lent: Vec<AvailabilityDocument> = reads.all(lendings, &keys).await?;
    let lent: HashMap<CopyId, AvailabilityDocument> =
        lent.into_iter().map(|copy| (copy.copy_id, copy)).collect();
    let seen: Vec<Seen<'_>> = found
        .iter()
        .map(|copy| Seen {
            copy,
            lending: lent.get(&copy.id),
        })
        .collect();
    let told = view::told(&reads, &asked, &visit, ROUTE, &seen).await?;
    let tree: Option<PlacesDocument> = reads.one(places, &visit.library.to_string()).await?;
    let items = items(&found, told.views, tree.as_ref());
    let view = summed_up(title_id, items, more);
    let standings: Vec<Arc<Standing>> = standings.into_iter().chain(told.standings).collect();
    made(&asked, &view, &standings)
}

impl Reads {
    /// The copies of a title that a library lists, the oldest first, and whether there are more of them.
    async fn copies_of(
        &self,
        standing: &Standing,
        visit: &Visit,
        title: TitleId,
    ) -> Result<(Vec<CopyDocument>, bool), Problem> {
        let range = IndexRange {
            index: format!("library:{}:title:{title}", visit.library),
            prefix: String::new(),
            after: None,
            descending: false,
            skip: 0,
            limit: LONGEST_PAGE + 1,
        };
        let mut entries = self.entries(standing, &range).await?;
        let more = entries.len() > LONGEST_PAGE;
        entries.truncate(LONGEST_PAGE);
        let keys: Vec<String> = entries.into_iter().map(|entry| entry.key).collect();
        Ok((self.all(standing, &keys).await?, more))
    }
}

fn items(
    copies: &[CopyDocument],
    views: Vec<AvailabilityView>,
    tree: Option<&PlacesDocument>,
) -> Vec<CopyOfTitle> {
    let mut items: Vec<CopyOfTitle> = copies
        .iter()
        .zip(views)
        .map(|(copy, availability)| CopyOfTitle {
            barcode: copy.barcode.clone(),
            edition_id: copy.edition_id,
            place: path(tree, copy.place_id),
            availability,
        })
        .collect();
    items.sort_by_key(|item| rank(&item.availability));
    items
}

fn path(tree: Option<&PlacesDocument>, place: Option<PlaceId>) -> Vec<String> {
    let path = tree.zip(place).map(|(tree, place)| tree.path(place));
    let places = path.unwrap_or_default();
    places.iter().map(|place| place.name.to_string()).collect()
}

/// What is to be had first comes first.
fn rank(view: &AvailabilityView) -> (u8, Option<Timestamp>, usize) {
    let status = match view.status {
        Status::Available => 0,
        Status::Kept => 1,
        Status::OnLoan => 2,
        Status::NotForLending => 3,
    };
    (status, view.due_at, view.waiting)
}

fn summed_up(title_id: TitleId, items: Vec<CopyOfTitle>, more: bool) -> TitleAvailabilityView {
    let views = || items.iter().map(|item| &item.availability);
    TitleAvailabilityView {
        title_id,
        copies: items.len(),
        available: views()
            .filter(|view| view.status == Status::Available)
            .count(),
        waiting: views().map(|view| view.waiting).sum(),
        next_due_at: views().filter_map(|view| view.due_at).min(),
        more,
        items,
    }
}
