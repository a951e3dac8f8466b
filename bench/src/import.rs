//! The main job: ten thousand real books from the command line to the last readable document.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::Options;
use crate::instance;
use crate::load::median;
use crate::machine;
use crate::results::{Results, Row, say};
use crate::system::{Stores, System};

pub(crate) async fn measure(options: &Options, results: &mut Results) -> Result<()> {
    let Some(books) = books(options) else {
        return Ok(());
    };
    let mut rows = Vec::new();
    for (stores, target) in [
        (Stores::Embedded, "≥ 5,000/s"),
        (Stores::Three, "≥ 3,000/s"),
    ] {
        let (mut rates, mut again) = (Vec::new(), Vec::new());
        for _ in 0..options.rounds {
            let system = System::start(options, stores).await?;
            rates.push(import(&system, &books).await?.0);
            again.push(import(&system, &books).await?.0);
        }
        let name = stores.name();
        rows.push(
            Row::new(
                format!("{name}: import of 10,000 books, until the last document is readable"),
                per_second(median(rates)),
            )
            .target(target),
        );
        rows.push(Row::new(
            format!("{name}: the same file again (no event)"),
            per_second(median(again)),
        ));
    }
    let note = "Timed from the start of the command to the answer of a read that waits for its last position.";
    results.section("Import", &rows, note);
    Ok(())
}

fn per_second(rate: f64) -> String {
    format!("{rate:.0} titles/s")
}

/// The books, when they are there.
pub(crate) fn books(options: &Options) -> Option<PathBuf> {
    let path = options.shared.join("data/goodbooks/books.csv.gz");
    if path.exists() {
        return Some(path);
    }
    say(&format!("skipped: {} is not there", path.display()));
    None
}

/// Imports all of it; returns titles a second and the highest resident memory of each role, in bytes.
pub(crate) async fn import(
    system: &System,
    books: &std::path::Path,
) -> Result<(f64, Vec<(&'static str, u64)>)> {
    let began = Instant::now();
    let mut child = system
        .program(&[
            "import",
            "goodbooks",
            "--json",
            "--server",
            &system.write_url,
        ])
        .arg("--books")
        .arg(books)
        .env("ACCESSION_IMPORT_CREDENTIAL", &system.credential)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()?;
    let mut highest: Vec<(&'static str, u64)> =
        system.pids().iter().map(|(role, _)| (*role, 0)).collect();
    while child.try_wait()?.is_none() {
        for ((_, most), (_, pid)) in highest.iter_mut().zip(system.pids()) {
            *most = (*most).max(machine::resident(pid));
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let output = child.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let report: serde_json::Value = serde_json::from_str(text.lines().last().unwrap_or_default())
        .with_context(|| format!("no report: {text}"))?;
    let position = instance::number(&report, "position")?;
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52 records")]
    let records = instance::number(&report, "records")? as f64;
    wait_for(system, position).await?;
    Ok((records / began.elapsed().as_secs_f64(), highest))
}

/// Returns when a read contains this position.
pub(crate) async fn wait_for(system: &System, position: u64) -> Result<()> {
    let url = format!(
        "{}/api/read/titles?limit=1&min_position={position}",
        system.read_url
    );
    let began = Instant::now();
    while began.elapsed() < Duration::from_mins(2) {
        if instance::get(&url).await?.status().is_success() {
            return Ok(());
        }
    }
    bail!("position {position} did not become readable in two minutes")
}
