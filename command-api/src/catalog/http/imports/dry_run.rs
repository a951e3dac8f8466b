//! `POST /api/v1/internal/import/dry-run`: what would become of records with all that hangs on them, told by the aggregates that
//! would decide it.
//!
//! Never writes: no event, no run, no rejection. Titles are decided first, so that editions and episodes of titles that would
//! be new find them.

use std::sync::Arc;

use accession_event_log::Repository;
use accession_events::Position;
use accession_events::ingestion::items::{
    EditionItem, EpisodeItem, MAX_ITEMS, SourceItem, TitleItem,
};
use accession_service::problem::{FieldError, Problem};
use axum::extract::State;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::batches::OneResult;
use super::intake::{Intake, Read, Terms, busy, read_item, told};
use crate::catalog::edition::Edition;
use crate::catalog::episode::Episode;
use crate::catalog::import::Importing;
use crate::catalog::import::batch::{Kind, Writing};
use crate::catalog::import::editions::{EditionRecord, Editions};
use crate::catalog::import::episodes::{EpisodeRecord, Episodes};
use crate::catalog::import::item::Circumstances;
use crate::catalog::import::sources::{SourceRecord, Sources};
use crate::catalog::import::table::{Owners, States};
use crate::catalog::import::titles::{TitleRecord, Titles};
use crate::catalog::statement::Extent;
use crate::catalog::title::Title;
use crate::http::answer::{Answer, Reply};
use crate::http::body::{RawBody, parse};
use crate::http::call::{ImporterCall, new_id};
use crate::http::describe::CommandProblems;
use crate::http::failure::from_repository;
use crate::services::Policy;

/// What an import would send, by kind; at most 1000 of each.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub(super) struct DryRun {
    /// Titles, in the order in which they would be sent.
    #[serde(default)]
    titles: Vec<TitleItem>,
    /// Their editions.
    #[serde(default)]
    editions: Vec<EditionItem>,
    /// Their episodes.
    #[serde(default)]
    episodes: Vec<EpisodeItem>,
    /// Where those can be watched.
    #[serde(default)]
    sources: Vec<SourceItem>,
}

/// The same before its items are read one by one.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawDryRun<'a> {
    #[serde(borrow)]
    titles: Vec<&'a RawValue>,
    #[serde(borrow)]
    editions: Vec<&'a RawValue>,
    #[serde(borrow)]
    episodes: Vec<&'a RawValue>,
    #[serde(borrow)]
    sources: Vec<&'a RawValue>,
}

/// What would become of each, in the order sent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DryRunResults {
    titles: Vec<OneResult>,
    editions: Vec<OneResult>,
    episodes: Vec<OneResult>,
    sources: Vec<OneResult>,
    /// The log's head as it was decided on.
    position: u64,
}

/// Tell what an import would do: what would be new, what would be shown otherwise and how, what a record says in vain, and what
/// would be refused and why. Nothing is written, and nothing is kept under an Idempotency-Key.
#[utoipa::path(post, path = "/api/v1/internal/import/dry-run", tag = "import", request_body = DryRun,
    responses((status = 200, description = "Each item has its result.", body = DryRunResults), CommandProblems))]
pub(super) async fn dry_run(
    ImporterCall(call): ImporterCall,
    State(importing): State<Importing>,
    State(policy): State<Arc<Policy>>,
    State(titles): State<Repository<Title>>,
    State(editions): State<Repository<Edition>>,
    State(episodes): State<Repository<Episode>>,
    body: RawBody,
) -> Result<Answer, Problem> {
    let items: RawDryRun<'_> = parse(&body.bytes)?;
    items.refuse_size()?;
    let intake = Intake {
        importing: &importing,
        policy: &policy,
        call: &call,
    };
    let _place = importing.place().ok_or_else(busy)?;
    let mut foresight = Foresight {
        intake: &intake,
        owners: Owners::default(),
        position: Position::START,
        told: Map::new(),
    };
    foresight
        .titles_and_editions(&items, &titles, &editions)
        .await?;
    foresight.episodes_and_sources(&items, &episodes).await?;
    Ok(Reply::with_body(foresight.told).unversioned(foresight.position))
}

/// A dry run under way: what those before would leave, and what was told.
struct Foresight<'a> {
    intake: &'a Intake<'a>,
    owners: Owners,
    position: Position,
    told: Map<String, Value>,
}

impl Foresight<'_> {
    async fn titles_and_editions(
        &mut self,
        items: &RawDryRun<'_>,
        titles: &Repository<Title>,
        editions: &Repository<Edition>,
    ) -> Result<(), Problem> {
        let read: Read<TitleItem, _> = |item, with| TitleRecord::read(item, Extent::Full, with);
        let kind = Titles { ids: new_id };
        let mut states = States::default();
        self.ask("titles", (titles, &kind), &items.titles, read, &mut states)
            .await?;
        let read: Read<EditionItem, _> = EditionRecord::read;
        let kind = Editions { ids: new_id };
        let mut states = States::default();
        self.ask(
            "editions",
            (editions, &kind),
            &items.editions,
            read,
            &mut states,
        )
        .await
    }

    async fn episodes_and_sources(
        &mut self,
        items: &RawDryRun<'_>,
        episodes: &Repository<Episode>,
    ) -> Result<(), Problem> {
        // What is said of a place to watch is said of its episode.
        let mut states = States::default();
        let read: Read<EpisodeItem, _> = |item, with| EpisodeRecord::read(item, Extent::Full, with);
        let kind = Episodes { ids: new_id };
        self.ask(
            "episodes",
            (episodes, &kind),
            &items.episodes,
            read,
            &mut states,
        )
        .await?;
        let read: Read<SourceItem, _> = SourceRecord::read;
        let kind = Sources { ids: new_id };
        self.ask(
            "sources",
            (episodes, &kind),
            &items.sources,
            read,
            &mut states,
        )
        .await
    }

    async fn ask<K: Kind, I: DeserializeOwned>(
        &mut self,
        name: &str,
        (repository, kind): (&Repository<K::Aggregate>, &K),
        items: &[&RawValue],
        read: Read<I, K::Item>,
        states: &mut States<K::Aggregate>,
    ) -> Result<(), Problem> {
        let with = Circumstances {
            policy: self.intake.policy,
            run: None,
        };
        let items = items.iter().map(|raw| read_item(raw, read, &with));
        let terms = Terms {
            run: None,
            writing: Writing::Preview,
        };
        let batch = self.intake.with(repository, kind, terms);
        let done = batch
            .foresee(items.collect(), &mut self.owners, states)
            .await;
        let done = done.map_err(|error| from_repository(&error))?;
        self.position = self.position.max(done.position);
        self.told.insert(name.to_owned(), told(done));
        Ok(())
    }
}

impl RawDryRun<'_> {
    fn refuse_size(&self) -> Result<(), Problem> {
        let kinds = [
            ("titles", &self.titles),
            ("editions", &self.editions),
            ("episodes", &self.episodes),
            ("sources", &self.sources),
        ];
        for (field, items) in kinds {
            if items.len() > MAX_ITEMS {
                let message = format!(
                    "a dry run holds at most {MAX_ITEMS} of a kind; this one holds {} {field}",
                    items.len()
                );
                let error = FieldError::new(field, "too_many", message.clone());
                return Err(Problem::invalid(message, vec![error]));
            }
        }
        Ok(())
    }
}
