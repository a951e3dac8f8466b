//! A request's body as JSON; no body is an empty object. What cannot be read is a problem that says so.
//!
//! Never reads more than a command needs.

use accession_service::problem::Problem;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

/// No command of an operator needs more.
const LARGEST: usize = 64 * 1024;

/// The value that was sent.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let bytes = to_bytes(request.into_body(), LARGEST)
            .await
            .map_err(|error| Problem::malformed(format!("the body cannot be read: {error}")))?;
        let text = if bytes.is_empty() { &b"{}"[..] } else { &bytes };
        let value = serde_json::from_slice(text).map_err(|error| {
            Problem::malformed(format!(
                "the body is not the JSON that is expected: {error}"
            ))
        })?;
        Ok(Self(value))
    }
}
