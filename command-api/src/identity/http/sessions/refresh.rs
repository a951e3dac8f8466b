//! `POST /api/v1/auth/refresh`: a refresh token for its successor and a new access token.
//!
//! Never takes a token from a cookie unless the request comes from our own pages.

use accession_secrets::RefreshToken;
use accession_service::access::cookies::{REFRESH_COOKIE, cookie};
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::Deserialize;
use std::fmt;
use utoipa::ToSchema;

use super::handing::{Handed, hand_over};
use crate::http::body::OptionalBody;
use crate::http::call::OpenCall;
use crate::http::describe::CommandProblems;
use crate::identity::entrance::Entrance;
use crate::identity::sessions::{Sessions, SessionsError};

/// A refresh token; left out by a browser that has it in a cookie.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refresh {
    /// The token.
    #[serde(default)]
    refresh_token: Option<String>,
}

impl fmt::Debug for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Refresh([redacted])")
    }
}

/// Get new tokens. A refresh token is good for one use; whoever shows one again within 10 s gets the same successor, later
/// the whole session is over.
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "identity", security(()), request_body = Refresh,
    responses((status = 200, description = "New tokens.", body = Handed), CommandProblems))]
pub(super) async fn refresh(
    call: OpenCall,
    headers: HeaderMap,
    State(sessions): State<Sessions>,
    State(entrance): State<Entrance>,
    OptionalBody { value, .. }: OptionalBody<Refresh>,
) -> Result<Response, Problem> {
    let text = shown(value, &headers, &entrance)?.ok_or(SessionsError::NoSession)?;
    let actor = RefreshToken::read(&text).map_or_else(
        || "anonymous".to_owned(),
        |token| format!("session:{}", token.session()),
    );
    let tokens = sessions
        .refresh(&text, &super::given(actor), call.now)
        .await?;
    hand_over(&tokens, &entrance)
}

/// The token of the body, or of the cookie of a request that comes from our own pages.
pub(super) fn shown(
    body: Refresh,
    headers: &HeaderMap,
    entrance: &Entrance,
) -> Result<Option<String>, Problem> {
    if let Some(text) = body.refresh_token {
        return Ok(Some(text));
    }
    let Some(text) = cookie(headers, REFRESH_COOKIE) else {
        return Ok(None);
    };
    let token = RefreshToken::read(text).ok_or(SessionsError::NoSession)?;
    entrance.csrf.check(headers, token.session().as_uuid())?;
    Ok(Some(text.to_owned()))
}
