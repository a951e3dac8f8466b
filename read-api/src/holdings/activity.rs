//! What happened to this copy, and what went on in the library: who moved it, when, from where.
//!
//! Never told to patrons and children. Who did it is an account's id, whose name the roster tells.

use std::collections::HashMap;

use accession_events::holdings::{CopyDetail, CopyState, Standing as StoodAt};
use accession_events::ids::{AccountId, CopyId, LoanId, PlaceId, TitleId};
use accession_projector::holdings::{PlacesDocument, StoryDocument, StoryKind};
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::asking::{Asked, Segment, excerpt};
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::Reads;
use crate::visiting::{TwoSegments, Visit, made};

/// Where a copy stood or stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StoodView {
    /// The place.
    #[schema(value_type = Uuid)]
    place_id: PlaceId,
    /// The slot at that moment.
    slot: u32,
    /// What the place is called now; null when it is not there any more.
    place: Option<String>,
}

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StoryView {
    /// To which copy.
    #[schema(value_type = Uuid)]
    copy_id: CopyId,
    /// What it is a copy of.
    #[schema(value_type = Uuid)]
    title_id: TitleId,
    /// What that is called now.
    title: Option<String>,
    /// What happened.
    kind: StoryKind,
    /// Where it stood.
    from: Option<StoodView>,
    /// Where it stands since.
    to: Option<StoodView>,
    /// What is said since.
    #[schema(value_type = Vec<Object>)]
    details: Vec<CopyDetail>,
    /// What was said before of the same.
    #[schema(value_type = Vec<Object>)]
    former: Vec<CopyDetail>,
    /// What it was before: `present`, `lost`, `damaged` or `withdrawn`.
    #[schema(value_type = Option<String>)]
    former_state: Option<CopyState>,
    /// On which loan.
    #[schema(value_type = Option<Uuid>)]
    loan_id: Option<LoanId>,
    /// Why, in the library's words.
    reason: Option<String>,
    /// The account of who did it.
    #[schema(value_type = Option<Uuid>)]
    by: Option<AccountId>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Where it stands in the log.
    position: u64,
}

/// What happened to a copy, the newest first, also after it was removed.
#[utoipa::path(get, path = "/api/read/libraries/{id}/copies/{copy}/history", tag = "holdings", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), ("copy" = String, Path, description = "the copy's id"), Paging),
    responses((status = 200, body = Page<StoryView>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "a child or a patron"), Problems))]
pub(super) async fn copy_history(
    State(reads): State<Reads>,
    TwoSegments(id, copy): TwoSegments,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["cursor", "limit"])?;
    let visit = asked.visit(&id, MemberRole::Viewer)?;
    let standing = reads.standing(Model::CopyStory, &asked).await?;
    let Some(copy_id) = copy.parse::<CopyId>().ok() else {
        let detail = format!("this library has no copy with the id {}", excerpt(&copy));
        return reads.miss(&standing, detail).await;
    };
    let told = told(&reads, &asked, &visit, format!("copy:{copy_id}")).await?;
    if told.page.items.is_empty() && asked.one("cursor").is_none() {
        let detail = format!("this library has no copy with the id {}", excerpt(&copy));
        return reads.miss(&standing, detail).await;
    }
    made(&asked, &told.page, &told.standings)
}

/// What went on with the copies of a library, the newest first.
#[utoipa::path(get, path = "/api/read/libraries/{id}/copies/activity", tag = "holdings", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), Paging),
    responses((status = 200, body = Page<StoryView>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "a child or a patron"), Problems))]
pub(super) async fn copies_activity(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["cursor", "limit"])?;
    let visit = asked.visit(&id, MemberRole::Viewer)?;
    let index = format!("library:{}", visit.library);
    let told = told(&reads, &asked, &visit, index).await?;
    made(&asked, &told.page, &told.standings)
}

struct Told {
    page: Page<StoryView>,
    standings: [std::sync::Arc<crate::cache::Standing>; 3],
}

async fn told(reads: &Reads, asked: &Asked, visit: &Visit, index: String) -> Result<Told, Problem> {
    let models = [Model::CopyStory, Model::TitleCard, Model::Places];
    let standings = reads.standings(models, asked).await?;
    let [stories, cards, places] = &standings;
    let list = List {
        index,
        descending: true,
    };
    let (entries, next) = reads.entries_of(asked, stories, list).await?;
    let keys: Vec<String> = entries.into_iter().map(|entry| entry.key).collect();
    let found: Vec<StoryDocument> = reads.all(stories, &keys).await?;
    let found = found
        .into_iter()
        .filter(|story| story.library_id == visit.library);
    let found: Vec<StoryDocument> = found.collect();
    let titles = reads
        .standing_cards(cards, found.iter().map(|story| story.title_id))
        .await?;
    let titles: HashMap<TitleId, String> = titles
        .into_iter()
        .map(|(id, card)| (id, card.name))
        .collect();
    let tree: Option<PlacesDocument> = reads.one(places, &visit.library.to_string()).await?;
    let items = found
        .into_iter()
        .map(|story| view(story, &titles, tree.as_ref()));
    let page = Page {
        items: items.collect(),
        next_cursor: next.map(|cursor| cursor.text()),
    };
    Ok(Told { page, standings })
}

fn view(
    story: StoryDocument,
    titles: &HashMap<TitleId, String>,
    tree: Option<&PlacesDocument>,
) -> StoryView {
    let stood = |standing: StoodAt| StoodView {
        place_id: standing.place_id,
        slot: standing.slot,
        place: tree
            .and_then(|tree| tree.places.get(&standing.place_id))
            .map(|place| place.name.to_string()),
    };
    StoryView {
        copy_id: story.copy_id,
        title_id: story.title_id,
        title: titles.get(&story.title_id).cloned(),
        kind: story.kind,
        from: story.from.map(stood),
        to: story.to.map(stood),
        details: story.details,
        former: story.former,
        former_state: story.former_state,
        loan_id: story.loan_id,
        reason: story.reason,
        by: story.by,
        at: story.at,
        position: story.position.get(),
    }
}
