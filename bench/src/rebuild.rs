//! A rebuild of every read model under load: events a second, memory, and what readers and writers felt.
//!
//! The log is made through the real command path, not by writing rows.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::Options;
use crate::import::wait_for;
use crate::instance;
use crate::load::{Figure, percentile};
use crate::machine;
use crate::proof;
use crate::results::{Results, Row, say};
use crate::system::{Stores, System};

/// Episodes of each series; with its title and its attachment a series makes this many events and one more.
const EPISODES: u64 = 12;
const READS_A_SECOND: u64 = 200;
const WRITES_A_SECOND: u64 = 20;

/// How long a rebuild may take before it counts as one that does not end.
const PATIENCE: Duration = Duration::from_mins(5);

/// Measures rebuilds and, if `proofs`, over the same logs what `proof` measures: making a large log takes long.
pub(crate) async fn measure(options: &Options, results: &mut Results, proofs: bool) -> Result<()> {
    let (mut rows, mut proven) = (Vec::new(), Vec::new());
    for stores in [Stores::Embedded, Stores::Three] {
        let began = Instant::now();
        let system = System::start(options, stores).await?;
        let position = fill(&system, options.events).await?;
        say(&format!(
            "{}: {position} events are in, and in all documents, after {:.0} s",
            stores.name(),
            began.elapsed().as_secs_f64()
        ));
        rows.extend(rebuilt(&system, stores, position).await?);
        if proofs {
            proven.extend(proof::rows(&system, stores, position)?);
        }
    }
    if proofs {
        proof::tell(results, &proven);
    }
    results.section(
        "Rebuild of every read model under load",
        &rows,
        &format!(
            "A new generation of all models beside the live one, from the log, while {READS_A_SECOND} reads and \
             {WRITES_A_SECOND} writes a second go on: `accession read-models rebuild --all`. A failed read is any \
             answer but 200."
        ),
    );
    Ok(())
}

/// Imports series until the log holds about so many events; returns the last position.
pub(crate) async fn fill(system: &System, events: u64) -> Result<u64> {
    let file = series(&system.data, events / (EPISODES + 1))?;
    let report = system.command(&[
        "import",
        "anime-list",
        "--json",
        "--file",
        &file.display().to_string(),
        "--server",
        &system.write_url,
        "--credential",
        &system.credential,
    ])?;
    let report: serde_json::Value =
        serde_json::from_str(report.lines().last().unwrap_or_default())?;
    let position = instance::number(&report, "position")?;
    wait_for(system, position).await?;
    Ok(position)
}

fn series(folder: &Path, count: u64) -> Result<PathBuf> {
    let path = folder.join("series.csv");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path)?);
    writeln!(file, "anime_id,name,genre,type,episodes,rating,members")?;
    for number in 1..=count {
        writeln!(
            file,
            "{number},Series {number},\"Drama, School\",TV,{EPISODES},7.{:02},{number}",
            number % 100
        )?;
    }
    file.flush()?;
    Ok(path)
}

async fn rebuilt(system: &System, stores: Stores, position: u64) -> Result<Vec<Row>> {
    let running = Arc::new(AtomicBool::new(true));
    let reads = tokio::spawn(read(system.read_url.clone(), Arc::clone(&running)));
    let writes = tokio::spawn(write(
        system.write_url.clone(),
        system.token.clone(),
        Arc::clone(&running),
    ));
    let began = Instant::now();
    let highest = rebuild(system).await?;
    let elapsed = began.elapsed();
    running.store(false, Ordering::Relaxed);
    let (reads, failed_reads) = reads.await??;
    let (written, failed_writes) = writes.await??;
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52 events")]
    let rate = position as f64 / elapsed.as_secs_f64();
    let name = stores.name();
    Ok(vec![
        Row::new(
            format!("{name}: rebuild of {position} events"),
            format!("{rate:.0} events/s in {:.1} s", elapsed.as_secs_f64()),
        ),
        Row::new(
            format!("{name}: reads meanwhile"),
            format!("{}; {failed_reads} failed", reads.text()),
        )
        .target("none fails"),
        Row::new(
            format!("{name}: writes meanwhile"),
            format!("{written} acknowledged; {failed_writes} failed"),
        )
        .target("go on"),
        Row::new(
            format!("{name}: highest resident memory of the projecting process"),
            format!("{} MB", highest / 1_000_000),
        )
        .target("bounded"),
    ])
}

