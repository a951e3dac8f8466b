//! `/api/v1/editions`: one file for each thing that can be done.
//!
//! Never answers a question about an edition: that is the read API's.

mod add;
mod edit;
mod lock;
mod merge;
mod undo;
mod withdraw;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::services::Services;

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(add::add_edition))
        .routes(routes!(edit::edit_edition, withdraw::withdraw_edition))
        .routes(routes!(undo::undo_edition_change))
        .routes(routes!(withdraw::reinstate_edition))
        .routes(routes!(merge::merge_edition))
        .routes(routes!(merge::undo_edition_merge))
        .routes(routes!(
            lock::lock_edition_field,
            lock::unlock_edition_field
        ))
}
