//! One trace from the request to the documents, as an OpenTelemetry collector gets it over the wire.
//!
//! The collector here is a receiver of real OTLP requests; nothing looks at spans inside the processes.

use std::sync::{Arc, Mutex};

use accession_testkit::{Stores, eventually, fresh_database, unique_name};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use http::StatusCode;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Told;
use prost::Message as _;
use reqwest::Response;
use serde_json::{Value, json as value};

use crate::system::{Embedded, Process, SOON, client, json, run, text};
use crate::three_stores::Roles;

/// A span as it arrived, with the role of the process that sent it.
#[derive(Debug, Clone)]
struct Arrived {
    role: String,
    name: String,
    trace: String,
    id: String,
    parent: String,
}

type Spans = Arc<Mutex<Vec<Arrived>>>;

/// A collector of traces.
struct Collector {
    url: String,
    spans: Spans,
}

impl Collector {
    async fn start() -> Self {
        let spans = Spans::default();
        let router = Router::new()
            .route("/v1/traces", post(receive))
            .with_state(Arc::clone(&spans));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, spans }
    }

    fn settings(&self) -> Vec<(String, String)> {
        vec![("ACCESSION_TRACE_ENDPOINT".to_owned(), self.url.clone())]
    }

    fn of(&self, trace: &str) -> Vec<Arrived> {
        let spans = self.spans.lock().unwrap();
        let of_trace = spans.iter().filter(|span| span.trace == trace);
        of_trace.cloned().collect()
    }

    /// The spans of a trace, once all of these have arrived.
    async fn complete(&self, trace: &str, names: &[&str]) -> Vec<Arrived> {
        eventually(SOON, async || {
            let found = self.of(trace);
            let missing = names
                .iter()
                .find(|name| !found.iter().any(|span| span.name == **name));
            match missing {
                None => Ok(found),
                Some(name) => Err(format!("no span {name}: {found:?}")),
            }
        })
        .await
    }
}

async fn receive(State(spans): State<Spans>, body: Bytes) -> StatusCode {
    let Ok(request) = ExportTraceServiceRequest::decode(body) else {
        return StatusCode::BAD_REQUEST;
    };
    for of_process in request.resource_spans {
        let attributes = of_process.resource.unwrap_or_default().attributes;
        let role = attributes
            .into_iter()
            .find(|attribute| attribute.key == "accession.role")
            .and_then(|attribute| attribute.value?.value);
        let Some(Told::StringValue(role)) = role else {
            return StatusCode::BAD_REQUEST;
        };
        let all = of_process
            .scope_spans
            .into_iter()
            .flat_map(|scope| scope.spans);
        let arrived = all.map(|span| Arrived {
            role: role.clone(),
            name: span.name,
            trace: hex::encode(&span.trace_id),
            id: hex::encode(&span.span_id),
            parent: hex::encode(&span.parent_span_id),
        });
        spans.lock().unwrap().extend(arrived);
    }
    StatusCode::OK
}

const CALLER: &str = "b7ad6b7169203331";

fn new_trace() -> String {
    uuid::Uuid::new_v4().as_simple().to_string()
}

async fn add(url: &str, token: &str, name: &str, traceparent: Option<String>) -> Response {
    let mut sent = client()
        .post(format!("{url}/api/v1/titles"))
        .bearer_auth(token)
        .json(&value!({ "kind": "book", "name": name }));
    if let Some(traceparent) = traceparent {
        sent = sent.header("traceparent", traceparent);
    }
    let answer = sent.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer
}

const REQUEST: &str = "POST /api/v1/titles";
const WHOLE: [&str; 4] = [REQUEST, "append", "publish", "project"];

fn one<'a>(spans: &'a [Arrived], name: &str) -> &'a Arrived {
    let named: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
    assert!(!named.is_empty(), "{name}: {spans:?}");
    named[0]
}

