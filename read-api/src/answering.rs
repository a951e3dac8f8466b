//! How an answer looks: bytes that are there already, and the headers that say what they are worth.
//!
//! Never parses a body, and never says a position that the body does not contain.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use accession_events::Position;
use accession_service::problem::Problem;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LOCATION, CONTENT_TYPE, ETAG, LINK, VARY};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::asking::Asked;
use crate::cache::{Held, Kept, Standing};

/// Header that says which position an answer contains.
pub(crate) const POSITION: HeaderName = HeaderName::from_static("accession-position");

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const ENCODED: HeaderValue = HeaderValue::from_static("accept-encoding");
/// Keep it, but ask each time whether it is still true: that is what the tag is for.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// An answer in the making.
pub(crate) struct Answer {
    body: Bytes,
    etag: HeaderValue,
    at: Position,
    position: HeaderValue,
    cache_control: HeaderValue,
    extra: Option<(HeaderName, HeaderValue)>,
    link: Option<HeaderValue>,
    /// The body, if its compressed forms may be kept.
    kept: Option<Kept>,
}

impl Answer {
    /// A body with its tag, from a model that stands there.
    pub(crate) fn new(body: Bytes, etag: HeaderValue, standing: &Standing) -> Self {
        Self {
            body,
            etag,
            at: standing.position,
            position: standing.written.clone(),
            cache_control: REVALIDATE,
            extra: None,
            link: None,
            kept: None,
        }
    }

    /// A document as it is.
    pub(crate) fn document(held: &Arc<Held>, standing: &Standing) -> Self {
        Self::kept(Kept::document(held), standing)
    }

    /// A body that is in memory, or may be soon.
    pub(crate) fn kept(kept: Kept, standing: &Standing) -> Self {
        let (body, etag) = (kept.body().clone(), kept.held().etag.clone());
        Self {
            kept: Some(kept),
            ..Self::new(body, etag, standing)
        }
    }

    /// A body that was made for this answer.
    pub(crate) fn made(body: &impl Serialize, standing: &Standing) -> Result<Self, Problem> {
        let body = serde_json::to_vec(body).map_err(|error| {
            tracing::error!(%error, "an answer cannot be written");
            Problem::internal()
        })?;
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        let tag = format!("\"g{}-{:016x}\"", standing.generation(), hasher.finish());
        let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
        Ok(Self::new(Bytes::from(body), tag, standing))
    }

    /// Claims no more than what was made of the documents contains, either.
    #[must_use]
    pub(crate) fn not_after(mut self, position: Position) -> Self {
        if position < self.at {
            self.at = position;
            self.position = HeaderValue::from(position.get());
        }
        self
    }

    /// Claims no more than this model contains, either.
    #[must_use]
    pub(crate) fn at(mut self, standing: &Standing) -> Self {
        if standing.position < self.at {
            self.at = standing.position;
            self.position = standing.written.clone();
        }
        self
    }

    /// Says where the same document has its own address.
    #[must_use]
    pub(crate) fn located(mut self, address: &str) -> Self {
        let value = HeaderValue::from_str(address).ok();
        self.extra = value.map(|value| (CONTENT_LOCATION, value));
        self
    }

    /// Points at what it is part of.
    #[must_use]
    pub(crate) fn part_of(mut self, address: &str) -> Self {
        self.link = HeaderValue::from_str(&format!("<{address}>; rel=\"up\"")).ok();
        self
    }

    /// Only for the one who asked: depends on who that is.
    #[must_use]
    pub(crate) fn private(mut self, private: bool) -> Self {
        if private {
            self.cache_control = PRIVATE;
        }
        self
    }

    /// The response: 304 when the reader has this version already.
    pub(crate) fn respond(self, asked: &Asked) -> Response {
        let mut response = if asked.has(&self.etag) {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            let mut response = Response::new(Body::from(self.body));
            // For its own and for those that every answer gets at the door, so that nothing moves.
            response.headers_mut().reserve(12);
            response.headers_mut().insert(CONTENT_TYPE, JSON);
            response
        };
        let headers = response.headers_mut();
        headers.insert(ETAG, self.etag);
        headers.insert(POSITION, self.position);
        headers.insert(CACHE_CONTROL, self.cache_control);
        headers.insert(VARY, ENCODED);
        // For whoever compresses the answer: only then is it looked at.
        if let Some(kept) = self.kept.filter(|_| asked.may_be_encoded()) {
            response.extensions_mut().insert(kept);
        }
        let headers = response.headers_mut();
        if let Some((name, value)) = self.extra {
            headers.insert(name, value);
        }
        if let Some(link) = self.link {
            headers.insert(LINK, link);
        }
        response
    }
}

/// A problem that holds as of this position: a miss is a fact, too.
pub(crate) fn problem_at(problem: Problem, standing: &Standing) -> Response {
    let mut response = problem.into_response();
    let headers = response.headers_mut();
    headers.insert(POSITION, standing.written.clone());
    headers.insert(VARY, ENCODED);
    response
}
