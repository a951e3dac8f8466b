//! What did this stock-taking find?
//!
//! Never told of another library's: there it is one that there is not.

use std::collections::HashMap;
use std::sync::Arc;

use accession_events::holdings::{Finding, Surprise};
use accession_events::ids::{CopyId, PlaceId, ScanId};
use accession_events::values::{Barcode, ShortText};
use accession_projector::holdings::{
    CopyDocument, PlacesDocument, StocktakingDocument, StoryDocument,
};
use accession_read_store::{IndexRange, ListedEntry};
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::findings::{Found, Sort, found};
use super::{PlaceOnTheWay, StocktakingView};
use crate::asking::{Asked, Cursor, excerpt};
use crate::cache::Standing;
use crate::described::{NotModified, Paging, Problems};
use crate::holdings::joined::{CopyView, Sources};
use crate::models::Model;
use crate::reads::Reads;
use crate::visiting::{TwoSegments, Visit, made};

/// What is asked of a stock-taking.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub(super) struct Findings {
    /// `missing`, `misplaced`, `unexpected` or `present`; several with commas; all when it is left out.
    finding: Option<String>,
}

/// One thing that was found, or was not.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FindingView {
    /// `missing`, `misplaced`, `unexpected` or `present`.
    finding: &'static str,
    /// Why it was unexpected: `unknown`, `lent`, `removed`, `lost`, `withdrawn` or `twice`.
    #[schema(value_type = Option<String>)]
    because: Option<Surprise>,
    /// The scan; null of what was missing.
    #[schema(value_type = Option<Uuid>)]
    scan_id: Option<ScanId>,
    /// What was read.
    #[schema(value_type = Option<String>)]
    code: Option<ShortText>,
    /// When it was scanned, by the scanner's clock.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// Where it was scanned.
    scanned_at: Option<PlaceOnTheWay>,
    /// Where it ought to stand, as it was known then; null for nowhere.
    belongs_at: Option<PlaceOnTheWay>,
    /// The copy, when one is known. An unknown barcode leads to the removed copy that last had it.
    #[schema(value_type = Option<Uuid>)]
    copy_id: Option<CopyId>,
    /// The copy as it is now, with its title; null when it is not listed.
    copy: Option<CopyView>,
    /// Of a misplaced copy: whether it stands by now where it was found.
    settled: Option<bool>,
}

/// A stock-taking with what it found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StocktakingReport {
    #[serde(flatten)]
    stocktaking: StocktakingView,
    /// What was found: what is missing first, then what is misplaced, unexpected, present.
    items: Vec<FindingView>,
    /// Send it as `cursor` for the next page; null on the last one.
    next_cursor: Option<String>,
}

/// A stock-taking with what it found, page by page. While it goes on, `missing` are those that are not scanned yet.
#[utoipa::path(get, path = "/api/read/libraries/{id}/stocktakings/{stocktaking}", tag = "holdings", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), ("stocktaking" = String, Path, description = "the stock-taking's id"),
        Findings, Paging),
    responses((status = 200, body = StocktakingReport), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "neither an editor nor an admin"),
        Problems))]
pub(in crate::holdings) async fn stocktaking(
    State(reads): State<Reads>,
    TwoSegments(id, stocktaking): TwoSegments,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only_or_many(&["cursor", "limit"], &["finding"])?;
    let visit = asked.visit(&id, MemberRole::Editor)?;
    let wanted = Sort::asked(&asked)?;
    let [takings, stories] = reads
        .standings([Model::Stocktaking, Model::CopyStory], &asked)
        .await?;
    let document: Option<StocktakingDocument> = reads.one(&takings, &stocktaking).await?;
    let document = document
        .filter(|known| known.library_id == visit.library && known.id.to_string() == stocktaking);
    let Some(document) = document else {
        let detail = format!(
            "this library has no stock-taking with the id {}",
            excerpt(&stocktaking)
        );
        return reads.miss(&takings, detail).await;
    };
    let sources = Sources::of(&reads, &asked).await?;
    let all = found(&reads, &sources, &document, &wanted).await?;
    let kinds: Vec<&str> = wanted.iter().map(|sort| sort.as_str()).collect();
    let question = format!("stocktaking:{stocktaking}:{}", kinds.join(","));
    let (page, next_cursor) = page(&asked, question, all)?;
    let writing = Writing {
        reads: &reads,
        sources: &sources,
        stories: &stories,
        tree: sources.tree(&reads, &visit).await?,
        visit: &visit,
    };
    let report = StocktakingReport {
        stocktaking: StocktakingView::of(&document, writing.tree.as_ref()),
        items: writing.views(&page).await?,
        next_cursor,
    };
    let mut standings = vec![takings, Arc::clone(&stories)];
    standings.extend(sources.all());
    made(&asked, &report, &standings)
}

