//! `POST /api/v1/auth/context/select`: work in one of one's libraries.
//!
//! Never opens a library to somebody who is no active member of it now.

use accession_events::ids::LibraryId;
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::handing::{Handed, hand_over};
use crate::http::body::Body;
use crate::http::call::AccountCall;
use crate::http::describe::CommandProblems;
use crate::identity::entrance::Entrance;
use crate::identity::sessions::Sessions;

/// The library to work in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Selection {
    /// Its id.
    #[schema(value_type = Uuid)]
    library_id: LibraryId,
}

/// Select a library: new access token with `library_id` and `role`. It stays selected for the next sign-in.
#[utoipa::path(post, path = "/api/v1/auth/context/select", tag = "identity", request_body = Selection,
    responses((status = 200, description = "Selected.", body = Handed), CommandProblems))]
pub(super) async fn select_library(
    AccountCall {
        call,
        account,
        session,
    }: AccountCall,
    State(sessions): State<Sessions>,
    State(entrance): State<Entrance>,
    Body { value, .. }: Body<Selection>,
) -> Result<Response, Problem> {
    let tokens = sessions
        .select(account, session, value.library_id, call.now)
        .await?;
    hand_over(&tokens, &entrance)
}
