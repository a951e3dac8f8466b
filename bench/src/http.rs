//! HTTP: a write at 64 connections, and a read at 32 next to a bare handler of the same bytes and next to `FastAPI`.
//!
//! `wrk` is the client for all of them, on the same machine.

mod beside;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::Options;
use crate::instance;
use crate::load::{Figure, median_figure, median_ratio};
use crate::results::{Results, Row};
use crate::system::{Stores, System};
use beside::{Bare, FastApi};

/// Names every request differently, so that each makes a title.
const POST_SCRIPT: &str = r#"
local thread_id = 0
function setup(thread) thread_id = thread_id + 1; thread:set("id", thread_id) end
local count = 0
local started = tostring(os.time())
request = function()
  count = count + 1
  local body = '{"kind":"book","name":"Benchmark ' .. started .. '-' .. id .. '-' .. count .. '","authors":["Somebody"],"year":2001}'
  return wrk.format("POST", nil, {["Content-Type"]="application/json", ["Authorization"]="Bearer TOKEN"}, body)
end
"#;

pub(crate) async fn measure(options: &Options, results: &mut Results) -> Result<()> {
    let mut rows = Vec::new();
    for stores in [Stores::Embedded, Stores::Three] {
        let system = System::start(options, stores).await?;
        rows.push(posts(options, &system, stores)?);
        rows.extend(reads(options, &system, stores).await?);
    }
    results.section(
        "HTTP",
        &rows,
        "`wrk -t1`, keep-alive; the read is a title page of the sample collection.",
    );
    Ok(())
}

fn posts(options: &Options, system: &System, stores: Stores) -> Result<Row> {
    let script = system.data.join("post.lua");
    std::fs::write(&script, POST_SCRIPT.replace("TOKEN", &system.token))?;
    let url = format!("{}/api/v1/titles", system.write_url);
    let mut figures = Vec::new();
    for _ in 0..options.rounds {
        figures.push(wrk(64, options.seconds, &url, Some(&script))?);
    }
    Ok(Row::new(
        format!("{}: POST /api/v1/titles, 64 connections", stores.name()),
        median_figure(figures).text(),
    ))
}

async fn reads(options: &Options, system: &System, stores: Stores) -> Result<Vec<Row>> {
    system.command(&[
        "import",
        "sample",
        "--server",
        &system.write_url,
        "--credential",
        &system.credential,
    ])?;
    let path = "/api/read/titles/the-name-of-the-rose";
    let body = readable(&format!("{}{path}", system.read_url)).await?;
    let page: serde_json::Value = serde_json::from_slice(&body)?;
    let id = page
        .get("id")
        .and_then(serde_json::Value::as_str)
        .context("the page has no id")?
        .to_owned();
    let ours_url = format!("{}/api/read/titles/{id}", system.read_url);
    let bare = Bare::start(&system.data, &body)?;
    let fastapi = FastApi::start(options, &id, &body).await?;
    let (mut ours, mut bares, mut peers) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        ours.push(wrk(32, options.seconds, &ours_url, None)?);
        bares.push(wrk(32, options.seconds, &bare.url, None)?);
        if let Some(fastapi) = &fastapi {
            peers.push(wrk(32, options.seconds, &fastapi.url, None)?);
        }
    }
    let name = format!(
        "{}: GET /api/read/titles/{{id}}, 32 connections, {} bytes",
        stores.name(),
        body.len()
    );
    let row = |what: String, peer: &[Figure], target: &str| {
        Row::new(what, median_figure(ours.clone()).text())
            .next_to(
                median_figure(peer.to_vec()).text(),
                median_ratio(&ours, peer),
            )
            .target(target)
    };
    let mut rows = vec![row(
        format!("{name}, next to a bare handler"),
        &bares,
        "≥ 0.75×",
    )];
    if !peers.is_empty() {
        rows.push(row(
            format!("{name}, next to FastAPI + Redis, 2 workers"),
            &peers,
            "≥ 7×",
        ));
    }
    Ok(rows)
}

/// Waits until a document can be read and returns it.
async fn readable(url: &str) -> Result<Vec<u8>> {
    for _ in 0..500 {
        let answer = instance::get(url).await?;
        if answer.status().is_success() {
            return Ok(answer.bytes().await?.to_vec());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bail!("{url} did not become readable in ten seconds")
}

/// Runs `wrk` once.
pub(crate) fn wrk(
    connections: usize,
    seconds: u64,
    url: &str,
    script: Option<&Path>,
) -> Result<Figure> {
    let mut command = Command::new("wrk");
    command.args([
        "-t1",
        "--latency",
        &format!("-c{connections}"),
        &format!("-d{seconds}s"),
    ]);
    if let Some(script) = script {
        command.arg("-s").arg(script);
    }
    let output = command
        .arg(url)
        .output()
        .context("cannot run wrk: install it (Debian: wrk)")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if let Some(line) = text.lines().find(|line| line.contains("Non-2xx")) {
        bail!("{url}: {}", line.trim());
    }
    let after = |key: &str| {
        let line = text.lines().find(|line| line.trim_start().starts_with(key));
        line.and_then(|line| line.split_whitespace().last())
    };
    let rate = after("Requests/sec:").and_then(|number| number.parse().ok());
    match (
        rate,
        after("50%").and_then(in_milliseconds),
        after("99%").and_then(in_milliseconds),
    ) {
        (Some(rate), Some(p50), Some(p99)) => Ok(Figure { rate, p50, p99 }),
        _ => bail!(
            "wrk printed no figures: {text}{}",
            String::from_utf8_lossy(&output.stderr)
        ),
    }
}

/// `850.00us`, `1.20ms`, `1.01s`
fn in_milliseconds(text: &str) -> Option<f64> {
    let units = [("us", 0.001), ("ms", 1.0), ("s", 1000.0)];
    units
        .into_iter()
        .find_map(|(unit, factor)| Some(text.strip_suffix(unit)?.parse::<f64>().ok()? * factor))
}
