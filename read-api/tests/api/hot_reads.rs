//! What a hot document costs beside a handler that does nothing but return the same bytes.
//!
//! Never a figure by itself: only ratios of alternating runs on the same machine count.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::process::Command;

use accession_service::server::{bind, serve};
use accession_service::shutdown::{ShutdownTrigger, shutdown};
use accession_service::telemetry::init_metrics;
use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use serde_json::json;

use crate::asks::App;
use crate::given::{Catalogue, embedded, redis};

const ROUNDS: usize = 5;
/// What a cached read may cost at most: three quarters of the bare handler's rate have to be left.
const LEAST: f64 = 0.75;

async fn served(router: Router) -> (SocketAddr, ShutdownTrigger) {
    let listener = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, signal) = shutdown();
    tokio::spawn(serve(listener, router, signal));
    (address, stop)
}

/// Requests per second at 32 connections, and the latencies that wrk tells.
async fn rate(url: String, headers: &'static [&'static str]) -> (f64, String) {
    let run = tokio::task::spawn_blocking(move || {
        let mut wrk = Command::new("wrk");
        wrk.args(["-t1", "-c32", "-d3s", "--latency"]);
        for header in headers {
            wrk.args(["-H", header]);
        }
        wrk.arg(url).output().expect("wrk is installed")
    });
    let text = String::from_utf8(run.await.unwrap().stdout).unwrap();
    assert!(!text.contains("Non-2xx"), "{text}");
    let value = |name: &str| {
        let line = text
            .lines()
            .find(|line| line.trim_start().starts_with(name));
        line.and_then(|line| line.split_whitespace().last())
            .unwrap_or("?")
            .to_owned()
    };
    let latency = format!("p50 {} p99 {}", value("50%"), value("99%"));
    (value("Requests/sec").parse().unwrap(), latency)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo test --release -p accession-read-api --test api hot_reads -- --ignored --nocapture"]
async fn a_hot_document_is_answered_at_three_quarters_of_a_bare_handlers_rate() {
    let _metrics = init_metrics().unwrap();
    let subject = embedded().await;
    let distant = redis().await;
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let mut same = Catalogue::in_store(&distant.store).await;
    let description = "Could you survive on your own in the wild? ".repeat(4);
    let facts = [
        ("name", json!("The Hunger Games")),
        ("description", json!(description.trim())),
    ];
    let title = catalogue.add_title_with(1, "book", "the-hunger-games", &facts);
    same.add_title_with(1, "book", "the-hunger-games", &facts);
    catalogue.write().await;
    same.write().await;
    let (app, over_redis) = (
        App::over(&subject.store).await,
        App::over(&distant.store).await,
    );
    let page = app.get(&format!("/api/read/titles/{title}")).await.bytes;
    let bare = page.clone();
    let bare =
        get(move || async move { ([(CONTENT_TYPE, "application/json")], Bytes::clone(&bare)) });
    let (bare, _one) = served(Router::new().route("/bare/{id}", bare)).await;
    let (hot, _two) = served(app.router()).await;
    let (distant, _three) = served(over_redis.router()).await;
    let subjects: [(&str, String, &[&str]); 8] = [
        ("bare handler", format!("http://{bare}/bare/{title}"), &[]),
        (
            "by id",
            format!("http://{hot}/api/read/titles/{title}"),
            &[],
        ),
        (
            "by slug",
            format!("http://{hot}/api/read/titles/the-hunger-games"),
            &[],
        ),
        (
            "by id, over Redis",
            format!("http://{distant}/api/read/titles/{title}"),
            &[],
        ),
        (
            "by id, br",
            format!("http://{hot}/api/read/titles/{title}"),
            &["Accept-Encoding: br"],
        ),
        (
            "by id, zstd",
            format!("http://{hot}/api/read/titles/{title}"),
            &["Accept-Encoding: zstd"],
        ),
        (
            "by id, gzip",
            format!("http://{hot}/api/read/titles/{title}"),
            &["Accept-Encoding: gzip"],
        ),
        ("list of one", format!("http://{hot}/api/read/titles"), &[]),
    ];
    let mut runs = vec![Vec::new(); subjects.len()];
    let mut latencies = vec![String::new(); subjects.len()];
    for _ in 0..ROUNDS {
        for (place, (_, url, headers)) in subjects.iter().enumerate() {
            let (found, latency) = rate(url.clone(), headers).await;
            runs[place].push(found);
            latencies[place] = latency;
        }
    }
    let paired = |place: usize| {
        let pairs = runs[place].iter().zip(&runs[0]);
        median(pairs.map(|(one, bare)| one / bare).collect())
    };
    let mut table = format!(
        "{} bytes, 32 connections, medians of {ROUNDS} alternating runs\n",
        page.len()
    );
    for (place, (name, ..)) in subjects.iter().enumerate() {
        let (rate, ratio) = (median(runs[place].clone()), paired(place));
        writeln!(
            table,
            "{name:<20} {rate:>9.0}/s  {ratio:.2}  {}",
            latencies[place]
        )
        .unwrap();
    }
    println!("{table}");
    assert!(paired(1) >= LEAST, "{table}");
}
