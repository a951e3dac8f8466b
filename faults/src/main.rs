//! `make faults`: plays all scenarios, or those that are named, and writes the table.
//!
//! Prints a seed with every result; the same seed gives the same choices again.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use accession_faults::play::Program;
use accession_faults::{Scenario, Verdict, all, play, report};
use anyhow::{Context as _, Result, bail};
use clap::Parser;

/// Where the table goes in `docs/faults.md`.
const BEGIN: &str = "<!-- table of the last run -->";
const END: &str = "<!-- end of the table -->";

#[derive(Debug, Parser)]
#[command(about = "Tries to break Accession, one fault a scenario, and judges what is left")]
struct Args {
    /// Play only this scenario; may be repeated
    #[arg(long = "scenario", value_name = "NAME")]
    scenarios: Vec<String>,
    /// Begin with this seed; each further round adds one
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Play every scenario so many times, each with another seed
    #[arg(long, default_value_t = 1)]
    rounds: u64,
    /// List the scenarios
    #[arg(long)]
    list: bool,
    /// The binary under test; the one beside this program by default
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Write the table into this file
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(code) => code,
        Err(error) => {
            say(&format!("faults: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<ExitCode> {
    let scenarios = chosen(&args.scenarios)?;
    if args.list {
        for scenario in scenarios {
            say(&format!("{:<24} {}", scenario.name, scenario.about));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let program = program(args.program)?;
    let mut verdicts = Vec::new();
    for round in 0..args.rounds {
        for scenario in &scenarios {
            let verdict = play(*scenario, args.seed + round, &program).await;
            say(&report::line(&verdict));
            verdicts.push(verdict);
        }
    }
    if let Some(file) = &args.table {
        write_table(file, &report::table(&verdicts))?;
    }
    say(&report::summary(&verdicts));
    Ok(if verdicts.iter().any(Verdict::is_red) {
        say(&format!(
            "what the processes said is in {}",
            program.evidence.display()
        ));
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn chosen(names: &[String]) -> Result<Vec<Scenario>> {
    let all = all();
    if names.is_empty() {
        return Ok(all);
    }
    let find = |name: &String| {
        let found = all.iter().find(|scenario| scenario.name == name);
        found
            .copied()
            .with_context(|| format!("there is no scenario `{name}`; --list shows all"))
    };
    names.iter().map(find).collect()
}

fn program(named: Option<PathBuf>) -> Result<Program> {
    let ours = std::env::current_exe().context("where this program is")?;
    let folder = ours.parent().unwrap_or(Path::new("."));
    let path = named.unwrap_or_else(|| folder.join("accession"));
    if !path.exists() {
        bail!(
            "{} is not there: `cargo build -p accession` makes it, --program names another",
            path.display()
        );
    }
    Ok(Program {
        path,
        environment: Vec::new(),
        evidence: folder.join("faults"),
    })
}

fn write_table(file: &Path, table: &str) -> Result<()> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let (before, rest) = text
        .split_once(BEGIN)
        .with_context(|| format!("{} has no line `{BEGIN}`", file.display()))?;
    let (_, after) = rest
        .split_once(END)
        .with_context(|| format!("{} has no line `{END}`", file.display()))?;
    std::fs::write(file, format!("{before}{BEGIN}\n{table}{END}{after}"))
        .with_context(|| format!("cannot write {}", file.display()))
}

/// Standard output is this program's product.
fn say(text: &str) {
    // Nobody reads any more: then there is nobody to tell.
    let _ = writeln!(std::io::stdout(), "{text}");
}
