//! Questions about imports: which runs there were, and how one went.
//!
//! Never answered to everyone: rejected rows may hold private data.

mod import_run;
mod import_runs;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::reads::Reads;

/// All questions about imports.
pub(crate) fn router() -> OpenApiRouter<Reads> {
    OpenApiRouter::new()
        .routes(routes!(import_runs::import_runs))
        .routes(routes!(import_run::import_run))
}
