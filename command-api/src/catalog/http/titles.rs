//! `/api/v1/titles`: one file for each thing that can be done.
//!
//! Never answers a question about a title: that is the read API's.

mod activate;
mod add;
mod edit;
mod lock;
pub(in crate::catalog::http) mod merging;
mod reclassify;
mod slug;
mod undo;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::services::Services;

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(add::add_title))
        .routes(routes!(edit::edit_title))
        .routes(routes!(activate::activate_title))
        .routes(routes!(activate::deactivate_title))
        .routes(routes!(slug::change_slug))
        .routes(routes!(undo::undo_title_change))
        .routes(routes!(reclassify::reclassify_title))
        .routes(routes!(merging::merge_title))
        .routes(routes!(merging::undo_merge))
        .routes(routes!(merging::split_title))
        .routes(routes!(lock::lock_title_field, lock::unlock_title_field))
}
