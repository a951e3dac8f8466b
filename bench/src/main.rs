//! The benchmark harness: measures Accession next to its peers in the same run and writes one table of ratios.
//!
//! Quote ratios and medians; absolute figures belong to the machine that the table describes. Nothing here is a test.

mod append;
mod auth;
mod bare;
mod dedup;
mod delay;
mod growth;
mod holdings;
mod http;
mod import;
mod instance;
mod load;
mod machine;
mod memory;
mod peers;
mod proof;
mod rebuild;
mod replay;
mod results;
mod sample;
mod search;
mod system;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;

use results::Results;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measure Accession and its peers.
#[derive(Debug, Clone, Parser)]
#[command(name = "accession-bench")]
struct Options {
    /// What to measure; everything when nothing is named
    #[arg(value_enum)]
    groups: Vec<Group>,
    /// Alternating rounds of each measurement; the median is reported
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds of each measurement in a round
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Where the table is kept
    #[arg(long, default_value = "bench/RESULTS.md")]
    results: std::path::PathBuf,
    /// The program under test
    #[arg(long, default_value = "target/release/accession")]
    program: std::path::PathBuf,
    /// Data and peers that are not part of the project
    #[arg(long, default_value = "../shared")]
    shared: std::path::PathBuf,
    /// The largest log of the growth measurement, in events
    #[arg(long, default_value_t = 5_000_000)]
    largest: u64,
    /// Events in the log of the rebuild and proof measurements
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// Titles in the large index of the search measurement
    #[arg(long, default_value_t = 1_000_000)]
    titles: usize,
    /// Copies in the library of the holdings measurement
    #[arg(long, default_value_t = 50_000)]
    copies: usize,
    /// Serve a file's bytes from a bare handler; used by the HTTP measurement itself
    #[arg(long, hide = true)]
    bare: Option<std::path::PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Group {
    Append,
    Peers,
    Http,
    Import,
    Delay,
    Replay,
    Growth,
    Memory,
    Rebuild,
    Proof,
    Auth,
    Search,
    Dedup,
    Holdings,
}

impl Group {
    const ALL: [Self; 14] = [
        Self::Append,
        Self::Peers,
        Self::Http,
        Self::Import,
        Self::Delay,
        Self::Replay,
        Self::Growth,
        Self::Memory,
        Self::Rebuild,
        Self::Proof,
        Self::Auth,
        Self::Search,
        Self::Dedup,
        Self::Holdings,
    ];
}

fn main() -> Result<ExitCode> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run(options))?;
    Ok(ExitCode::SUCCESS)
}

async fn run(options: Options) -> Result<()> {
    if let Some(file) = &options.bare {
        return bare::serve(file).await;
    }
    if cfg!(debug_assertions) {
        bail!("this is a debug build; run `make bench`, which builds for release");
    }
    let groups = if options.groups.is_empty() {
        Group::ALL.to_vec()
    } else {
        options.groups.clone()
    };
    let mut results = Results::open(&options.results);
    let proofs = groups.contains(&Group::Proof);
    for group in &groups {
        results::say(&format!("— {group:?}"));
        match *group {
            Group::Append => append::measure(&options, &mut results).await?,
            Group::Peers => peers::measure(&options, &mut results).await?,
            Group::Http => http::measure(&options, &mut results).await?,
            Group::Import => import::measure(&options, &mut results).await?,
            Group::Delay => delay::measure(&options, &mut results).await?,
            Group::Replay => replay::measure(&options, &mut results).await?,
            Group::Growth => growth::measure(&options, &mut results).await?,
            Group::Memory => memory::measure(&options, &mut results).await?,
            Group::Rebuild => rebuild::measure(&options, &mut results, proofs).await?,
            Group::Proof if groups.contains(&Group::Rebuild) => {}
            Group::Proof => proof::measure(&options, &mut results).await?,
            Group::Auth => auth::measure(&options, &mut results).await?,
            Group::Search => search::measure(&options, &mut results).await?,
            Group::Dedup => dedup::measure(&options, &mut results)?,
            Group::Holdings => holdings::measure(&options, &mut results).await?,
        }
        results.save(&options.results)?;
    }
    Ok(())
}
