//! The one variable part of a path: an id, a slug or an ISBN, percent-decoded.
//!
//! Never checked for more than being text; each question knows what it expects.

use accession_service::problem::Problem;
use axum::extract::{FromRequestParts, Path};
use http::request::Parts;

/// The variable part of a path.
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(text)) => Ok(Self(text)),
            Err(rejection) => Err(Problem::malformed(format!(
                "the address cannot be read: {}; expected percent-encoded UTF-8",
                rejection.body_text()
            ))),
        }
    }
}
