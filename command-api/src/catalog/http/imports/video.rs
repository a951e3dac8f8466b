//! `POST /api/v1/internal/import/video`: one place to watch an episode, as system 004's importers send it.
//!
//! Nothing here switches on what a curator switched off.

use std::sync::Arc;

use accession_event_log::Repository;
use accession_events::catalog::PlayerKind;
use accession_events::ingestion::items::SourceItem;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::anime::{Imported, imported, in_their_words};
use super::intake::{Intake, Terms};
use crate::catalog::episode::Episode;
use crate::catalog::http::refusals::unreadable;
use crate::catalog::import::Importing;
use crate::catalog::import::item::Circumstances;
use crate::catalog::import::sources::{SourceRecord, Sources};
use crate::http::answer::Answer;
use crate::http::body::Body;
use crate::http::call::{ImporterCall, new_id};
use crate::http::describe::CommandProblems;
use crate::http::keyed;
use crate::services::Policy;

/// A place to watch an episode.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Video {
    /// The source.
    source_name: String,
    /// The episode's id at the source.
    source_episode_id: String,
    /// How and where it is played.
    player: Player,
}

/// How and where it is played.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Player {
    /// `iframe`, `embed`, `m3u8`, `hls` (the same as `m3u8`) or `mp4`.
    #[serde(rename = "type")]
    kind: TheirKind,
    /// Its address.
    url: String,
    /// Its name, for example a translation or a mirror.
    source_name: String,
    /// Rank among the episode's sources: the highest comes first.
    #[serde(default)]
    priority: i32,
}

/// The kinds of player that system 004's importers name.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum TheirKind {
    Iframe,
    Embed,
    M3u8,
    Hls,
    Mp4,
}

impl TheirKind {
    const fn ours(self) -> PlayerKind {
        match self {
            Self::Iframe => PlayerKind::Iframe,
            Self::Embed => PlayerKind::Embed,
            Self::M3u8 | Self::Hls => PlayerKind::M3u8,
            Self::Mp4 => PlayerKind::Mp4,
        }
    }
}

impl Video {
    fn item(self) -> SourceItem {
        let Self {
            source_name,
            source_episode_id,
            player,
        } = self;
        SourceItem {
            source: source_name,
            source_episode_id,
            title_source_id: String::new(),
            kind: player.kind.ours(),
            url: player.url,
            name: player.source_name,
            priority: player.priority,
            is_active: None,
        }
    }
}

/// Import one place to watch an episode.
#[utoipa::path(post, path = "/api/v1/internal/import/video", tag = "import", request_body = Video,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "It is imported.", body = Imported), CommandProblems))]
pub(super) async fn import_video(
    ImporterCall(call): ImporterCall,
    State(importing): State<Importing>,
    State(policy): State<Arc<Policy>>,
    State(episodes): State<Repository<Episode>>,
    Body { value, digest }: Body<Video>,
) -> Result<Answer, Problem> {
    if let Some(answer) = keyed::answered_before(episodes.log(), &call, &digest).await? {
        return Ok(answer);
    }
    let with = Circumstances {
        policy: &policy,
        run: None,
    };
    let record = SourceRecord::read(&value.item(), &with)
        .map_err(|faults| unreadable(in_their_words(faults)))?;
    let intake = Intake {
        importing: &importing,
        policy: &policy,
        call: &call,
    };
    let done = intake
        .take(
            &episodes,
            &Sources { ids: new_id },
            vec![Ok(record)],
            Terms::default(),
        )
        .await?;
    let reply = imported(done.fates.into_iter().next(), "episode")?;
    let answer = reply.clone().unversioned(done.position);
    keyed::keep(episodes.log(), &call, &digest, reply, answer).await
}
