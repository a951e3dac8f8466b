//! The routes of places and copies, and how their refusals read on the wire.
//!
//! The only axum in the room; it decides nothing. For editors and admins of the library in the path.

mod add_copy;
mod add_place;
mod comparing;
mod details;
mod edit_copy;
mod edit_place;
mod move_copies;
mod move_place;
mod ownership;
mod refusals;
mod remove_copies;
mod remove_place;
mod stocktaking;
mod undo_copy;
mod work;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::services::Services;

/// The largest body of a command: 200 ids, a note of 20,000 characters.
const BODY: usize = 128 * 1024;

/// All routes of places and copies.
#[must_use]
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(add_place::add_place))
        .routes(routes!(move_place::reorder_places))
        .routes(routes!(edit_place::edit_place, remove_place::remove_place))
        .routes(routes!(move_place::move_place))
        .routes(routes!(move_place::merge_places))
        .routes(routes!(remove_place::restore_place))
        .routes(routes!(add_copy::add_copy))
        .routes(routes!(move_copies::move_copies))
        .routes(routes!(remove_copies::remove_copies))
        .routes(routes!(edit_copy::edit_copy, remove_copies::remove_copy))
        .routes(routes!(move_copies::move_copy))
        .routes(routes!(move_copies::swap_copies))
        .routes(routes!(edit_copy::set_copy_state))
        .routes(routes!(remove_copies::restore_copy))
        .routes(routes!(undo_copy::undo_copy))
        .routes(routes!(stocktaking::open_stocktaking))
        .routes(routes!(stocktaking::scan_copies))
        .routes(routes!(stocktaking::shelve_found_copies))
        .routes(routes!(stocktaking::close_stocktaking))
        .routes(routes!(stocktaking::abandon_stocktaking))
        .layer(DefaultBodyLimit::max(BODY))
}
