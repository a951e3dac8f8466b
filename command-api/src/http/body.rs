//! Request bodies: strict JSON, refused with the field, what was found and what is expected.
//!
//! Never lets an unknown field pass: a misspelt field would silently not be said.

use accession_service::config::nearest;
use accession_service::problem::{FieldError, Problem};
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use sha2::{Digest, Sha256};

/// The digest of a body: tells a repeated request from an altered one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyDigest([u8; 32]);

/// A JSON body that has to be there.
#[derive(Debug, Clone)]
pub struct Body<T> {
    /// What was sent.
    pub value: T,
    /// Its digest.
    pub digest: BodyDigest,
}

/// A JSON body that may be left out.
#[derive(Debug, Clone)]
pub struct OptionalBody<T> {
    /// What was sent; the default when nothing was.
    pub value: T,
    /// Its digest.
    pub digest: BodyDigest,
}

/// The raw bytes of a JSON body, for readers that take it apart themselves.
#[derive(Debug, Clone)]
pub struct RawBody {
    /// What was sent.
    pub bytes: Bytes,
    /// Its digest.
    pub digest: BodyDigest,
}

/// No body: what is sent all the same is read, so that it counts for the idempotency key, and ignored.
#[derive(Debug, Clone, Copy)]
pub struct NoBody(pub BodyDigest);

/// Reads a field that is there, be it null, so that it can be told from one that is left out.
pub fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

impl BodyDigest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest's own bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let described = request.headers().clone();
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|error| unreadable(&error))?;
        if bytes.is_empty() {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "empty_body",
                "the body is empty: send a JSON object",
            ));
        }
        require_json(&described)?;
        Ok(Self {
            digest: BodyDigest::of(&bytes),
            bytes,
        })
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let RawBody { bytes, digest } = RawBody::from_request(request, state).await?;
        Ok(Self {
            value: parse(&bytes)?,
            digest,
        })
    }
}

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let described = request.headers().clone();
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|error| unreadable(&error))?;
        let digest = BodyDigest::of(&bytes);
        if bytes.is_empty() {
            return Ok(Self {
                value: T::default(),
                digest,
            });
        }
        require_json(&described)?;
        Ok(Self {
            value: parse(&bytes)?,
            digest,
        })
    }
}

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|error| unreadable(&error))?;
        Ok(Self(BodyDigest::of(&bytes)))
    }
}

fn unreadable(error: &BytesRejection) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "the body is larger than this route takes: commands take 1 MiB, import batches 8 MiB; send it in parts",
        );
    }
    Problem::malformed(
        "the body could not be read to its end: the connection broke or its length was not as announced",
    )
}

fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let found = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = found.split(';').next().unwrap_or_default().trim();
    let json = essence.eq_ignore_ascii_case("application/json")
        || (essence.len() > 5
            && essence.to_ascii_lowercase().starts_with("application/")
            && essence.to_ascii_lowercase().ends_with("+json"));
    if json {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        format!(
            "the body's content type is `{}`: send application/json",
            found.chars().take(80).collect::<String>()
        ),
    ))
}

/// Reads a whole body as a JSON object.
pub fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        if is_another_kind(bytes, error.inner()) {
            return another_kind(&path);
        }
        refused(&path, error.inner())
    })?;
    reader.end().map_err(|error| refused("", &error))?;
    if is_object(bytes) {
        Ok(value)
    } else {
        Err(not_an_object())
    }
}

/// Whether JSON that could be read is an object: an array would be read field by field in their order.
#[must_use]
pub fn is_object(json: &[u8]) -> bool {
    json.trim_ascii_start().starts_with(b"{")
}

/// Whether the reader stopped at what is JSON all the same: it says so of a number or a list where one of a few words
/// belongs.
fn is_another_kind(bytes: &[u8], error: &serde_json::Error) -> bool {
    error.classify() == Category::Syntax
        && serde_json::from_slice::<serde_json::Value>(bytes).is_ok()
}

fn another_kind(path: &str) -> Problem {
    let message = format!("`{path}` is of another type than this field has");
    Problem::invalid(
        format!("the body is not acceptable: {message}"),
        vec![FieldError::new(path, "wrong_type", message)],
    )
}

fn not_an_object() -> Problem {
    let message = "expected a JSON object";
    Problem::invalid(message, vec![FieldError::new("", "wrong_type", message)])
}

fn refused(path: &str, error: &serde_json::Error) -> Problem {
    match error.classify() {
        Category::Data => {
            let fault = field_error(path, &error.to_string());
            Problem::invalid(
                format!("the body is not acceptable: {}", fault.message),
                vec![fault],
            )
        }
        Category::Syntax | Category::Eof | Category::Io => Problem::new(
            StatusCode::BAD_REQUEST,
            "malformed_json",
            format!("the body is not JSON: {error}"),
        ),
    }
}

