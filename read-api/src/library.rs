//! Questions about libraries: which are mine, who belongs to them, who was asked to, what went on.
//!
//! Never answered to a stranger: for whoever does not belong to a library, there is none.

mod activity;
mod backup;
mod invitations;
mod library_page;
mod member;
mod members;
mod my_invitations;
mod my_libraries;
mod people;
mod roster;
mod search;

pub(crate) use my_invitations::MyInvitation;
pub(crate) use people::called;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::reads::Reads;

/// All questions about libraries.
pub(crate) fn router() -> OpenApiRouter<Reads> {
    OpenApiRouter::new()
        .routes(routes!(my_libraries::my_libraries))
        .routes(routes!(my_invitations::my_invitations))
        .routes(routes!(library_page::library))
        .routes(routes!(backup::backup))
        .routes(routes!(members::members))
        .routes(routes!(search::search_members))
        .routes(routes!(activity::member_activity))
        .routes(routes!(member::member))
        .routes(routes!(invitations::invitations))
}
