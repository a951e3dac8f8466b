//! `GET /api/v1/users/me/sessions` and `DELETE …/{id}`: where one is signed in, with when it was last refreshed; and not any
//! more.
//!
//! Never about a session of somebody else: that one is not there.

use accession_events::identity::SessionEnd;
use accession_events::ids::SessionId;
use accession_service::problem::Problem;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::answer::POSITION;
use crate::http::call::AccountCall;
use crate::http::describe::CommandProblems;
use crate::identity::sessions::Sessions;

/// A session, as its private row tells it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OwnSession {
    /// Its id.
    #[schema(value_type = Uuid)]
    id: SessionId,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// When its tokens were last made anew: it was used then, and for 15 minutes longer at most. A use is not written down each
    /// time.
    #[schema(value_type = String, format = DateTime)]
    refreshed_at: Timestamp,
    /// When it is over, if nobody refreshes it.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Whether its tokens are in cookies.
    in_cookie: bool,
    /// Whether it is the one that asks.
    current: bool,
}

/// One's own sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OwnSessions {
    /// They, the newest first.
    items: Vec<OwnSession>,
    /// Always null: they all fit on one page.
    next_cursor: Option<String>,
}

/// One's own sessions that go on, with when each was last refreshed. `/api/read/me/sessions` tells their devices.
#[utoipa::path(get, path = "/api/v1/users/me/sessions", tag = "identity",
    responses((status = 200, body = OwnSessions), CommandProblems))]
pub(super) async fn own_sessions(
    AccountCall {
        call,
        account,
        session,
    }: AccountCall,
    State(sessions): State<Sessions>,
) -> Result<Json<OwnSessions>, Problem> {
    let kept = sessions.of_account(account, call.now).await?;
    let items = kept.into_iter().map(|kept| OwnSession {
        id: kept.id,
        started_at: kept.started_at,
        refreshed_at: kept.rotated_at,
        expires_at: kept.expires_at,
        in_cookie: kept.in_cookie,
        current: kept.id == session,
    });
    Ok(Json(OwnSessions {
        items: items.collect(),
        next_cursor: None,
    }))
}

/// End one of one's own sessions.
#[utoipa::path(delete, path = "/api/v1/users/me/sessions/{id}", tag = "identity",
    params(("id" = Uuid, Path, description = "the session's id")),
    responses((status = 204, description = "It is over."), CommandProblems))]
pub(super) async fn end_session(
    AccountCall { call, account, .. }: AccountCall,
    State(sessions): State<Sessions>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let not_there = || Problem::not_found("you have no session with this id");
    let id: SessionId = id.parse().map_err(|_| not_there())?;
    sessions.own(account, id).await?.ok_or_else(not_there)?;
    let given = super::given(call.caller.actor());
    let position = sessions
        .end(id, SessionEnd::Revoked, &given, call.now)
        .await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let value = HeaderValue::from(position.get());
    response.headers_mut().insert(POSITION, value);
    Ok(response)
}
