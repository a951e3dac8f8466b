//! A command that changes who may what is answered when every gate of this process knows of it, 2 s at most: then the next
//! request sees it.
//!
//! Never turns an answer into a failure: what was written is written, and the gates learn of it a moment later.

use std::sync::Arc;

use accession_service::access::{Standings, is_unsafe};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::answer::POSITION;

/// Where commands are given that change who may what.
const CONCERNED: [&str; 4] = [
    "/api/v1/admin/accounts",
    "/api/v1/auth/",
    "/api/v1/libraries",
    "/api/v1/users/",
];

/// What is done inside a library and changes nobody's standing: answered when it is written.
const UNCONCERNED: [&str; 6] = ["places", "copies", "loans", "holds", "loan-policy", "desk"];

/// Whether the path is of something inside a library that changes nobody's standing.
pub(crate) fn is_inside(path: &str) -> bool {
    let rest = path.strip_prefix("/api/v1/libraries/");
    let what = rest.and_then(|rest| rest.split('/').nth(1));
    what.is_some_and(|what| UNCONCERNED.contains(&what))
}

/// Waits with the answer to such a command.
pub(crate) async fn settle(
    State(standings): State<Arc<dyn Standings>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let concerned = is_unsafe(request.method())
        && CONCERNED.iter().any(|start| path.starts_with(start))
        && !is_inside(path);
    let response = next.run(request).await;
    if !concerned || !response.status().is_success() {
        return response;
    }
    let position = response.headers().get(POSITION);
    let position = position.and_then(|value| value.to_str().ok()?.parse().ok());
    if let Some(position) = position
        && let Err(error) = standings.reached(position).await
    {
        tracing::warn!(%error, position, "answered before every gate knows what was changed");
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_done_with_places_and_copies_waits_for_no_gate() {
        let library = "/api/v1/libraries/0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e50";
        for what in ["places", "copies", "copies/1/move", "loans"] {
            assert!(is_inside(&format!("{library}/{what}")), "{what}");
        }
        for what in ["", "/members", "/members/copies", "/revoke-sessions"] {
            assert!(!is_inside(&format!("{library}{what}")), "{what}");
        }
    }
}
