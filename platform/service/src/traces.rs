//! Sends spans to an OpenTelemetry collector, by OTLP over HTTP.
//!
//! Off unless an address is configured. A collector that is away costs spans and nothing else: nobody waits for it.

use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider,
};
use tokio::runtime::Handle;

use crate::telemetry::TelemetryError;

/// How long spans are gathered before they are sent.
const GATHER: Duration = Duration::from_secs(1);
/// How long a collector may take to answer, and a stopping process waits for the last spans.
const PATIENCE: Duration = Duration::from_secs(5);

static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// Where spans go, and which.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceOptions {
    /// The collector, for example `http://127.0.0.1:4318`.
    pub endpoint: String,
    /// Which share of the traces that begin here is recorded, 0 to 1; a caller's trace is recorded if its caller says so.
    pub ratio: f64,
    /// The role of this process.
    pub role: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// Starts to send spans. Needs a Tokio runtime, which carries the requests.
pub(crate) fn start(options: &TraceOptions) -> Result<SdkTracer, TelemetryError> {
    let failed = |reason: String| TelemetryError { reason };
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .build()
        .map_err(|error| failed(error.to_string()))?;
    let endpoint = format!("{}/v1/traces", options.endpoint.trim_end_matches('/'));
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_http_client(Courier {
            client,
            runtime: Handle::current(),
        })
        .with_endpoint(endpoint)
        .with_timeout(PATIENCE)
        .build()
        .map_err(|error| failed(format!("trace_endpoint cannot be used: {error}")))?;
    let gathering = BatchConfigBuilder::default()
        .with_scheduled_delay(GATHER)
        .build();
    let processor = BatchSpanProcessor::builder(exporter)
        .with_batch_config(gathering)
        .build();
    let resource = Resource::builder_empty()
        .with_service_name("accession")
        .with_attributes([
            KeyValue::new("service.version", options.version),
            KeyValue::new("accession.role", options.role),
        ])
        .build();
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(options.ratio)));
    let provider = SdkTracerProvider::builder()
        .with_span_processor(processor)
        .with_sampler(sampler)
        .with_resource(resource)
        .build();
    let tracer = provider.tracer("accession");
    let _ = PROVIDER.set(provider);
    Ok(tracer)
}

/// Sends what is left, within a bound. For the end of the process, outside the runtime's own threads.
pub fn finish() {
    if let Some(provider) = PROVIDER.get()
        && let Err(error) = provider.shutdown_with_timeout(PATIENCE)
    {
        tracing::warn!(%error, "the last spans were not sent");
    }
}

/// Carries requests over the client that the rest of the program uses, on its runtime: the exporter has a thread of its own.
#[derive(Debug)]
struct Courier {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Courier {
    async fn send_bytes(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        let client = self.client.clone();
        let sending = self.runtime.spawn(async move {
            let answer = client.execute(request).await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            Ok::<_, reqwest::Error>((status, headers, answer.bytes().await?))
        });
        let (status, headers, body) = sending.await??;
        let mut answer = http::Response::new(body);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}