/// The request is the caller's child, and everything else the request's.
fn hangs_together(spans: &[Arrived], of_request: &[&str]) {
    let request = one(spans, REQUEST);
    assert_eq!(request.parent, CALLER, "{spans:?}");
    for name in of_request {
        assert_eq!(one(spans, name).parent, request.id, "{name}: {spans:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_goes_through_three_processes_from_the_request_to_the_documents() {
    let (collector, stores) = (Collector::start().await, Stores::shared());
    let settings = collector.settings();
    let roles = Roles::start_with(&stores.nats_url, &stores.redis_url, settings).await;
    let trace = new_trace();
    let sent = format!("00-{trace}-{CALLER}-01");
    add(&roles.command_api.url, &roles.token, "Traced", Some(sent)).await;
    let spans = collector.complete(&trace, &WHOLE).await;
    hangs_together(&spans, &["append", "publish", "project"]);
    for (name, role) in [
        (REQUEST, "command-api"),
        ("append", "command-api"),
        ("publish", "command-api"),
        ("project", "projector"),
    ] {
        assert_eq!(one(&spans, name).role, role, "{spans:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_goes_through_all_roles_of_one_process_on_three_stores() {
    let (collector, stores) = (Collector::start().await, Stores::shared());
    let database = fresh_database(&stores.postgres_url).await;
    let (folder, name) = (tempfile::tempdir().unwrap(), unique_name("traces"));
    let own = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let mut settings = collector.settings();
    settings.extend([
        own("ACCESSION_LOG_URL", database.url()),
        own("ACCESSION_BUS_URL", &stores.nats_url),
        own("ACCESSION_BUS_STREAM", &name.to_uppercase()),
        own("ACCESSION_READ_STORE_URL", &stores.redis_url),
        own("ACCESSION_READ_STORE_NAMESPACE", &name),
    ]);
    let process = Process::start("all", folder.path(), &settings).await;
    let token = text(&run(
        folder.path(),
        &settings,
        &["token", "mint", "--role", "curator"],
    ));
    let trace = new_trace();
    let sent = format!("00-{trace}-{CALLER}-01");
    add(&process.url, &token, "Traced", Some(sent)).await;
    let spans = collector.complete(&trace, &WHOLE).await;
    hangs_together(&spans, &["append", "publish", "project"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_server_traces_what_its_callers_record_and_begins_traces_of_its_own() {
    let collector = Collector::start().await;
    let mut system = Embedded::start_with(collector.settings()).await;
    let (url, token) = (system.server.url.clone(), system.token("curator"));
    let not_recorded = new_trace();
    let sent = format!("00-{not_recorded}-{CALLER}-00");
    add(&url, &token, "Not recorded", Some(sent)).await;
    let recorded = new_trace();
    let sent = format!("00-{recorded}-{CALLER}-01");
    add(&url, &token, "Recorded", Some(sent)).await;
    let spans = collector
        .complete(&recorded, &[REQUEST, "append", "project"])
        .await;
    hangs_together(&spans, &["append", "project"]);
    add(&url, &token, "Of its own", None).await;
    // A stopping process sends what it still has.
    assert!(system.server.terminate().success());
    assert!(collector.of(&not_recorded).is_empty());
    let begun: Vec<Value> = collector
        .spans
        .lock()
        .unwrap()
        .iter()
        .filter(|span| span.name == REQUEST && span.parent.is_empty())
        .map(|span| span.trace.clone().into())
        .collect();
    assert_eq!(begun.len(), 1, "{begun:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_holds_nobody_up() {
    let settings = vec![(
        "ACCESSION_TRACE_ENDPOINT".to_owned(),
        "http://127.0.0.1:9".to_owned(),
    )];
    let mut system = Embedded::start_with(settings).await;
    let (url, token) = (system.server.url.clone(), system.token("curator"));
    let answer = add(&url, &token, "Untold", None).await;
    let position = answer.headers()["accession-position"].to_str().unwrap();
    json(&format!(
        "{url}/api/read/titles/untold?min_position={position}"
    ))
    .await;
    assert!(system.server.terminate().success());
}
