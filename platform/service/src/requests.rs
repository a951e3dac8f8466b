//! One request through the service: its ids, its log line, its numbers, and panics turned into problems.
//!
//! It reads no body and decides nothing.

mod numbers;
mod read_numbers;
mod reads;

use std::sync::OnceLock;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::{HeaderName, HeaderValue};
use tracing::{Instrument, Span};
use uuid::Uuid;

use crate::problem::Problem;
pub use reads::{ObservedRead, ObservingRead, ReadObserver};

/// Header that carries the request's id, in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// W3C trace context.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const LONGEST_REQUEST_ID: usize = 128;

/// The ids under which a request is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestIds {
    /// The caller's `X-Request-Id`, or one of ours.
    pub request_id: String,
    /// The trace id of the caller's `traceparent`, or one of ours: 32 hex digits.
    pub trace_id: String,
    /// What an event of this request carries, when its trace is recorded: the `traceparent` of the request's span.
    pub traceparent: Option<String>,
}

tokio::task_local! {
    static CURRENT: LazyIds;
}

/// Ids that are drawn when somebody asks for them: most reads end without anybody asking.
#[derive(Debug, Default)]
struct LazyIds {
    traceparent: Option<HeaderValue>,
    request_id: Option<HeaderValue>,
    drawn: OnceLock<RequestIds>,
}

impl LazyIds {
    fn of(request: &Request, course: &Span) -> Self {
        let known = accession_trace::trace_id(course).map(|_| ids_in(course, request));
        Self {
            traceparent: request.headers().get(TRACEPARENT).cloned(),
            request_id: request.headers().get(REQUEST_ID).cloned(),
            drawn: known.map_or_else(OnceLock::new, OnceLock::from),
        }
    }

    fn drawn(&self) -> &RequestIds {
        self.drawn
            .get_or_init(|| ids_from(self.traceparent.as_ref(), self.request_id.as_ref()))
    }
}

impl From<RequestIds> for LazyIds {
    fn from(ids: RequestIds) -> Self {
        Self {
            drawn: OnceLock::from(ids),
            ..Self::default()
        }
    }
}

/// The trace id of the request that this task answers; empty outside a request.
#[must_use]
pub fn current_trace_id() -> String {
    CURRENT
        .try_with(|ids| ids.drawn().trace_id.clone())
        .unwrap_or_default()
}

/// The ids of the request that this task answers.
#[must_use]
pub fn current() -> Option<RequestIds> {
    CURRENT.try_with(|ids| ids.drawn().clone()).ok()
}

/// Middleware for write surfaces: gives a request its ids, a span, a log line and metrics, and survives panics.
pub async fn observe(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    let method = request.method().clone();
    let course = course_of(&request, &route);
    let ids = ids_in(&course, &request);
    let span = tracing::info_span!("http", %method, path = %request.uri().path(),
        request_id = %ids.request_id, trace_id = %ids.trace_id);
    let started = Instant::now();
    let answer = std::panic::AssertUnwindSafe(next.run(request))
        .catch_unwind()
        .instrument(span.clone())
        .instrument(course.clone());
    let mut response = CURRENT
        .scope(ids.clone().into(), async {
            answer.await.unwrap_or_else(|_panic| panicked())
        })
        .await;
    let elapsed = started.elapsed();
    span.in_scope(|| log_line(&response, elapsed));
    accession_trace::answered(&course, response.status().as_u16());
    numbers::took(&method, route, response.status()).record(elapsed.as_secs_f64());
    if let Ok(value) = HeaderValue::from_str(&ids.request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The span of this request in its course of things; none while nobody records traces.
fn course_of(request: &Request, route: &str) -> Span {
    let sent = request.headers().get(TRACEPARENT);
    let sent = sent.and_then(|value| value.to_str().ok());
    accession_trace::request(request.method().as_str(), route, sent)
}

fn read_span(ids: &RequestIds, route: Option<&MatchedPath>) -> Span {
    tracing::info_span!("http", route = route.map_or("unmatched", MatchedPath::as_str),
        request_id = %ids.request_id, trace_id = %ids.trace_id)
}

fn log_line(response: &Response, elapsed: std::time::Duration) {
    let status = response.status().as_u16();
    let position = response
        .headers()
        .get("accession-position")
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::warn!(status, micros, position, "answered");
    } else {
        tracing::debug!(status, micros, position, "answered");
    }
}

/// The default panic hook has logged where; the caller only learns that it was our fault.
fn panicked() -> Response {
    tracing::error!(
        "a request handler panicked; this is a defect, please report it with the lines above"
    );
    Problem::internal().into_response()
}

/// The ids of a request whose span may be in a recorded trace.
fn ids_in(course: &Span, request: &Request) -> RequestIds {
    let mut ids = ids_of(request);
    if let Some(trace_id) = accession_trace::trace_id(course) {
        if ids.request_id == ids.trace_id {
            ids.request_id.clone_from(&trace_id);
        }
        ids.trace_id = trace_id;
        ids.traceparent = accession_trace::traceparent(course);
    }
    ids
}

fn ids_of(request: &Request) -> RequestIds {
    let headers = request.headers();
    ids_from(headers.get(TRACEPARENT), headers.get(REQUEST_ID))
}

fn ids_from(traceparent: Option<&HeaderValue>, request_id: Option<&HeaderValue>) -> RequestIds {
    let trace_id = traceparent.and_then(trace_id_of).unwrap_or_else(new_id);
    let request_id = request_id
        .and_then(echoed)
        .map_or_else(|| trace_id.clone(), str::to_owned);
    RequestIds {
        request_id,
        trace_id,
        traceparent: None,
    }
}

/// A request id that we are willing to repeat.
fn echoed(value: &HeaderValue) -> Option<&str> {
    let text = value.to_str().ok()?;
    (!text.is_empty() && text.len() <= LONGEST_REQUEST_ID).then_some(text)
}

fn trace_id_of(value: &HeaderValue) -> Option<String> {
    let trace_id = value.to_str().ok()?.split('-').nth(1)?;
    let well_formed = trace_id.len() == 32 && trace_id.bytes().all(|byte| byte.is_ascii_hexdigit());
    (well_formed && trace_id.bytes().any(|byte| byte != b'0'))
        .then(|| trace_id.to_ascii_lowercase())
}

fn new_id() -> String {
    Uuid::new_v4().as_simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn request(headers: &[(&'static str, &str)]) -> Request {
        let mut builder = Request::builder();
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(Body::empty()).unwrap()
    }

    #[test]
    fn a_callers_trace_is_continued() {
        let ids = ids_of(&request(&[(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        )]));
        assert_eq!(ids.trace_id, "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(ids.request_id, ids.trace_id);
    }

    #[test]
    fn a_malformed_trace_is_replaced() {
        for bad in [
            "",
            "00",
            "00-xyz-1-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        ] {
            let ids = ids_of(&request(&[("traceparent", bad)]));
            assert_eq!(ids.trace_id.len(), 32, "{bad}");
        }
    }

    #[test]
    fn an_overlong_request_id_is_not_echoed() {
        let long = "x".repeat(129);
        assert_ne!(
            ids_of(&request(&[("x-request-id", &long)])).request_id,
            long
        );
        assert_eq!(
            ids_of(&request(&[("x-request-id", "mine")])).request_id,
            "mine"
        );
    }
}