/// What is wrong with a field, from the reader's own words.
#[must_use]
pub fn field_error(path: &str, message: &str) -> FieldError {
    let message = without_place(message);
    let path = if path == "." { "" } else { path };
    let named = quoted(message).next().unwrap_or_default();
    if message.starts_with("missing field") {
        let field = if path.is_empty() {
            named.to_owned()
        } else {
            format!("{path}.{named}")
        };
        return FieldError::new(field, "missing", "this field is needed");
    }
    let known: Vec<&str> = quoted(message).skip(1).collect();
    let near = nearest(named, &known)
        .map(|name| format!(", did you mean `{name}`?"))
        .unwrap_or_default();
    let unknown = |what: &str| {
        format!(
            "`{named}` is not a known {what}{near}; known: {}",
            known.join(", ")
        )
    };
    let found: String = message.chars().take(300).collect();
    match message {
        text if text.starts_with("unknown field") => {
            FieldError::new(path, "unknown_field", unknown("field"))
        }
        text if text.starts_with("unknown variant") => {
            FieldError::new(path, "unknown_value", unknown("value"))
        }
        text if text.starts_with("duplicate field") => {
            FieldError::new(path, "duplicate_field", found)
        }
        text if text.starts_with("invalid type") => FieldError::new(path, "wrong_type", found),
        _ => FieldError::new(path, "bad_value", found),
    }
}

/// The reader appends line and column, which say nothing once the field is named.
fn without_place(message: &str) -> &str {
    message
        .rsplit_once(" at line ")
        .map_or(message, |(message, _)| message)
}

/// The texts in backticks, in order.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Sample {
        name: String,
        #[serde(default)]
        rating: Option<Rating>,
        #[serde(default)]
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Rating {
        votes: u64,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Book,
        Series,
    }

    fn fault(text: &str) -> FieldError {
        let problem = parse::<Sample>(text.as_bytes()).unwrap_err();
        assert_eq!(
            problem.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{problem:?}"
        );
        let detail = problem.detail().to_owned();
        let shown = format!("{problem:?}");
        assert!(shown.contains("errors: [FieldError"), "{shown}");
        let FieldError {
            field,
            code,
            message,
        } = field_of(text);
        assert!(detail.ends_with(&message));
        FieldError {
            field,
            code,
            message,
        }
    }

    fn field_of(text: &str) -> FieldError {
        let mut reader = serde_json::Deserializer::from_slice(text.as_bytes());
        let error = serde_path_to_error::deserialize::<_, Sample>(&mut reader).unwrap_err();
        field_error(&error.path().to_string(), &error.inner().to_string())
    }

    #[test]
    fn an_unknown_field_is_named_with_the_nearest_known_one() {
        let fault = fault(r#"{"name":"Emma","ratin":{"votes":1}}"#);
        assert_eq!(
            (fault.field.as_str(), fault.code.as_str()),
            ("ratin", "unknown_field")
        );
        assert!(
            fault.message.contains("did you mean `rating`?"),
            "{}",
            fault.message
        );
    }

    #[test]
    fn a_wrong_type_is_named_with_its_path() {
        let fault = fault(r#"{"name":"Emma","rating":{"votes":"many"}}"#);
        assert_eq!(
            (fault.field.as_str(), fault.code.as_str()),
            ("rating.votes", "wrong_type")
        );
        assert!(
            fault.message.contains("u64") && !fault.message.contains("line"),
            "{}",
            fault.message
        );
    }

    #[test]
    fn a_missing_field_is_named_with_its_path() {
        assert_eq!(fault("{}").field, "name");
        assert_eq!(
            fault(r#"{"name":"Emma","rating":{}}"#).field,
            "rating.votes"
        );
    }

    #[test]
    fn an_unknown_value_is_named_with_the_known_ones() {
        let fault = fault(r#"{"name":"Emma","kind":"bok"}"#);
        assert_eq!(
            (fault.field.as_str(), fault.code.as_str()),
            ("kind", "unknown_value")
        );
        assert!(
            fault.message.contains("did you mean `book`?"),
            "{}",
            fault.message
        );
    }

    #[test]
    fn a_field_given_twice_is_refused() {
        assert_eq!(
            fault(r#"{"name":"Emma","name":"Persuasion"}"#).code,
            "duplicate_field"
        );
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for text in [
            "{",
            "nonsense",
            "{\"name\":\"Emma\"} x",
            "{\"name\":\"\u{1}\"}",
        ] {
            let problem = parse::<Sample>(text.as_bytes()).unwrap_err();
            assert_eq!(problem.code(), "malformed_json", "{text}");
        }
        assert_eq!(
            parse::<Sample>(b"{\"name\":\"\xff\"}").unwrap_err().code(),
            "malformed_json"
        );
    }

    #[test]
    fn a_number_where_a_word_belongs_is_told_by_its_field() {
        for body in [r#"{"name":"a","kind":5}"#, r#"{"name":"a","kind":[]}"#] {
            let problem = parse::<Sample>(body.as_bytes()).unwrap_err();
            assert_eq!(problem.status(), 422, "{body}");
            assert!(problem.detail().contains("`kind`"), "{}", problem.detail());
        }
    }
}
