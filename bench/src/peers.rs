//! Event-sourcing libraries of other languages doing the same job: `eventsourcing` (Python) and Emmett (Node).
//!
//! Their scripts lie beside the project, not in it; without them the group is skipped, and says so.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use accession_event_log::{
    EventLog, Given, LogStore, PostgresLog, PostgresOptions, Repository, RepositoryOptions,
    WriterOptions, migrate,
};
use anyhow::{Context as _, Result, bail};
use uuid::Uuid;

use crate::Options;
use crate::instance;
use crate::load::{Figure, closed_loop, median_figure, median_ratio};
use crate::results::{Results, Row, say};
use crate::sample::{Borrow, Loan};

const CALLERS: usize = 16;

pub(crate) async fn measure(options: &Options, results: &mut Results) -> Result<()> {
    let scripts = options.shared.join("baselines");
    if !scripts.join("eventsourcing_pg.py").exists() {
        say(&format!(
            "skipped: there are no peers in {}",
            scripts.display()
        ));
        return Ok(());
    }
    let scripts = scripts.canonicalize()?;
    let tools = Path::new("target/bench/peers").to_owned();
    std::fs::create_dir_all(&tools)?;
    let (python, node) = (install_python(&tools)?, install_node(&tools, &scripts)?);
    let url = instance::database("bench_ours").await?;
    migrate::migrate(&url).await?;
    let store = Arc::new(PostgresLog::connect(&url, PostgresOptions::default()).await?)
        as Arc<dyn LogStore>;
    let log = EventLog::start(store, WriterOptions::default());
    let (mut ours, mut pythons, mut nodes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        ours.push(our_appends(&log, options.seconds).await?);
        pythons.push(python_appends(&python, &scripts, options.seconds).await?);
        nodes.push(node_appends(&node, options.seconds).await?);
    }
    let row = |name: &str, peer: &[Figure]| {
        Row::new(
            format!("Postgres, one event with a load, {CALLERS} callers, next to {name}"),
            median_figure(ours.clone()).text(),
        )
        .next_to(
            median_figure(peer.to_vec()).text(),
            median_ratio(&ours, peer),
        )
        .target("≥ 4× the better one")
    };
    let rows = [
        row("Emmett (Node)", &nodes),
        row("eventsourcing (Python, 2 processes × 8 threads)", &pythons),
    ];
    results.section("Durable appends, next to other languages", &rows, "");
    log.close().await;
    Ok(())
}

async fn our_appends(log: &EventLog, seconds: u64) -> Result<Figure> {
    let loans = Repository::<Loan>::new(log.clone(), RepositoryOptions::default());
    closed_loop(CALLERS, Duration::from_secs(seconds), move || {
        let loans = loans.clone();
        async move {
            loans
                .execute(&Uuid::now_v7().to_string(), &Given::default(), &Borrow)
                .await?;
            Ok(())
        }
    })
    .await
}

async fn python_appends(python: &Path, scripts: &Path, seconds: u64) -> Result<Figure> {
    // The script knows its database by this name only.
    let admin = instance::variable("ACCESSION_TEST_POSTGRES_URL")?;
    instance::database_named("es_py").await?;
    let port = admin
        .rsplit_once(':')
        .and_then(|(_, rest)| rest.split('/').next())
        .context("no port")?
        .to_owned();
    let script = scripts.join("eventsourcing_pg.py");
    let seconds = seconds.to_string();
    run(Command::new(python)
        .arg(script)
        .args(["127.0.0.1", &port, "8", &seconds, "2"]))
}

async fn node_appends(folder: &Path, seconds: u64) -> Result<Figure> {
    let url = instance::database("bench_emmett").await?;
    let (callers, seconds) = (CALLERS.to_string(), seconds.to_string());
    run(Command::new("node")
        .current_dir(folder)
        .args(["emmett_pg.mjs", &url, &callers, &seconds]))
}

fn run(command: &mut Command) -> Result<Figure> {
    let output = command
        .output()
        .with_context(|| format!("cannot run {command:?}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let value = |key: &str| {
        let word = text
            .split_whitespace()
            .find_map(|word| word.strip_prefix(key));
        word.and_then(|number| number.parse::<f64>().ok())
    };
    match (value("ops_s="), value("p50_ms="), value("p99_ms=")) {
        (Some(rate), Some(p50), Some(p99)) => Ok(Figure { rate, p50, p99 }),
        _ => bail!(
            "{command:?} printed no figures: {text} {}",
            String::from_utf8_lossy(&output.stderr)
        ),
    }
}

/// A virtual environment with the library, made once.
fn install_python(tools: &Path) -> Result<PathBuf> {
    let environment = tools.join("python");
    let python = environment.join("bin/python");
    if !python.exists() {
        succeed(
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(&environment),
        )?;
        succeed(Command::new(environment.join("bin/pip")).args([
            "install",
            "-q",
            "eventsourcing[postgres]==9.5.6",
        ]))?;
    }
    Ok(std::path::absolute(python)?)
}

/// A folder with the library and the script, made once.
fn install_node(tools: &Path, scripts: &Path) -> Result<PathBuf> {
    let folder = tools.join("node");
    if !folder.join("node_modules").exists() {
        std::fs::create_dir_all(&folder)?;
        std::fs::write(
            folder.join("package.json"),
            "{\"private\": true, \"type\": \"module\"}",
        )?;
        let packages = [
            "@event-driven-io/emmett@0.42.0",
            "@event-driven-io/emmett-postgresql@0.42.0",
        ];
        succeed(
            Command::new("npm")
                .current_dir(&folder)
                .args(["install", "--silent"])
                .args(packages),
        )?;
    }
    std::fs::copy(scripts.join("emmett_pg.mjs"), folder.join("emmett_pg.mjs"))?;
    Ok(folder.canonicalize()?)
}

/// Runs a command that has to succeed.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot run {command:?}"))?;
    if status.success() {
        Ok(())
    } else {
        bail!("{command:?} failed: {status}")
    }
}
