//! `/api/v1/internal/import`: batches of the catalog, and the three bodies of system 004.
//!
//! Open to importers only.

mod anime;
mod batches;
mod dry_run;
mod episodes;
mod intake;
mod video;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::services::Services;

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(batches::import_titles))
        .routes(routes!(batches::import_editions))
        .routes(routes!(batches::import_episodes))
        .routes(routes!(batches::import_sources))
        .routes(routes!(dry_run::dry_run))
        .routes(routes!(anime::import_anime))
        .routes(routes!(episodes::import_anime_episodes))
        .routes(routes!(video::import_video))
}