/// The findings of the page that was asked for. Their number in the whole is their place, so that a page goes on where the one
/// before ended as long as nothing before it changes.
fn page<'a>(
    asked: &Asked,
    question: String,
    all: Vec<Found<'a>>,
) -> Result<(Vec<Found<'a>>, Option<String>), Problem> {
    let limit = asked.limit()?;
    let after = asked.cursor(&question)?;
    let skip = after.and_then(|(sort, _)| sort.parse::<usize>().ok());
    let skip = skip.unwrap_or_default();
    let more = all.len() > skip.saturating_add(limit);
    let page: Vec<Found<'a>> = all.into_iter().skip(skip).take(limit).collect();
    let last = ListedEntry {
        sort: (skip + page.len()).to_string(),
        key: String::new(),
    };
    let next = more.then(|| Cursor::behind(question, &last).text());
    Ok((page, next))
}

/// What findings are joined from.
struct Writing<'a> {
    reads: &'a Reads,
    sources: &'a Sources,
    stories: &'a Standing,
    tree: Option<PlacesDocument>,
    visit: &'a Visit,
}

impl Writing<'_> {
    async fn views(&self, found: &[Found<'_>]) -> Result<Vec<FindingView>, Problem> {
        let mut copies: Vec<Option<CopyId>> = Vec::new();
        for found in found {
            copies.push(match found.copy() {
                Some(copy) => Some(copy),
                None => self.removed(found).await?,
            });
        }
        let keys: Vec<String> = copies.iter().flatten().map(ToString::to_string).collect();
        let mut known: Vec<CopyDocument> = self.reads.all(&self.sources.copies, &keys).await?;
        known.retain(|copy| copy.library_id == self.visit.library);
        let shown = self
            .sources
            .shown(self.reads, self.visit, self.tree.as_ref(), known)
            .await?;
        let shown: HashMap<CopyId, CopyView> =
            shown.into_iter().map(|copy| (copy.id, copy)).collect();
        let views = found.iter().zip(copies).map(|(found, copy_id)| {
            let copy = copy_id.and_then(|copy| shown.get(&copy).cloned());
            self.view(found, copy_id, copy)
        });
        Ok(views.collect())
    }

    /// The removed copy that last had the barcode which nobody knows.
    async fn removed(&self, found: &Found<'_>) -> Result<Option<CopyId>, Problem> {
        let Found::Scanned(noted) = found else {
            return Ok(None);
        };
        let Ok(barcode) = Barcode::parse(noted.scan.code.as_str()) else {
            return Ok(None);
        };
        let range = IndexRange {
            index: format!("library:{}:removed", self.visit.library),
            prefix: format!("{barcode}/"),
            after: None,
            descending: true,
            skip: 0,
            limit: 1,
        };
        let entries = self.reads.entries(self.stories, &range).await?;
        let Some(entry) = entries.first() else {
            return Ok(None);
        };
        let story: Option<StoryDocument> = self.reads.one(self.stories, &entry.key).await?;
        Ok(story.map(|story| story.copy_id))
    }

    fn view(
        &self,
        found: &Found<'_>,
        copy_id: Option<CopyId>,
        copy: Option<CopyView>,
    ) -> FindingView {
        let tree = self.tree.as_ref();
        let way = |place: PlaceId| PlaceOnTheWay::of(place, tree);
        let finding = found.sort().as_str();
        match found {
            Found::Missing(_, belongs_at) => FindingView {
                finding,
                because: None,
                scan_id: None,
                code: None,
                at: None,
                scanned_at: None,
                belongs_at: belongs_at.map(way),
                copy_id,
                copy,
                settled: None,
            },
            Found::Scanned(noted) => FindingView {
                finding,
                because: match noted.scan.found {
                    Finding::Unexpected { because, .. } => Some(because),
                    _ => None,
                },
                scan_id: Some(noted.scan.scan_id),
                code: Some(noted.scan.code.clone()),
                at: Some(noted.scan.at),
                scanned_at: Some(way(noted.place_id)),
                belongs_at: noted.scan.found.belongs_at().map(way),
                settled: match noted.scan.found {
                    Finding::Misplaced { .. } => {
                        Some(self.stands_at(copy.as_ref(), noted.place_id))
                    }
                    _ => None,
                },
                copy_id,
                copy,
            },
        }
    }

    fn stands_at(&self, copy: Option<&CopyView>, place: PlaceId) -> bool {
        let at = copy.and_then(|copy| Some(copy.location.as_ref()?.place_id));
        let around = self.tree.as_ref().map(|tree| tree.with_all_in_it(place));
        at.is_some_and(|at| around.is_some_and(|around| around.contains(&at)))
    }
}
