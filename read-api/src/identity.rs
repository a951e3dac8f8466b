//! Questions about one's own account, and those about others that only people who operate the platform may ask.
//!
//! Never answers one person about another.

mod access_log;
mod accounts;
mod export;
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
        .merge(own_data())
}

/// What is held about the one who asks, and who has looked at it.
pub(crate) fn own_data() -> OpenApiRouter<Reads> {
    OpenApiRouter::new()
        .routes(routes!(export::export))
        .routes(routes!(access_log::access_log))
}
