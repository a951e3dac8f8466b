//! The catalog's routes, and how its refusals read on the wire.
//!
//! The only axum in the room; it decides nothing.

mod editions;
mod episodes;
mod imports;
mod locks;
mod parent;
mod reason;
mod refusals;
mod sources;
mod titles;
mod undo;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::services::Services;

/// The largest body of a command.
pub const COMMAND_BODY: usize = 1024 * 1024;
/// The largest body of an import batch.
pub const BATCH_BODY: usize = 8 * 1024 * 1024;

/// All routes of the catalog.
#[must_use]
pub fn routes() -> OpenApiRouter<Services> {
    let commands = OpenApiRouter::new()
        .merge(titles::routes())
        .merge(editions::routes())
        .merge(episodes::routes())
        .merge(sources::routes())
        .routes(routes!(undo::undo_import_run))
        .layer(DefaultBodyLimit::max(COMMAND_BODY));
    commands.merge(imports::routes().layer(DefaultBodyLimit::max(BATCH_BODY)))
}
