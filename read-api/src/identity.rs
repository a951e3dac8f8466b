//! Questions about one's own account, and those about others that only people who operate the platform may ask.
//!
//! Never answers one person about another.

mod accounts;
mod me;
mod my_sessions;
mod security_audit;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::reads::Reads;

/// All questions about one's own account.
pub(crate) fn router() -> OpenApiRouter<Reads> {
    OpenApiRouter::new()
        .routes(routes!(me::me))
        .routes(routes!(accounts::accounts))
        .routes(routes!(accounts::account))
        .routes(routes!(my_sessions::my_sessions))
        .routes(routes!(security_audit::security_audit))
        .routes(routes!(security_audit::my_security))
}
