//! `/api/v1/episodes`: one file for each thing that can be done.
//!
//! Never answers a question about an episode: that is the read API's.

mod add;
mod attach;
mod edit;
mod lock;
mod undo;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::services::Services;

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(add::add_episode))
        .routes(routes!(edit::edit_episode))
        .routes(routes!(attach::attach_episode))
        .routes(routes!(undo::undo_episode_change))
        .routes(routes!(attach::detach_episode))
        .routes(routes!(
            lock::lock_episode_field,
            lock::unlock_episode_field
        ))
}
