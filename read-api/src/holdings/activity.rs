//! What happened to this copy, and what went on in the library: who moved it, when, from where.
//!
//! Never told to patrons and children. Who did it is called what they are called now: whoever is forgotten is named no longer.

// tidy: allow wall because who visits a library is asked as the library's own questions ask it

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use accession_events::holdings::{CopyDetail, CopyState, Standing as StoodAt};
use accession_events::ids::{AccountId, CopyId, LoanId, PlaceId, TitleId};
use accession_events::values::PersonName;
use accession_projector::holdings::{PlacesDocument, StoryDocument, StoryKind};
use accession_projector::library::MemberDocument;
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::asking::{Asked, Segment, excerpt};
use crate::cache::Standing;
use crate::described::{NotModified, Paging, Problems};
use crate::library::called;
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
    /// The positions of what it undoes; empty when it is no undo.
    undoes: Vec<u64>,
    /// The account of who did it.
    #[schema(value_type = Option<Uuid>)]
    by: Option<AccountId>,
    /// What they are called, or were when they left the library; null when they are forgotten.
    #[schema(value_type = Option<String>)]
    by_name: Option<PersonName>,
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
    standings: [Arc<Standing>; 4],
}

async fn told(reads: &Reads, asked: &Asked, visit: &Visit, index: String) -> Result<Told, Problem> {
    let models = [
        Model::CopyStory,
        Model::TitleCard,
        Model::Places,
        Model::Member,
    ];
    let standings = reads.standings(models, asked).await?;
    let [stories, cards, places, members] = &standings;
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
    let joined = Joined {
        titles: reads.titles_of(cards, &found).await?,
        names: reads.actors_of(members, visit, &found).await?,
        tree: reads.one(places, &visit.library.to_string()).await?,
    };
    let items = found.into_iter().map(|story| joined.view(story));
    let page = Page {
        items: items.collect(),
        next_cursor: next.map(|cursor| cursor.text()),
    };
    Ok(Told { page, standings })
}

/// What stories are told with.
struct Joined {
    titles: HashMap<TitleId, String>,
    names: HashMap<AccountId, PersonName>,
    tree: Option<PlacesDocument>,
}

impl Reads {
    /// What the titles of these stories are called.
    async fn titles_of(
        &self,
        cards: &Standing,
        stories: &[StoryDocument],
    ) -> Result<HashMap<TitleId, String>, Problem> {
        let cards = self
            .standing_cards(cards, stories.iter().map(|story| story.title_id))
            .await?;
        Ok(cards
            .into_iter()
            .map(|(id, card)| (id, card.name))
            .collect())
    }

    /// What those are called who did what these stories tell.
    async fn actors_of(
        &self,
        members: &Standing,
        visit: &Visit,
        stories: &[StoryDocument],
    ) -> Result<HashMap<AccountId, PersonName>, Problem> {
        let keys: BTreeSet<String> = stories
            .iter()
            .filter_map(|story| Some(story.by?.to_string()))
            .collect();
        let keys: Vec<String> = keys.into_iter().collect();
        let people: Vec<MemberDocument> = self.all(members, &keys).await?;
        Ok(people
            .iter()
            .filter_map(|member| Some((member.account_id, called(member, visit.library)?)))
            .collect())
    }
}

impl StoodView {
    /// A standing, with what its place is called in this tree.
    pub(super) fn of(standing: StoodAt, tree: Option<&PlacesDocument>) -> Self {
        let place = tree.and_then(|tree| tree.places.get(&standing.place_id));
        Self {
            place_id: standing.place_id,
            slot: standing.slot,
            place: place.map(|place| place.name.to_string()),
        }
    }
}

impl Joined {
    fn view(&self, story: StoryDocument) -> StoryView {
        let stood = |standing| StoodView::of(standing, self.tree.as_ref());
        StoryView {
            copy_id: story.copy_id,
            title_id: story.title_id,
            title: self.titles.get(&story.title_id).cloned(),
            kind: story.kind,
            from: story.from.map(stood),
            to: story.to.map(stood),
            details: story.details,
            former: story.former,
            former_state: story.former_state,
            loan_id: story.loan_id,
            reason: story.reason,
            undoes: story.undoes.iter().map(|at| at.get()).collect(),
            by: story.by,
            by_name: story.by.and_then(|by| self.names.get(&by).cloned()),
            at: story.at,
            position: story.position.get(),
        }
    }
}
