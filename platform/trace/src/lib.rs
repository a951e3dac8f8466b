//! The spans of one course of things: a request, its append, its publishing and its projection, under one trace id that
//! travels in the events' metadata.
//!
//! While nobody records traces, every function here costs one load of a flag and makes nothing. It never exports: that is
//! the service's telemetry.

mod traceparent;

use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Target of all spans here, by which telemetry tells them from the spans of log lines.
pub const TARGET: &str = "accession_trace";

static RECORDED: AtomicBool = AtomicBool::new(false);

/// Somebody records traces from now on.
pub fn switch_on() {
    RECORDED.store(true, Ordering::Relaxed);
}

/// Whether anybody records traces.
#[must_use]
pub fn enabled() -> bool {
    RECORDED.load(Ordering::Relaxed)
}

/// The span of a request, in the caller's trace if it sent a `traceparent`, else the first of a new one.
#[must_use]
pub fn request(method: &str, route: &str, sent: Option<&str>) -> Span {
    if !enabled() {
        return Span::none();
    }
    let span = tracing::info_span!(target: TARGET, parent: None, "request", otel.name = format!("{method} {route}"),
        otel.kind = "server", otel.status_code = Empty, http.request.method = method, http.route = route,
        http.response.status_code = Empty);
    if let Some(sent) = sent {
        adopt(&span, sent);
    }
    span
}

/// Notes on a request's span how it was answered.
pub fn answered(request: &Span, status: u16) {
    request.record("http.response.status_code", status);
    if status >= 500 {
        request.record("otel.status_code", "ERROR");
    }
}

/// The trace id of a span, as 32 hex digits; none while nobody records.
#[must_use]
pub fn trace_id(span: &Span) -> Option<String> {
    if !enabled() {
        return None;
    }
    let context = span.context();
    let found = context.span().span_context().clone();
    found.is_valid().then(|| found.trace_id().to_string())
}

/// What events carry to be found again: the `traceparent` of this span, if its trace is recorded.
#[must_use]
pub fn traceparent(span: &Span) -> Option<String> {
    if !enabled() {
        return None;
    }
    let context = span.context();
    let found = context.span().span_context().clone();
    (found.is_valid() && found.is_sampled()).then(|| traceparent::write(&found))
}

/// The span of a submission to the log, within the request that this task answers.
#[must_use]
pub fn append(appends: usize, events: usize) -> Span {
    if !enabled() {
        return Span::none();
    }
    tracing::info_span!(target: TARGET, "append", appends, events)
}

/// The span of an event on its way to the bus, from publishing to acknowledgement; none when its metadata names no trace.
#[must_use]
pub fn publish(metadata: &str, position: u64) -> Option<Span> {
    let sent = of_metadata(metadata)?;
    let span = tracing::info_span!(target: TARGET, parent: None, "publish", otel.kind = "producer", position);
    adopt(&span, sent);
    Some(span)
}

/// The span of an event on its way into documents, from folding to commit; none when its metadata names no trace.
#[must_use]
pub fn project(metadata: &str, position: u64) -> Option<Span> {
    let sent = of_metadata(metadata)?;
    let span = tracing::info_span!(target: TARGET, parent: None, "project", otel.kind = "consumer", position);
    adopt(&span, sent);
    Some(span)
}

/// The `traceparent` in the metadata of an event, without parsing all of it: most events name none.
fn of_metadata(metadata: &str) -> Option<&str> {
    if !enabled() {
        return None;
    }
    let (_, after) = metadata.split_once("\"traceparent\":\"")?;
    after.split_once('"').map(|(sent, _)| sent)
}

fn adopt(span: &Span, sent: &str) {
    let Some(parent) = traceparent::read(sent) else {
        return;
    };
    // It fails only for a span that has begun or that nobody records; then there is nothing to adopt.
    let _ = span.set_parent(Context::new().with_remote_span_context(parent));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_made_while_nobody_records() {
        assert!(request("GET", "/", None).is_none() && append(1, 1).is_none());
        let metadata =
            r#"{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}"#;
        assert!(publish(metadata, 1).is_none() && project(metadata, 1).is_none());
        assert_eq!(traceparent(&Span::current()), None);
    }
}
