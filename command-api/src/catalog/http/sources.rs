//! `/api/v1/sources`: the places where episodes can be watched; one file for each thing that can be done.
//!
//! A source lives in its episode's stream: the version in `ETag` and `If-Match` is the episode's.

mod add;
mod change;
mod remove;

use accession_event_log::Repository;
use accession_events::ids::VideoSourceId;
use accession_events::{ClaimKey, ClaimKind};
use accession_service::problem::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::catalog::episode::Episode;
use crate::http::failure::from_log;
use crate::services::Services;

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(add::add_source))
        .routes(routes!(change::change_source, remove::remove_source))
        .routes(routes!(change::set_source_state))
}

/// The episode that holds this source. A source never moves to another, so what is found here stays right.
async fn episode_of(episodes: &Repository<Episode>, id: VideoSourceId) -> Result<String, Problem> {
    let key = ClaimKey::new(ClaimKind::VideoSource, id.to_string());
    let owners = episodes
        .log()
        .store()
        .claim_owners(&[key])
        .await
        .map_err(|error| from_log(&error))?;
    let owner = owners.into_iter().next().flatten();
    owner.ok_or_else(|| Problem::not_found(format!("there is no video source {id}")))
}
