//! Where am I signed in? Every session that goes on, the newest first, and which of them asks.
//!
//! Never says when one was last refreshed: that is no event, and command-api tells it to whom it concerns.

use accession_projector::identity::{OpenSession, OpenSessionsDocument};
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::answering::Answer;
use crate::asking::Asked;
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::pages::Page;
use crate::reads::{Reads, unavailable};

/// A session of one's own.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MySession {
    /// The session.
    #[serde(flatten)]
    session: OpenSession,
    /// Whether it is the one that asks.
    current: bool,
}

/// One's own sessions that go on, the newest first. Needs an access token of a session.
#[utoipa::path(get, path = "/api/read/me/sessions", tag = "identity", params(AtLeast),
    responses((status = 200, body = Page<MySession>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(super) async fn my_sessions(
    State(reads): State<Reads>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let signed_in = asked.signed_in()?;
    let standing = reads.standing(Model::OpenSessions, &asked).await?;
    let key = signed_in.account.to_string();
    let held = reads.hot().document(&standing, &key).await;
    let held = held.map_err(|trouble| unavailable(&trouble))?;
    let open: OpenSessionsDocument = match held {
        Some(held) => serde_json::from_slice(&held.body).map_err(|error| {
            tracing::error!(%error, "a list of sessions cannot be read");
            Problem::internal()
        })?,
        None => OpenSessionsDocument::default(),
    };
    let items = open.sessions.into_iter().rev().map(|session| MySession {
        current: session.id == signed_in.session,
        session,
    });
    let page = Page {
        items: items.collect(),
        next_cursor: None,
    };
    let body = serde_json::to_vec(&page).map_err(|_| Problem::internal())?;
    let tag = format!("\"{}\"", hex::encode(Sha256::digest(&body)));
    let tag = HeaderValue::from_str(&tag).map_err(|_| Problem::internal())?;
    let answer = Answer::new(Bytes::from(body), tag, &standing);
    Ok(answer.private(true).respond(&asked))
}
