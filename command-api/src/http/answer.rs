//! What a command answers, now and when it is asked again under the same idempotency key.
//!
//! Never makes an answer twice in two ways: a replay is rendered from what was stored, by the same function.

use accession_event_log::StoredResponse;
use accession_events::Position;
use accession_service::problem::Problem;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, ETAG, LOCATION};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::conditions::IDEMPOTENCY_REPLAYED;

/// The header with the position that an answer's change stands at.
pub const POSITION: HeaderName = HeaderName::from_static("accession-position");

/// The part of an answer that is known before the command is carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    /// Whether the body is exactly what was put in; the position is then told in the header alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    bare: bool,
    body: Map<String, Value>,
}

/// A whole answer to a command.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    reply: Reply,
    version: Option<u64>,
    position: Position,
    replayed: bool,
}

/// The body of an answer to a command; routes add what they promise besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Changed {
    /// What was changed.
    #[schema(example = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c")]
    pub id: String,
    /// Its version from now on; send it as `If-Match`.
    pub version: u64,
    /// Where the change stands in the log; send it as `Accession-Min-Position` to read it back.
    pub position: u64,
}

#[derive(Serialize, Deserialize)]
struct Stored<R> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    #[serde(flatten)]
    reply: R,
}

impl Reply {
    /// 200 with the id of what was changed.
    #[must_use]
    pub fn changed(id: impl std::fmt::Display) -> Self {
        Self {
            status: 200,
            location: None,
            bare: false,
            body: Map::new(),
        }
        .with("id", id.to_string())
    }

    /// 201 with the id of what is new, and where it can be read.
    #[must_use]
    pub fn created(id: impl std::fmt::Display, location: String) -> Self {
        Self {
            status: 201,
            location: Some(location),
            ..Self::changed(id)
        }
    }

    /// 200 with this body.
    #[must_use]
    pub fn with_body(body: Map<String, Value>) -> Self {
        Self {
            status: 200,
            location: None,
            bare: false,
            body,
        }
    }

    /// 200 with exactly this body, for clients that know no position.
    #[must_use]
    pub fn bare(body: Map<String, Value>) -> Self {
        Self {
            bare: true,
            ..Self::with_body(body)
        }
    }

    /// The same answer with another status.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status.as_u16();
        self
    }

    /// Adds to the body what the route promises.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.body.insert(key.to_owned(), value.into());
        self
    }

    /// Adds all of these to the body.
    #[must_use]
    pub fn with_all(mut self, entries: Map<String, Value>) -> Self {
        self.body.extend(entries);
        self
    }

    /// The text that is kept under an idempotency key.
    #[must_use]
    pub fn stored(&self, version: u64) -> String {
        text_of(self, Some(version))
    }

    /// The same for an answer about no single thing, so without a version.
    #[must_use]
    pub fn stored_unversioned(&self) -> String {
        text_of(self, None)
    }

    /// The answer once the command is carried out.
    #[must_use]
    pub fn at(self, version: u64, position: Position) -> Answer {
        Answer {
            reply: self,
            version: Some(version),
            position,
            replayed: false,
        }
    }

    /// The answer about no single thing.
    #[must_use]
    pub fn unversioned(self, position: Position) -> Answer {
        Answer {
            reply: self,
            version: None,
            position,
            replayed: false,
        }
    }
}

fn text_of(reply: &Reply, version: Option<u64>) -> String {
    // Strings, numbers and maps with text keys: this cannot fail, and an empty text is refused on replay.
    serde_json::to_string(&Stored { version, reply }).unwrap_or_default()
}

impl Answer {
    /// The answer that was given before.
    pub fn replayed(stored: &StoredResponse) -> Result<Self, Problem> {
        let Stored { version, reply } =
            serde_json::from_str(&stored.response).map_err(|error| {
                tracing::error!(%error, "an answer kept under an idempotency key cannot be read");
                Problem::internal()
            })?;
        Ok(Self {
            reply,
            version,
            position: stored.position,
            replayed: true,
        })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let Self {
            reply,
            version,
            position,
            replayed,
        } = self;
        let mut reply = if reply.bare {
            reply
        } else {
            reply.with("position", position.get())
        };
        if let Some(version) = version {
            reply = reply.with("version", version);
        }
        let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
        let bytes = serde_json::to_vec(&reply.body).unwrap_or_default();
        let mut response = (status, bytes).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(POSITION, HeaderValue::from(position.get()));
        let tag = version.and_then(|version| HeaderValue::from_str(&format!("\"{version}\"")).ok());
        let location = reply
            .location
            .and_then(|location| HeaderValue::from_str(&location).ok());
        let marked = replayed.then(|| HeaderValue::from_static("true"));
        for (name, value) in [
            (ETAG, tag),
            (LOCATION, location),
            (IDEMPOTENCY_REPLAYED, marked),
        ] {
            if let Some(value) = value {
                headers.insert(name, value);
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply() -> Reply {
        Reply::created("t1", "/api/read/titles/t1".into()).with("slug", "emma")
    }

    async fn body(answer: Answer) -> Value {
        let bytes = axum::body::to_bytes(answer.into_response().into_body(), usize::MAX)
            .await
            .unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[tokio::test]
    async fn a_replay_is_the_same_answer_with_a_mark() {
        let first = reply().at(3, Position::new(17));
        let stored = StoredResponse {
            fingerprint: "f".into(),
            response: reply().stored(3),
            position: Position::new(17),
        };
        let again = Answer::replayed(&stored).unwrap();
        let (one, two) = (first.clone().into_response(), again.clone().into_response());
        assert_eq!(one.status(), two.status());
        for name in [ETAG, LOCATION, POSITION, CONTENT_TYPE] {
            assert_eq!(one.headers().get(&name), two.headers().get(&name), "{name}");
        }
        assert_eq!(two.headers()[IDEMPOTENCY_REPLAYED], "true");
        assert!(!one.headers().contains_key(IDEMPOTENCY_REPLAYED));
        assert_eq!(body(first).await, body(again).await);
    }

    #[test]
    fn a_stored_answer_that_cannot_be_read_is_our_fault() {
        let stored = StoredResponse {
            fingerprint: "f".into(),
            response: String::new(),
            position: Position::START,
        };
        assert_eq!(
            Answer::replayed(&stored).unwrap_err().code(),
            "internal_error"
        );
    }
}
