//! `POST /api/v1/episodes/{id}/attach` and `/detach`: put an episode under a title, or take it off.
//!
//! Either way it keeps its id, its facts and its sources.

use accession_event_log::Repository;
use accession_events::ids::{EpisodeId, TitleId};
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::episode::attach::Attach;
use crate::catalog::episode::detach::Detach;
use crate::catalog::episode::{Episode, EpisodeCommand};
use crate::catalog::http::parent::known_title;
use crate::catalog::http::reason::Reason;
use crate::catalog::http::refusals::unreadable;
use crate::catalog::reading::Unreadable;
use crate::catalog::title::Title;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::{Body, OptionalBody};
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{Subject, carry_out, change};
use crate::http::paths::Id;

/// Where an episode goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Destination {
    /// The title.
    title_id: String,
    /// Its number there; the one it had last when it is left out.
    #[serde(default)]
    number: Option<u32>,
}

/// Put a detached episode under a title, with everything it has.
#[utoipa::path(post, path = "/api/v1/episodes/{id}/attach", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = Destination,
    responses((status = 200, description = "It belongs to the title.", body = Changed), CommandProblems))]
pub(super) async fn attach_episode(
    CuratorCall(call): CuratorCall,
    Id(id): Id<EpisodeId>,
    State(titles): State<Repository<Title>>,
    State(episodes): State<Repository<Episode>>,
    Body { value, digest }: Body<Destination>,
) -> Result<Answer, Problem> {
    let title_id: TitleId = value
        .title_id
        .parse()
        .map_err(|error| unreadable(vec![Unreadable::from(error).of("title_id")]))?;
    let title_id = known_title(&titles, title_id).await?;
    let id = id.to_string();
    let command = EpisodeCommand::Attach(Attach {
        title_id,
        number: value.number,
    });
    let reply = Reply::changed(&id).with("title_id", title_id.to_string());
    carry_out(
        &episodes,
        Subject::Existing(&id),
        &call,
        &digest,
        &command,
        reply,
    )
    .await
}

/// Take an episode off its title; it keeps everything and can be attached again.
#[utoipa::path(post, path = "/api/v1/episodes/{id}/detach", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = Option<Reason>,
    responses((status = 200, description = "It belongs to no title.", body = Changed), CommandProblems))]
pub(super) async fn detach_episode(
    CuratorCall(call): CuratorCall,
    Id(id): Id<EpisodeId>,
    State(episodes): State<Repository<Episode>>,
    OptionalBody { value, digest }: OptionalBody<Reason>,
) -> Result<Answer, Problem> {
    let command = EpisodeCommand::Detach(Detach {
        reason: value.read()?,
    });
    change(&episodes, id, &call, &digest, &command).await
}
