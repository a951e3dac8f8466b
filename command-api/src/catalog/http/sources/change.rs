//! `PATCH /api/v1/sources/{id}` and `POST …/state`: say how a source is played, where it ranks, whether it is offered.
//!
//! Its address and name never change: another address is another source.

use accession_event_log::Repository;
use accession_events::catalog::{PlayerKind, SourceFact};
use accession_events::ids::VideoSourceId;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::episode_of;
use crate::catalog::episode::change_source::ChangeSource;
use crate::catalog::episode::{Episode, EpisodeCommand};
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::{Body, BodyDigest};
use crate::http::call::{Call, CuratorCall};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{Subject, carry_out};
use crate::http::paths::Id;

/// What is said about a source. A field that is left out stands.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceChanges {
    /// `iframe`, `embed`, `m3u8` or `mp4`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    kind: Option<PlayerKind>,
    /// Rank among the episode's sources: the highest comes first.
    #[serde(default)]
    priority: Option<i32>,
    /// Whether it may be offered.
    #[serde(default)]
    is_active: Option<bool>,
}

/// Whether a source may be offered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceState {
    /// Whether it may be offered.
    is_active: bool,
}

/// Say how a source is played, where it ranks, and whether it may be offered.
#[utoipa::path(patch, path = "/api/v1/sources/{id}", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = SourceChanges,
    responses((status = 200, description = "It is said.", body = Changed), CommandProblems))]
pub(super) async fn change_source(
    CuratorCall(call): CuratorCall,
    Id(id): Id<VideoSourceId>,
    State(episodes): State<Repository<Episode>>,
    Body { value, digest }: Body<SourceChanges>,
) -> Result<Answer, Problem> {
    let kind = value.kind.map(SourceFact::Kind);
    let priority = value.priority.map(SourceFact::Priority);
    let active = value.is_active.map(SourceFact::Active);
    let facts = [kind, priority, active].into_iter().flatten().collect();
    change(&episodes, id, &call, &digest, facts).await
}

/// Say whether a source may be offered.
#[utoipa::path(post, path = "/api/v1/sources/{id}/state", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = SourceState,
    responses((status = 200, description = "It is said.", body = Changed), CommandProblems))]
pub(super) async fn set_source_state(
    CuratorCall(call): CuratorCall,
    Id(id): Id<VideoSourceId>,
    State(episodes): State<Repository<Episode>>,
    Body { value, digest }: Body<SourceState>,
) -> Result<Answer, Problem> {
    change(
        &episodes,
        id,
        &call,
        &digest,
        vec![SourceFact::Active(value.is_active)],
    )
    .await
}

async fn change(
    episodes: &Repository<Episode>,
    source_id: VideoSourceId,
    call: &Call,
    digest: &BodyDigest,
    facts: Vec<SourceFact>,
) -> Result<Answer, Problem> {
    let episode_id = episode_of(episodes, source_id).await?;
    let reply = Reply::changed(source_id).with("episode_id", episode_id.as_str());
    let command = EpisodeCommand::ChangeSource(ChangeSource {
        source_id,
        by: call.curator()?,
        facts,
    });
    carry_out(
        episodes,
        Subject::Existing(&episode_id),
        call,
        digest,
        &command,
        reply,
    )
    .await
}
