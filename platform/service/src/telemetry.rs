//! Logs and metrics of a process: pretty on a terminal, JSON otherwise; one place that installs them.

use std::io::IsTerminal as _;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::prelude::*;

use crate::traces::{self, TraceOptions};

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Pretty on a terminal, JSON otherwise.
    #[default]
    Auto,
    /// For people.
    Pretty,
    /// For machines.
    Json,
}

/// Logging or metrics could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("telemetry could not be set up: {reason}")]
pub struct TelemetryError {
    /// Which part, and why.
    pub reason: String,
}

/// Latency buckets in seconds: fine where a catalogue answers, coarse where something is wrong.
const BUCKETS: [f64; 12] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0,
];

/// Buckets of counts: of appends or events that go to the store at once.
const COUNT_BUCKETS: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// Installs log lines, and spans for a collector where one is configured; `filter` is in the form of `RUST_LOG`, for example
/// `info,accession=debug`.
pub fn init(
    format: LogFormat,
    filter: &str,
    traces: Option<&TraceOptions>,
) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(filter).map_err(|error| TelemetryError {
        reason: format!("log filter `{filter}` is not understood ({error}); expected for example `info,accession=debug`"),
    })?;
    let pretty = match format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = if pretty {
        lines.compact().boxed()
    } else {
        lines.json().flatten_event(true).boxed()
    };
    // Spans of traces stand beside those of log lines; neither shows in the other.
    let lines =
        lines.with_filter(filter.and(filter_fn(|of| of.target() != accession_trace::TARGET)));
    let spans = traces.map(traces::start).transpose()?;
    let recorded = spans.is_some();
    let spans = spans.map(|tracer| {
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|of| of.target() == accession_trace::TARGET))
    });
    tracing_subscriber::registry()
        .with(lines)
        .with(spans)
        .try_init()
        .map_err(|error| TelemetryError {
            reason: error.to_string(),
        })?;
    if recorded {
        accession_trace::switch_on();
    }
    Ok(())
}

/// Installs the metrics recorder; the handle renders `/metrics`.
pub fn init_metrics() -> Result<PrometheusHandle, TelemetryError> {
    let failed = |reason: String| TelemetryError { reason };
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &BUCKETS)
        .and_then(|builder| {
            builder.set_buckets_for_metric(
                Matcher::Prefix("accession_log_batch_appends".into()),
                &COUNT_BUCKETS,
            )
        })
        .and_then(|builder| {
            builder.set_buckets_for_metric(
                Matcher::Prefix("accession_log_batch_events".into()),
                &COUNT_BUCKETS,
            )
        })
        .map_err(|error| failed(error.to_string()))?
        .install_recorder()
        .map_err(|error| failed(error.to_string()))
}
