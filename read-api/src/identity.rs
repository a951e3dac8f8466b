//! Questions about one's own account.
//!
//! Never answered about somebody else's.

mod my_sessions;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::reads::Reads;

/// All questions about one's own account.
pub(crate) fn router() -> OpenApiRouter<Reads> {
    OpenApiRouter::new().routes(routes!(my_sessions::my_sessions))
}