/// Rebuilds every model; returns the highest resident memory of the process that does it, in bytes.
async fn rebuild(system: &System) -> Result<u64> {
    let mut child = system
        .program(&[
            "read-models",
            "rebuild",
            "--all",
            "--server",
            &system.write_url,
        ])
        .env("ACCESSION_TOKEN", &system.admin)
        .stdout(std::process::Stdio::null())
        .spawn()?;
    let (began, mut highest) = (Instant::now(), 0);
    let status = loop {
        if began.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            anyhow::bail!("the rebuild did not end within {PATIENCE:?}");
        }
        for (role, pid) in system.pids() {
            if role != "command-api" && role != "read-api" {
                highest = highest.max(machine::resident(pid));
            }
        }
        if let Some(status) = child.try_wait()? {
            break status;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    anyhow::ensure!(status.success(), "the rebuild ended with {status}");
    Ok(highest)
}

/// Asks for title pages and lists at a fixed rate; returns the figure and how many answers were not 200.
async fn read(url: String, running: Arc<AtomicBool>) -> Result<(Figure, u64)> {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .build()?;
    let failed = Arc::new(AtomicU64::new(0));
    let mut pace = tokio::time::interval(Duration::from_millis(1000 / READS_A_SECOND));
    let (began, mut asked, mut answers) = (Instant::now(), 0_u64, tokio::task::JoinSet::new());
    let mut latencies = Vec::new();
    while running.load(Ordering::Relaxed) {
        pace.tick().await;
        asked += 1;
        let path = match asked % 4 {
            0 => format!("{url}/api/read/titles?kind=series&limit=20"),
            1 => format!("{url}/api/read/anime/series-{}", asked % 1000 + 1),
            _ => format!("{url}/api/read/titles/series-{}", asked * 7 % 5000 + 1),
        };
        let (client, failed) = (client.clone(), Arc::clone(&failed));
        answers.spawn(async move {
            let began = Instant::now();
            let answer = client.get(&path).send().await;
            if !answer.is_ok_and(|answer| answer.status() == reqwest::StatusCode::OK) {
                failed.fetch_add(1, Ordering::Relaxed);
            }
            began.elapsed()
        });
        while let Some(latency) = answers.try_join_next() {
            latencies.push(latency?);
        }
    }
    while let Some(latency) = answers.join_next().await {
        latencies.push(latency?);
    }
    latencies.sort_unstable();
    say(&format!(
        "slowest read: {:?}, p99 {:?}",
        latencies.last(),
        percentile(&latencies, 99)
    ));
    let figure = Figure::of(latencies, began.elapsed());
    Ok((figure, failed.load(Ordering::Relaxed)))
}

/// Adds titles at a fixed rate; returns how many were acknowledged and how many failed.
async fn write(url: String, token: String, running: Arc<AtomicBool>) -> Result<(u64, u64)> {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .build()?;
    let mut pace = tokio::time::interval(Duration::from_millis(1000 / WRITES_A_SECOND));
    let (mut written, mut failed) = (0, 0);
    while running.load(Ordering::Relaxed) {
        pace.tick().await;
        let body = serde_json::json!({ "kind": "book", "name": format!("Meanwhile {written}") });
        let answer = client
            .post(format!("{url}/api/v1/titles"))
            .bearer_auth(&token)
            .json(&body)
            .send()
            .await
            .context("the command API does not answer");
        match answer {
            Ok(answer) if answer.status().is_success() => written += 1,
            _ => failed += 1,
        }
    }
    Ok((written, failed))
}
