//! Readers of a large library: lists with filters, the map of a bookcase, the figures.
//!
//! Asked at a fixed rate: whoever is slow is asked all the same, and a queue shows in the latency.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Library;
use crate::Options;
use crate::load::{milliseconds, percentile};
use crate::results::Row;

/// Questions a second.
const A_SECOND: u32 = 50;

pub(super) async fn measure(options: &Options, name: &str, library: &Library) -> Result<Vec<Row>> {
    let shelf = place(library, "shelf").await?;
    let case = place(library, "bookcase").await?;
    let room = place(library, "room").await?;
    let lists = [
        "copies".to_owned(),
        "copies?sort=oldest&limit=200".to_owned(),
        format!("copies?place={shelf}"),
        format!("copies?place={room}"),
        "copies?tag=reference".to_owned(),
        "copies?status=damaged".to_owned(),
        "copies?barcode=B-42".to_owned(),
        "copies?status=present&tag=reference".to_owned(),
        "copies?title=volume%201&author=author".to_owned(),
        "copies?lent=true".to_owned(),
    ];
    let mut rows = Vec::new();
    for list in &lists {
        let asked = steady(options, library, std::slice::from_ref(list)).await?;
        rows.push(Row::new(format!("{name}: `{}`", shortened(list)), asked).target("p99 ≤ 20 ms"));
    }
    let asked = steady(options, library, &lists).await?;
    rows.push(Row::new(format!("{name}: all of these in turn"), asked).target("p99 ≤ 20 ms"));
    let map = format!("bookcases/{case}");
    let asked = steady(options, library, &[map]).await?;
    rows.push(Row::new(format!("{name}: map of a bookcase"), asked).target("≤ 20 ms"));
    let asked = steady(options, library, &["statistics".to_owned()]).await?;
    rows.push(Row::new(format!("{name}: statistics"), asked).target("≤ 10 ms"));
    Ok(rows)
}

/// The first place of a kind.
async fn place(library: &Library, kind: &str) -> Result<String> {
    let tree = library.answer("places").await?;
    let places = tree.get("places").and_then(Value::as_array);
    let mut places = places.into_iter().flatten();
    let found = places.find(|place| place.get("kind").is_some_and(|of| of == kind));
    let id = found.and_then(|place| place.get("id")?.as_str());
    Ok(id.with_context(|| format!("no {kind}"))?.to_owned())
}

/// Ids are long and mean nothing in a table.
fn shortened(path: &str) -> String {
    match path.split_once("place=") {
        Some((start, _)) => format!("{start}place=…"),
        None => path.to_owned(),
    }
}

/// Asks these in turn at a fixed rate; each latency counts from when the question was due.
async fn steady(options: &Options, library: &Library, paths: &[String]) -> Result<String> {
    let questions = u32::try_from(options.seconds)
        .unwrap_or(u32::MAX)
        .saturating_mul(A_SECOND);
    for path in paths {
        library.answer(path).await?;
    }
    let began = Instant::now();
    let mut tasks = Vec::new();
    for (number, path) in (0..questions).zip(paths.iter().cycle()) {
        let due = began + Duration::from_secs(1) / A_SECOND * number;
        tokio::time::sleep_until(due.into()).await;
        let request = library.asks(path);
        tasks.push(tokio::spawn(async move {
            let answer = request.send().await?.error_for_status()?;
            answer.bytes().await?;
            Ok::<_, anyhow::Error>(due.elapsed())
        }));
    }
    let mut latencies = Vec::with_capacity(tasks.len());
    for task in tasks {
        latencies.push(task.await??);
    }
    latencies.sort_unstable();
    Ok(format!(
        "p50 {:.2}, p99 {:.2} ms at {A_SECOND}/s",
        milliseconds(percentile(&latencies, 50)),
        milliseconds(percentile(&latencies, 99))
    ))
}
