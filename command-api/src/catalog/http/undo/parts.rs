//! What stands under a title: editions and episodes, found in the log by the events that brought them.
//!
//! Looks only at events after the title's own first one, so it is quick for what was added lately and by mistake.

use std::collections::{BTreeMap, BTreeSet};

use accession_event_log::{EventFilter, Repository, Search};
use accession_events::ids::TitleId;
use accession_events::{Position, RecordedEvent};
use accession_service::problem::Problem;

use crate::catalog::edition::Edition;
use crate::catalog::episode::Episode;
use crate::catalog::http::refusals::undo_refused;
use crate::catalog::undo::{LaterChange, UndoError};
use crate::http::failure::{from_log, from_repository};

/// The events by which a part comes to a title.
const COMING: [&str; 4] = [
    "EditionAdded",
    "EditionMoved",
    "EpisodeAdded",
    "EpisodeAttached",
];
/// How many parts a refusal names.
const NAMED: usize = 20;
/// Events that are read at a time.
const PAGE: usize = 1000;

/// What may stand under a title.
pub(in crate::catalog::http) struct Parts {
    /// The title.
    pub(in crate::catalog::http) title: TitleId,
    /// Editions by id.
    pub(in crate::catalog::http) editions: Repository<Edition>,
    /// Episodes by id.
    pub(in crate::catalog::http) episodes: Repository<Episode>,
}

impl Parts {
    /// Refuses when anything stands under the title that was added at this position.
    pub(super) async fn refuse(&self, added: Position) -> Result<(), Problem> {
        let store = self.editions.log().store();
        let head = store.head().await.map_err(|error| from_log(&error))?;
        let filter = EventFilter {
            event_types: COMING.map(str::to_owned).to_vec(),
            mentions: Some(self.title.to_string()),
            ..EventFilter::default()
        };
        let mut search = Search::new(&**store, filter, added, head);
        let mut standing = Vec::new();
        while standing.len() < NAMED {
            let page = search.next(NAMED).await.map_err(|error| from_log(&error))?;
            if page.is_empty() {
                break;
            }
            for event in page {
                if self.stands(&event).await? {
                    standing.push(came(&event));
                }
            }
        }
        if standing.is_empty() {
            return Ok(());
        }
        Err(undo_refused(&UndoError::Depends(standing)))
    }

    /// Whether what came by this event still stands under the title.
    async fn stands(&self, event: &RecordedEvent) -> Result<bool, Problem> {
        let id = &event.stream.aggregate_id;
        if event.event_type.starts_with("Edition") {
            let edition = self.editions.load(id).await;
            let edition = edition.map_err(|error| from_repository(&error))?.state;
            return Ok(edition
                .known()
                .is_ok_and(|edition| edition.title_id == self.title && !edition.withdrawn));
        }
        let episode = self.episodes.load(id).await;
        let episode = episode.map_err(|error| from_repository(&error))?.state;
        Ok(episode
            .known()
            .is_ok_and(|episode| episode.title_id == Some(self.title)))
    }
}

/// What stands under titles, by the id of the title.
pub(super) type Standing = BTreeMap<String, Vec<LaterChange>>;

/// What stands under these titles of all that came after a position: one walk along the log for all of them.
pub(super) async fn standing_under(
    titles: &BTreeMap<String, BTreeSet<Position>>,
    after: Position,
    editions: &Repository<Edition>,
    episodes: &Repository<Episode>,
) -> Result<Standing, Problem> {
    let mut standing = Standing::new();
    if titles.is_empty() {
        return Ok(standing);
    }
    let store = editions.log().store();
    let head = store.head().await.map_err(|error| from_log(&error))?;
    let filter = EventFilter {
        event_types: COMING.map(str::to_owned).to_vec(),
        ..EventFilter::default()
    };
    let mut search = Search::new(&**store, filter, after, head);
    loop {
        let page = search.next(PAGE).await.map_err(|error| from_log(&error))?;
        if page.is_empty() {
            return Ok(standing);
        }
        for event in page {
            let Some(title) =
                title_of(&event).filter(|title| titles.contains_key(&title.to_string()))
            else {
                continue;
            };
            let parts = Parts {
                title,
                editions: editions.clone(),
                episodes: episodes.clone(),
            };
            let known = standing.entry(title.to_string()).or_default();
            if known.len() < NAMED && parts.stands(&event).await? {
                known.push(came(&event));
            }
        }
    }
}

/// The title that a part came to.
fn title_of(event: &RecordedEvent) -> Option<TitleId> {
    let payload: serde_json::Value = serde_json::from_str(&event.payload).ok()?;
    let said = payload.as_object()?.values().next()?;
    said.get("title_id")?.as_str()?.parse().ok()
}

fn came(event: &RecordedEvent) -> LaterChange {
    let kind = event.stream.aggregate_type.trim_start_matches("catalog.");
    LaterChange {
        position: event.position,
        of: Some(format!("{kind} {}", event.stream.aggregate_id)),
        actor: event
            .parsed_metadata()
            .actor
            .unwrap_or_else(|| "unknown".to_owned()),
        recorded_at: event.recorded_at,
        event_type: event.event_type.to_string(),
        fields: Vec::new(),
    }
}
