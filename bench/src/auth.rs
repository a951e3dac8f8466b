//! Signing in: what a token costs a read, and what 64 log-ins at the same time do to memory and to readers.
//!
//! Each caller has an account of its own: whoever guesses at one account has to wait, as is right.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::Options;
use crate::http::wrk;
use crate::load::{Figure, closed_loop, median_figure, median_ratio};
use crate::machine;
use crate::results::{Results, Row};
use crate::system::{Stores, System};

const CALLERS: usize = 64;
const PASSWORD: &str = "correct horse battery staple";
/// How often the resident memory is looked at.
const LOOK: Duration = Duration::from_millis(20);

pub(crate) async fn measure(options: &Options, results: &mut Results) -> Result<()> {
    let mut rows = Vec::new();
    for stores in [Stores::Embedded, Stores::Three] {
        let system = System::start(options, stores).await?;
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .build()?;
        for number in 0..CALLERS {
            register(&client, &system, number).await?;
        }
        let url = title(&client, &system).await?;
        rows.push(with_a_token(options, &system, stores, &client, &url).await?);
        rows.extend(log_ins(options, &system, stores, &client, &url).await?);
    }
    let note = "`wrk -t1 -c32` reads a title page; log-ins are 64 callers with an account each, Argon2id at its usual cost.";
    results.section("Signing in", &rows, note);
    Ok(())
}

fn email(number: usize) -> String {
    format!("caller{number}@example.org")
}

/// Somebody with this number gets an account.
pub(crate) async fn register(
    client: &reqwest::Client,
    system: &System,
    number: usize,
) -> Result<()> {
    let body = json!({ "email": email(number), "password": PASSWORD, "name": "Somebody", "language": "en",
        "accepted_privacy_version": "1", "accepted_terms_version": "1" });
    let url = format!("{}/api/v1/auth/register", system.write_url);
    client
        .post(url)
        .json(&body)
        .send()
        .await?
        .error_for_status()?;
    Ok(())
}

/// They sign in; what they are handed.
pub(crate) async fn log_in(
    client: &reqwest::Client,
    write_url: &str,
    number: usize,
) -> Result<Value> {
    let body = json!({ "email": email(number), "password": PASSWORD });
    let url = format!("{write_url}/api/v1/auth/login");
    let answer = client.post(url).json(&body).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}

/// A title, and the address at which it is read.
async fn title(client: &reqwest::Client, system: &System) -> Result<String> {
    let url = format!("{}/api/v1/titles", system.write_url);
    let body = json!({ "kind": "book", "name": "Emma", "authors": ["Jane Austen"], "year": 1815 });
    let request = client.post(url).bearer_auth(&system.token).json(&body);
    let made: Value = request.send().await?.error_for_status()?.json().await?;
    let id = made.get("id").and_then(Value::as_str).context("no id")?;
    let position = made.get("position").and_then(Value::as_u64);
    let url = format!("{}/api/read/titles/{id}", system.read_url);
    let wait = format!("{url}?min_position={}", position.unwrap_or_default());
    client.get(wait).send().await?.error_for_status()?;
    Ok(url)
}

/// The same read with a token of a session and without, in turn.
async fn with_a_token(
    options: &Options,
    system: &System,
    stores: Stores,
    client: &reqwest::Client,
    url: &str,
) -> Result<Row> {
    let handed = log_in(client, &system.write_url, 0).await?;
    let token = handed.get("access_token").and_then(Value::as_str);
    let script = script(&system.data, token.context("no access token")?)?;
    let (mut with, mut without): (Vec<Figure>, Vec<Figure>) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        with.push(wrk(32, options.seconds, url, Some(&script))?);
        without.push(wrk(32, options.seconds, url, None)?);
    }
    let ratio = median_ratio(&with, &without);
    let name = format!(
        "{}: GET with a session's token, next to none",
        stores.name()
    );
    Ok(Row::new(name, median_figure(with).text())
        .next_to(median_figure(without).text(), ratio)
        .target("≥ 0.85×"))
}

fn script(folder: &Path, token: &str) -> Result<PathBuf> {
    let path = folder.join("token.lua");
    let text = format!("wrk.headers[\"Authorization\"] = \"Bearer {token}\"\n");
    std::fs::write(&path, text)?;
    Ok(path)
}

/// Log-ins of 64 callers, the most memory meanwhile, and how readers fare beside them.
async fn log_ins(
    options: &Options,
    system: &System,
    stores: Stores,
    client: &reqwest::Client,
    url: &str,
) -> Result<[Row; 3]> {
    let quiet = wrk(32, options.seconds, url, None)?;
    let (_, pid) = *system.pids().first().context("nothing runs")?;
    let before = machine::resident(pid);
    let most = Arc::new(AtomicU64::new(before));
    let looking = {
        let most = Arc::clone(&most);
        tokio::spawn(async move {
            loop {
                most.fetch_max(machine::resident(pid), Ordering::Relaxed);
                tokio::time::sleep(LOOK).await;
            }
        })
    };
    let (seconds, address) = (options.seconds, url.to_owned());
    let beside = tokio::task::spawn_blocking(move || wrk(32, seconds, &address, None));
    let next = Arc::new(AtomicUsize::new(0));
    let (client, write_url) = (client.clone(), system.write_url.clone());
    let figure = closed_loop(CALLERS, Duration::from_secs(seconds), move || {
        let number = next.fetch_add(1, Ordering::Relaxed) % CALLERS;
        let (client, write_url) = (client.clone(), write_url.clone());
        async move { log_in(&client, &write_url, number).await.map(drop) }
    })
    .await;
    let beside = beside.await??;
    looking.abort();
    let name = stores.name();
    let mebibytes = |bytes: u64| bytes / 1_048_576;
    let memory = format!(
        "{} → {} MiB",
        mebibytes(before),
        mebibytes(most.load(Ordering::Relaxed))
    );
    Ok([
        Row::new(format!("{name}: log-ins, 64 callers"), figure?.text()),
        Row::new(format!("{name}: resident memory under them"), memory).target("bounded"),
        Row::new(
            format!("{name}: reads beside them, next to none"),
            beside.text(),
        )
        .next_to(quiet.text(), beside.rate / quiet.rate.max(f64::EPSILON)),
    ])
}
