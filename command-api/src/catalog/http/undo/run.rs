//! `POST /api/v1/admin/import-runs/{id}/undo`: takes back what an import run brought in, change by change, the latest first.
//!
//! Never takes back what somebody has built upon since: that is told and left. A page at a time, so that a request is
//! bounded; a page that is asked for again takes nothing back twice.

mod changes;
mod place;

use std::num::NonZeroU64;

use accession_event_log::{EventFilter, Given, Repository, Search};
use accession_events::Position;
use accession_events::values::ShortText;
use accession_service::problem::Problem;
use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalog::edition::Edition;
use crate::catalog::episode::Episode;
use crate::catalog::http::refusals::unreadable;
use crate::catalog::reading::Unreadable;
use crate::catalog::title::Title;
use crate::ended_runs::{EndedRun, EndedRuns};
use crate::http::body::Body;
use crate::http::call::{AdminCall, Call};
use crate::http::describe::CommandProblems;
use crate::http::failure::from_log;
use changes::Found;

/// Most positions of the log that one request looks at.
const WINDOW: u64 = 5_000;
/// Events that are read at a time.
const PAGE: usize = 1000;

/// Why a run is undone, and where to go on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::catalog::http) struct UndoRunRequest {
    /// In your words, at most 200 characters; it stands beside each undo in the history.
    reason: String,
    /// `next_cursor` of the answer before; the end of the log when it is left out.
    #[serde(default)]
    cursor: Option<String>,
    /// Positions of the log that the request looks at, at most 5,000: as many when it is left out.
    #[serde(default)]
    #[schema(value_type = Option<u64>, minimum = 1, maximum = 5000)]
    limit: Option<NonZeroU64>,
}

/// What a page of an undo came to.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(in crate::catalog::http) struct UndoneRun {
    /// How many changes this request has taken back.
    undone: u64,
    /// How many had been taken back before, or had changed nothing.
    settled: u64,
    /// The changes that stay as they are.
    kept: Vec<KeptChange>,
    /// Send it as `cursor` to go on; null when the whole run has been looked at, which marks it as undone.
    next_cursor: Option<String>,
}

/// A change of the run that was not taken back.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::catalog::http) struct KeptChange {
    /// Where it stands in the log.
    position: u64,
    /// What it changed.
    #[schema(example = "title 0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c")]
    of: String,
    /// Why it stays.
    #[schema(example = "undo_conflict")]
    code: &'static str,
    /// The same in words: what depends on it, by whom.
    detail: String,
}

/// Take back what an ended import run has brought in, the latest first, a page at a time.
#[utoipa::path(post, path = "/api/v1/admin/import-runs/{id}/undo", tag = "import", params(("id" = String, Path)),
    request_body = UndoRunRequest,
    responses((status = 200, description = "So far it is taken back.", body = UndoneRun), CommandProblems))]
pub(in crate::catalog::http) async fn undo_import_run(
    AdminCall(call): AdminCall,
    Path(id): Path<String>,
    State(runs): State<EndedRuns>,
    State(titles): State<Repository<Title>>,
    State(editions): State<Repository<Edition>>,
    State(episodes): State<Repository<Episode>>,
    Body { value, .. }: Body<UndoRunRequest>,
) -> Result<Json<UndoneRun>, Problem> {
    let reason = ShortText::parse(&value.reason)
        .map_err(|error| unreadable(vec![Unreadable::from(error).of("reason")]))?;
    let run = runs.find(&id).await?;
    let undoing = Undoing {
        call,
        reason,
        titles,
        editions,
        episodes,
    };
    let cursor = value.cursor.as_deref();
    let before = cursor
        .map(|cursor| place::of(cursor, &run.id))
        .transpose()?;
    let limit = value.limit.map_or(WINDOW, NonZeroU64::get).min(WINDOW);
    let page = undoing.page(&run, before, limit).await?;
    if page.next_cursor.is_none() {
        let reason = undoing.reason.to_string();
        runs.mark_undone(&run, &undoing.given(), reason).await?;
    }
    Ok(Json(page))
}

/// What one request works with.
struct Undoing {
    call: Call,
    reason: ShortText,
    titles: Repository<Title>,
    editions: Repository<Edition>,
    episodes: Repository<Episode>,
}

impl Undoing {
    /// Undoes what the run changed in the last window before a position.
    async fn page(
        &self,
        run: &EndedRun,
        before: Option<Position>,
        limit: u64,
    ) -> Result<UndoneRun, Problem> {
        let store = self.titles.log().store();
        let head = store.head().await.map_err(|error| from_log(&error))?;
        let last = before.map_or(head, |before| Position::new(before.get().saturating_sub(1)));
        let last = last.min(head);
        let after = Position::new(last.get().saturating_sub(limit)).max(run.opened);
        let filter = EventFilter {
            import_run: Some(run.id.clone()),
            ..EventFilter::default()
        };
        let mut found = Found::default();
        let mut search = Search::new(&**store, filter, after, last);
        loop {
            let events = search.next(PAGE).await.map_err(|error| from_log(&error))?;
            if events.is_empty() {
                break;
            }
            for event in &events {
                found.note(event);
            }
        }
        let mut page = UndoneRun {
            next_cursor: (after > run.opened).then(|| place::cursor(after.next(), &run.id)),
            ..UndoneRun::default()
        };
        self.undo(found, after, &mut page).await?;
        page.kept
            .sort_by_key(|kept| std::cmp::Reverse(kept.position));
        Ok(page)
    }

    fn given(&self) -> Given {
        let mut metadata = self.call.metadata();
        metadata.reason = Some(self.reason.to_string());
        Given {
            metadata,
            ..Given::default()
        }
    }
}
