//! `POST /api/v1/episodes`: enter an episode under a title.
//!
//! The title is looked up and not written: titles are never deleted, so one that is there stays there.

use accession_event_log::Repository;
use accession_events::catalog::EpisodeFact;
use accession_events::ids::{EpisodeId, TitleId};
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::episode::add_episode::AddEpisode;
use crate::catalog::episode::{Episode, EpisodeCommand};
use crate::catalog::http::parent::known_title;
use crate::catalog::http::refusals::unreadable;
use crate::catalog::reading::{Fault, Reading, episode};
use crate::catalog::title::Title;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::{CuratorCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{Subject, carry_out};

/// A new episode.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewEpisode {
    /// The title it belongs to.
    title_id: String,
    /// Its number there; 0 for a prologue.
    number: u32,
    /// Its own name.
    #[serde(default)]
    name: Option<String>,
    /// Whether it can be watched at all.
    #[serde(default)]
    is_available: Option<bool>,
}

impl NewEpisode {
    fn read(&self) -> Result<(TitleId, Vec<EpisodeFact>), Vec<Fault>> {
        let mut reading = Reading::default();
        let title_id = reading.value("title_id", self.title_id.parse::<TitleId>());
        reading.said("name", self.name.as_deref(), episode::name);
        reading.said("is_available", self.is_available.as_ref(), |available| {
            episode::is_available(*available)
        });
        reading.with(title_id)
    }
}

/// Enter an episode under a title.
#[utoipa::path(post, path = "/api/v1/episodes", tag = "catalog", params(Conditions), request_body = NewEpisode,
    responses((status = 201, description = "It is in the catalog; the body also tells its `title_id`.", body = Changed), CommandProblems))]
pub(super) async fn add_episode(
    CuratorCall(call): CuratorCall,
    State(titles): State<Repository<Title>>,
    State(episodes): State<Repository<Episode>>,
    Body { value, digest }: Body<NewEpisode>,
) -> Result<Answer, Problem> {
    let (title_id, facts) = value.read().map_err(unreadable)?;
    let title_id = known_title(&titles, title_id).await?;
    let id = EpisodeId::new(new_id()).to_string();
    let location = format!("/api/read/titles/{title_id}/episodes");
    let reply = Reply::created(&id, location).with("title_id", title_id.to_string());
    let command = EpisodeCommand::Add(AddEpisode {
        title_id,
        number: value.number,
        by: call.curator()?,
        facts,
    });
    carry_out(
        &episodes,
        Subject::New(&id),
        &call,
        &digest,
        &command,
        reply,
    )
    .await
}
