//! `PUT` and `DELETE /api/v1/episodes/{id}/locks/{field}`: pin a field's present value, or let it go.
//!
//! A lock never changes a value.

use accession_event_log::Repository;
use accession_events::catalog::EpisodeField;
use accession_events::ids::EpisodeId;
use accession_service::problem::Problem;
use axum::extract::State;

use crate::catalog::episode::{Episode, EpisodeCommand};
use crate::catalog::http::locks::field_named;
use crate::http::answer::{Answer, Changed};
use crate::http::body::NoBody;
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::paths::IdAndField;

/// Pin a field's present value against everybody but curators.
#[utoipa::path(put, path = "/api/v1/episodes/{id}/locks/{field}", tag = "catalog",
    params(("id" = String, Path), ("field" = String, Path), Conditions),
    responses((status = 200, description = "It is locked.", body = Changed), CommandProblems))]
pub(super) async fn lock_episode_field(
    CuratorCall(call): CuratorCall,
    IdAndField(id, field): IdAndField<EpisodeId>,
    State(episodes): State<Repository<Episode>>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let command = EpisodeCommand::LockField(field_named::<EpisodeField>(&field)?);
    change(&episodes, id, &call, &digest, &command).await
}

/// Let a field follow the order of authority again.
#[utoipa::path(delete, path = "/api/v1/episodes/{id}/locks/{field}", tag = "catalog",
    params(("id" = String, Path), ("field" = String, Path), Conditions),
    responses((status = 200, description = "It is not locked.", body = Changed), CommandProblems))]
pub(super) async fn unlock_episode_field(
    CuratorCall(call): CuratorCall,
    IdAndField(id, field): IdAndField<EpisodeId>,
    State(episodes): State<Repository<Episode>>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let command = EpisodeCommand::UnlockField(field_named::<EpisodeField>(&field)?);
    change(&episodes, id, &call, &digest, &command).await
}
