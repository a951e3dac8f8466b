//! `DELETE /api/v1/sources/{id}`: take a source away for good.
//!
//! An import does not bring it back.

use accession_event_log::Repository;
use accession_events::ids::VideoSourceId;
use accession_service::problem::Problem;
use axum::extract::State;

use super::episode_of;
use crate::catalog::episode::remove_source::RemoveSource;
use crate::catalog::episode::{Episode, EpisodeCommand};
use crate::catalog::http::reason::Reason;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::OptionalBody;
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{Subject, carry_out};
use crate::http::paths::Id;

/// Take a source away for good.
#[utoipa::path(delete, path = "/api/v1/sources/{id}", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = Option<Reason>,
    responses((status = 200, description = "It is gone.", body = Changed), CommandProblems))]
pub(super) async fn remove_source(
    CuratorCall(call): CuratorCall,
    Id(id): Id<VideoSourceId>,
    State(episodes): State<Repository<Episode>>,
    OptionalBody { value, digest }: OptionalBody<Reason>,
) -> Result<Answer, Problem> {
    let episode_id = episode_of(&episodes, id).await?;
    let reply = Reply::changed(id).with("episode_id", episode_id.as_str());
    let command = EpisodeCommand::RemoveSource(RemoveSource {
        source_id: id,
        reason: value.read()?,
    });
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
