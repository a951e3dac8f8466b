//! `POST /api/v1/episodes/{id}/undo`: take back what a change did.
//!
//! Never takes back more: what others have said since stands.

use accession_event_log::Repository;
use accession_events::ids::EpisodeId;
use accession_service::problem::Problem;
use axum::extract::State;

use crate::catalog::episode::{Episode, EpisodeCommand};
use crate::catalog::http::undo::{UndoAnswer, UndoRequest, undo};
use crate::http::answer::Answer;
use crate::http::body::Body;
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::paths::Id;

/// Undo the last or a named change of an episode.
#[utoipa::path(post, path = "/api/v1/episodes/{id}/undo", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = UndoRequest,
    responses((status = 200, description = "What the change did is taken back.", body = UndoAnswer), CommandProblems))]
pub(in crate::catalog::http) async fn undo_episode_change(
    CuratorCall(call): CuratorCall,
    Id(id): Id<EpisodeId>,
    State(episodes): State<Repository<Episode>>,
    body: Body<UndoRequest>,
) -> Result<Answer, Problem> {
    let id = id.to_string();
    undo(&episodes, &id, &call, &body, EpisodeCommand::Undo, None).await
}
