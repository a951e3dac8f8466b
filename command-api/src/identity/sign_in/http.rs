//! The routes of signing in with others.
//!
//! The only axum in the room; it decides nothing. Codes, states and continuations are in no answer but their own, and in
//! no log.

mod begin;
mod browser;
mod callback;
mod consent;
mod identities;
mod opening;
mod providers;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::services::Services;

/// All routes of signing in with others.
#[must_use]
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(providers::sign_in_providers))
        .routes(routes!(begin::begin_sign_in))
        .routes(routes!(callback::finish_sign_in))
        .routes(routes!(consent::agree_and_sign_in))
        .routes(routes!(identities::begin_link))
        .routes(routes!(identities::unlink_identity))
}
