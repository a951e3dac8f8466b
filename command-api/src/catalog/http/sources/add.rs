//! `POST /api/v1/sources`: add a place to watch an episode.
//!
//! Two sources of one address and name are one place: the second is refused.

use accession_event_log::Repository;
use accession_events::catalog::{PlayerKind, SourceFact};
use accession_events::ids::{EpisodeId, VideoSourceId};
use accession_events::values::{Provenance, ShortText, WebUrl};
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::episode::add_source::AddSource;
use crate::catalog::episode::{Episode, EpisodeCommand};
use crate::catalog::http::refusals::{at, unreadable};
use crate::catalog::reading::{Fault, Reading};
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::{CuratorCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{Subject, carry_out, refuse_version_of_new};
use crate::http::failure::from_repository;

/// A new place to watch an episode.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSource {
    /// The episode.
    episode_id: String,
    /// `iframe`, `embed`, `m3u8` or `mp4`.
    #[schema(value_type = String, example = "m3u8")]
    kind: PlayerKind,
    /// Its address.
    url: String,
    /// Its name, for example a translation or a mirror.
    name: String,
    /// Rank among the episode's sources: the highest comes first.
    #[serde(default)]
    priority: i32,
    /// Whether it may be offered.
    #[serde(default = "offered")]
    is_active: bool,
}

const fn offered() -> bool {
    true
}

impl NewSource {
    fn read(&self, by: Provenance) -> Result<(EpisodeId, AddSource), Vec<Fault>> {
        let mut reading = Reading::<SourceFact>::default();
        let episode_id = reading.value("episode_id", self.episode_id.parse::<EpisodeId>());
        let url = reading.value("url", WebUrl::parse(&self.url));
        let name = reading.value("name", ShortText::parse(&self.name));
        let facts = vec![
            SourceFact::Kind(self.kind),
            SourceFact::Priority(self.priority),
            SourceFact::Active(self.is_active),
        ];
        let source_id = VideoSourceId::new(new_id());
        let whole = episode_id
            .zip(url)
            .zip(name)
            .map(|((episode_id, url), name)| (episode_id, url, name));
        let ((episode_id, url, name), _) = reading.with(whole)?;
        Ok((
            episode_id,
            AddSource {
                source_id,
                url,
                name,
                by,
                facts,
            },
        ))
    }
}

/// Add a place to watch an episode. The version is that of the episode.
#[utoipa::path(post, path = "/api/v1/sources", tag = "catalog", params(Conditions), request_body = NewSource,
    responses((status = 201, description = "It is there; the body also tells its `episode_id`.", body = Changed), CommandProblems))]
pub(super) async fn add_source(
    CuratorCall(call): CuratorCall,
    State(episodes): State<Repository<Episode>>,
    Body { value, digest }: Body<NewSource>,
) -> Result<Answer, Problem> {
    refuse_version_of_new(&call)?;
    let (episode_id, add) = value.read(call.curator()?).map_err(unreadable)?;
    let episode_id = episode_id.to_string();
    let loaded = episodes
        .load(&episode_id)
        .await
        .map_err(|error| from_repository(&error))?;
    let Ok(episode) = loaded.state.known() else {
        let message = format!("there is no episode {episode_id}: add it first");
        return Err(at("episode_id", "unknown_episode", message));
    };
    let location = episode.title_id.map_or_else(
        || format!("/api/read/titles/{}/episodes", episode.first_title_id),
        |title_id| format!("/api/read/titles/{title_id}/episodes"),
    );
    let reply = Reply::created(add.source_id, location).with("episode_id", episode_id.as_str());
    let command = EpisodeCommand::AddSource(add);
    carry_out(
        &episodes,
        Subject::Existing(&episode_id),
        &call,
        &digest,
        &command,
        reply,
    )
    .await
}
