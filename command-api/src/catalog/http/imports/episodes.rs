//! `POST /api/v1/internal/import/episodes`: the episodes of one series, as system 004's importers send them.
//!
//! One bad episode does not hold up the others.

use std::sync::Arc;

use accession_event_log::Repository;
use accession_events::ingestion::items::{EpisodeItem, MAX_ITEMS};
use accession_service::problem::{FieldError, Problem};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::anime::in_their_words;
use super::intake::{Intake, Terms, problem_of};
use crate::catalog::episode::Episode;
use crate::catalog::import::Importing;
use crate::catalog::import::episodes::{EpisodeRecord, Episodes};
use crate::catalog::import::item::{Circumstances, Fate, Rejection};
use crate::catalog::statement::Extent;
use crate::http::answer::{Answer, Reply};
use crate::http::body::Body;
use crate::http::call::{ImporterCall, new_id};
use crate::http::describe::CommandProblems;
use crate::http::keyed;
use crate::services::Policy;

/// The episodes of one series.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnimeEpisodes {
    /// The source.
    source_name: String,
    /// The series' id at the source.
    anime_source_id: String,
    /// 1 to 1000 episodes.
    episodes: Vec<AnimeEpisode>,
}

/// One episode.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedAnimeEpisode)]
pub(super) struct AnimeEpisode {
    /// Its id at the source.
    source_episode_id: String,
    /// Its number.
    number: u32,
    /// Its own name.
    #[serde(default)]
    title: Option<String>,
    /// Whether it can be watched.
    #[serde(default = "available")]
    is_available: bool,
}

const fn available() -> bool {
    true
}

/// The answer of system 004.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportedEpisodes {
    /// Whether all were imported.
    success: bool,
    /// How many were sent.
    total: usize,
    /// How many were imported.
    imported: usize,
    /// What was wrong with the others.
    errors: Vec<String>,
}

impl AnimeEpisodes {
    fn items(self) -> Vec<EpisodeItem> {
        let Self {
            source_name,
            anime_source_id,
            episodes,
        } = self;
        let item = |episode: AnimeEpisode| EpisodeItem {
            source: source_name.clone(),
            title_source_id: anime_source_id.clone(),
            source_episode_id: episode.source_episode_id,
            number: episode.number,
            name: episode.title,
            is_available: Some(episode.is_available),
        };
        episodes.into_iter().map(item).collect()
    }
}

/// Import the episodes of one series.
#[utoipa::path(post, path = "/api/v1/internal/import/episodes", tag = "import", request_body = AnimeEpisodes,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "Each has been taken or is named in `errors`.", body = ImportedEpisodes), CommandProblems))]
pub(super) async fn import_anime_episodes(
    ImporterCall(call): ImporterCall,
    State(importing): State<Importing>,
    State(policy): State<Arc<Policy>>,
    State(episodes): State<Repository<Episode>>,
    Body { value, digest }: Body<AnimeEpisodes>,
) -> Result<Answer, Problem> {
    if let Some(answer) = keyed::answered_before(episodes.log(), &call, &digest).await? {
        return Ok(answer);
    }
    if !(1..=MAX_ITEMS).contains(&value.episodes.len()) {
        let message = format!(
            "1 to {MAX_ITEMS} episodes are expected; there are {}",
            value.episodes.len()
        );
        return Err(Problem::invalid(
            message.clone(),
            vec![FieldError::new("episodes", "bad_length", message)],
        ));
    }
    let with = Circumstances {
        policy: &policy,
        run: None,
    };
    let read = |item: &EpisodeItem| {
        EpisodeRecord::read(item, Extent::Partial, &with)
            .map_err(|faults| Rejection::unreadable(&in_their_words(faults)))
    };
    let items = value.items();
    let records = items.iter().map(read).collect();
    let intake = Intake {
        importing: &importing,
        policy: &policy,
        call: &call,
    };
    let done = intake
        .take(
            &episodes,
            &Episodes { ids: new_id },
            records,
            Terms::default(),
        )
        .await?;
    let reply = Reply::bare(told(&items, &done.fates)?);
    let answer = reply.clone().unversioned(done.position);
    keyed::keep(episodes.log(), &call, &digest, reply, answer).await
}

fn told(items: &[EpisodeItem], fates: &[Fate]) -> Result<Map<String, Value>, Problem> {
    let mut errors = Vec::new();
    for (item, fate) in items.iter().zip(fates) {
        if let Fate::Rejected(rejection) = fate {
            // All of them belong to one series: without it none can be taken.
            if rejection.code == "unknown_title" {
                return Err(problem_of(rejection));
            }
            errors.push(format!("{}: {}", item.source_episode_id, rejection.detail));
        }
    }
    let answer = ImportedEpisodes {
        success: errors.is_empty(),
        total: items.len(),
        imported: items.len() - errors.len(),
        errors,
    };
    match serde_json::to_value(answer) {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(Problem::internal()),
    }
}
