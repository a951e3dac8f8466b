//! The routes of libraries, and how their refusals read on the wire.
//!
//! The only axum in the room; it decides nothing. For a stranger there is no library.

mod children;
mod childs_password;
mod create;
mod delete;
mod edit;
mod fields;
mod invitations;
mod invite;
mod leave;
mod members;
mod refusals;
mod restore;
mod sessions;

use accession_service::access::Gate;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::answer::POSITION;
use crate::http::settling::is_inside;
use crate::services::Services;

/// The largest body of a command: a name, a description, a password.
const BODY: usize = 128 * 1024;

/// Answers what changes a membership only when every gate of this process knows it, within 2 s: so that it counts from the
/// next request on.
pub(crate) async fn settle(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let ours = (path.starts_with("/api/v1/libraries") && !is_inside(path))
        || path.starts_with("/api/v1/auth/invitations");
    let response = next.run(request).await;
    let position = response.headers().get(POSITION);
    let position = position.and_then(|value| value.to_str().ok()?.parse().ok());
    if let Some(position) = position.filter(|_| ours && response.status().is_success()) {
        gate.settled(position).await;
    }
    response
}

/// All routes of libraries.
#[must_use]
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(create::create_library))
        .routes(routes!(edit::edit_library, delete::delete_library))
        .routes(routes!(delete::confirm_deletion))
        .routes(routes!(sessions::revoke_library_sessions))
        .routes(routes!(invite::invite_member))
        .routes(routes!(children::add_child))
        .routes(routes!(childs_password::choose_childs_password))
        .routes(routes!(members::change_member, members::remove_member))
        .routes(routes!(leave::leave_library))
        .routes(routes!(invitations::accept_invitation))
        .routes(routes!(invitations::decline_invitation))
        .routes(routes!(invitations::accept_by_mail))
        .routes(routes!(invitations::decline_by_mail))
        .layer(DefaultBodyLimit::max(BODY))
        // Its body has a limit of its own.
        .routes(routes!(restore::restore_library))
}
