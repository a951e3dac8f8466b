//! Desks that lend and take back side by side, and a rush on a few copies.
//!
//! Each desk has borrowers and copies of its own: what is measured is the product and not their waiting for each other.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use super::Library;
use crate::Options;
use crate::load::{milliseconds, percentile};
use crate::results::Row;

/// How many copies go over one desk, again and again.
const PILE: usize = 20;
/// The rush: so many people want so few copies.
const PEOPLE: usize = 500;
const WANTED: usize = 50;

/// Latencies of check-outs and of check-ins.
type Latencies = (Vec<Duration>, Vec<Duration>);

pub(super) async fn measure(
    options: &Options,
    name: &str,
    library: &Arc<Library>,
) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for desks in [8, 20] {
        let copies = library.copies(desks * PILE).await?;
        let until = Instant::now() + Duration::from_secs(options.seconds);
        let mut tasks = Vec::new();
        for (desk, pile) in copies.chunks(PILE).enumerate() {
            let desk = Desk {
                library: Arc::clone(library),
                pile: pile.to_vec(),
                name: format!("Borrower at desk {desk} of {desks}"),
            };
            tasks.push(tokio::spawn(desk.works(until)));
        }
        let (mut outs, mut ins) = (Vec::new(), Vec::new());
        for task in tasks {
            let (out, back) = task.await??;
            outs.extend(out);
            ins.extend(back);
        }
        for (what, latencies) in [("check-out", outs), ("check-in", ins)] {
            rows.push(
                Row::new(
                    format!("{name}: {what}, {desks} desks"),
                    figure(latencies, options.seconds),
                )
                .target("p95 < 20 ms"),
            );
        }
    }
    Ok(rows)
}

fn figure(mut latencies: Vec<Duration>, seconds: u64) -> String {
    latencies.sort_unstable();
    format!(
        "{}/s (p50 {:.2}, p95 {:.2} ms)",
        latencies.len() as u64 / seconds.max(1),
        milliseconds(percentile(&latencies, 50)),
        milliseconds(percentile(&latencies, 95))
    )
}

struct Desk {
    library: Arc<Library>,
    pile: Vec<String>,
    name: String,
}

impl Desk {
    async fn works(self, until: Instant) -> Result<Latencies> {
        let (mut outs, mut ins) = (Vec::new(), Vec::new());
        let mut borrower: Option<Value> = None;
        for copy in self.pile.iter().cycle() {
            if Instant::now() >= until {
                break;
            }
            let body = match &borrower {
                Some(patron) => json!({ "copy_id": copy, "patron": patron }),
                None => json!({ "copy_id": copy, "name": self.name }),
            };
            let began = Instant::now();
            let answer = self.library.does("loans", &body).send().await?;
            let lent: Value = answer.error_for_status()?.json().await?;
            outs.push(began.elapsed());
            borrower = borrower.or_else(|| lent.get("patron_id").cloned());
            let path = format!("copies/{copy}/loan/return");
            let began = Instant::now();
            let answer = self.library.does(&path, &json!({})).send().await?;
            answer.error_for_status()?.bytes().await?;
            ins.push(began.elapsed());
        }
        Ok((outs, ins))
    }
}

/// Many people want a few copies at the same moment: as many loans as copies, and everybody else is told.
pub(super) async fn rush(name: &str, library: &Arc<Library>) -> Result<Row> {
    let copies = library.copies(WANTED).await?;
    let began = Instant::now();
    let mut tasks = Vec::new();
    for (number, copy) in (0..PEOPLE).zip(copies.iter().cycle()) {
        let body = json!({ "copy_id": copy, "name": format!("Person {number}") });
        let request = library.does("loans", &body);
        tasks.push(tokio::spawn(async move {
            let answer = request.send().await?;
            Ok::<_, anyhow::Error>(answer.status().as_u16())
        }));
    }
    let (mut lent, mut refused) = (0, 0);
    for task in tasks {
        match task.await?? {
            201 => lent += 1,
            409 => refused += 1,
            other => bail!("somebody was answered {other}"),
        }
    }
    let took = began.elapsed();
    ensure!(lent == WANTED, "{lent} loans of {WANTED} copies");
    Ok(Row::new(
        format!("{name}: {PEOPLE} people want {WANTED} copies at once"),
        format!(
            "{lent} loans, {refused} told, in {:.0} ms",
            milliseconds(took)
        ),
    )
    .target("exactly 50 loans"))
}
