//! Errors as people and programs read them: RFC 9457 problem+json, rendered here and nowhere else.
//!
//! It knows HTTP and no domain error; each context maps its own errors to a [`Problem`] in one table.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::requests;

/// One field of a request that is not acceptable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Path of the field, for example `isbn` or `items[3].year`.
    pub field: String,
    /// Machine-readable reason, for example `too_long`.
    pub code: String,
    /// What is wrong, which value was found and what is expected.
    pub message: String,
}

impl FieldError {
    /// A field, a reason and an explanation.
    pub fn new(
        field: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            code: code.into(),
            message: message.into(),
        }
    }
}

/// The body of every error answer, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// Identifies the kind of problem: `urn:accession:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for every problem of this code.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened here, with the value, and what to do.
    pub detail: String,
    /// Machine-readable code, stable for ever.
    pub code: String,
    /// Finds the request in the logs.
    pub trace_id: String,
    /// The fields at fault, when there are some.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// When what is taken is due back, where that is the problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// What can be done instead: the name of each deed, and the address to POST to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, String>,
}

/// An error answer in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    retry_after: Option<Duration>,
    instead: Option<Box<Instead>>,
}

/// What a few problems tell besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Instead {
    due_at: Option<Timestamp>,
    links: BTreeMap<String, String>,
}

impl Problem {
    /// A problem with a status, a stable code, and a text that says what happened and what to do.
    pub fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            instead: None,
        }
    }

    /// 400: the request cannot be understood.
    pub fn malformed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed_request", detail)
    }

    /// 401: nobody, or somebody who is not who they say.
    pub fn unauthenticated(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
    }

    /// 403: known, but not allowed.
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 404: there is no such thing.
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// 405: the answer to a method that a path does not know; a handler for routers.
    #[expect(clippy::unused_async, reason = "a handler is async")]
    pub async fn method_not_allowed() -> Self {
        Self::no_such_method()
    }

    /// 405: this path knows other methods.
    #[must_use]
    pub fn no_such_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "this path exists, but not with this method: see /openapi.json",
        )
    }

    /// 422: understood, but against a rule; says which fields.
    pub fn invalid(detail: impl Into<Cow<'static, str>>, errors: Vec<FieldError>) -> Self {
        Self {
            errors,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", detail)
        }
    }

    /// 503: something we depend on is away; says when to try again.
    pub fn unavailable(detail: impl Into<Cow<'static, str>>, retry_after: Duration) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "dependency_unavailable",
            detail,
        )
        .retry_after(retry_after)
    }

    /// 500: our own fault; the detail never tells more than that.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
            "the server failed to answer this request; nothing that was acknowledged is lost; \
             give the trace id to the operator",
        )
    }

    /// Adds fields at fault.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// Says when what is taken is due back.
    #[must_use]
    pub fn due_at(mut self, due_at: Timestamp) -> Self {
        self.instead.get_or_insert_default().due_at = Some(due_at);
        self
    }

    /// Says what can be done instead: the name of the deed, and the address to POST to.
    #[must_use]
    pub fn with_link(mut self, deed: &str, address: String) -> Self {
        let links = &mut self.instead.get_or_insert_default().links;
        links.insert(deed.to_owned(), address);
        self
    }

    /// Says when to try again, in whole seconds, at least one.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What happened here.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The fields at fault.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// When what is taken is due back, where that is the problem.
    #[must_use]
    pub fn is_due_at(&self) -> Option<Timestamp> {
        self.instead.as_ref().and_then(|instead| instead.due_at)
    }

    fn body(self, trace_id: String) -> ProblemBody {
        let Instead { due_at, links } = self.instead.map(|instead| *instead).unwrap_or_default();
        ProblemBody {
            kind: format!("urn:accession:problem:{}", self.code),
            title: title_of(&self.code),
            status: self.status.as_u16(),
            detail: self.detail.into_owned(),
            code: self.code.into_owned(),
            trace_id,
            errors: self.errors,
            due_at,
            links,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status;
        let retry_after = self.retry_after.map(|after| after.as_secs().max(1));
        let body = self.body(requests::current_trace_id());
        let bytes = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (status, bytes).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"accession\""),
            );
        }
        response
    }
}

/// A title is the code in words: the same for every problem of a code, as RFC 9457 asks.
fn title_of(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_renders_as_rfc_9457_with_code_and_trace_id() {
        let problem = Problem::invalid(
            "1 field is not acceptable",
            vec![FieldError::new("isbn", "bad_checksum", "…")],
        );
        let body = problem.body("abc".into());
        assert_eq!(
            serde_json::to_value(&body).unwrap(),
            serde_json::json!({
                "type": "urn:accession:problem:invalid_request", "title": "Invalid request", "status": 422,
                "detail": "1 field is not acceptable", "code": "invalid_request", "trace_id": "abc",
                "errors": [{ "field": "isbn", "code": "bad_checksum", "message": "…" }]
            })
        );
    }

    #[test]
    fn a_problem_that_knows_a_way_out_tells_it() {
        let due: Timestamp = "2026-12-05T23:59:59Z".parse().unwrap();
        let problem = Problem::new(StatusCode::CONFLICT, "on_loan", "…")
            .due_at(due)
            .with_link("hold", "/holds".into());
        let body = serde_json::to_value(problem.body(String::new())).unwrap();
        assert_eq!(body["due_at"], "2026-12-05T23:59:59Z");
        assert_eq!(body["links"], serde_json::json!({ "hold": "/holds" }));
    }

    #[test]
    fn an_unavailable_dependency_says_when_to_try_again() {
        let response =
            Problem::unavailable("the log is away", Duration::from_millis(10)).into_response();
        assert_eq!(response.headers()[RETRY_AFTER], "1");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    }
}
