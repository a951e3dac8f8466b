//! `accession log prove`, `consistency` and `check-proof`: proofs as files, and their check without any log.
//!
//! A proof is only handed out after it was checked.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use accession_register::{prove_consistency, prove_inclusion};
use accession_transparency::{Column, ConsistencyFile, InclusionFile, NoteVerifier};
use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use serde_json::Value;

use crate::commands::output;
use crate::data_dir::DataDir;
use crate::settings::{Overrides, Settings};
use crate::{assembly, checkpoint_key};

#[derive(Debug, clap::Args)]
pub(crate) struct ProveArgs {
    #[command(flatten)]
    overrides: Overrides,
    /// The event's position
    position: u64,
    /// Where to write the proof; standard output without it
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ConsistencyArgs {
    #[command(flatten)]
    overrides: Overrides,
    /// Size of the older checkpoint
    from_size: u64,
    /// Size of the newer checkpoint
    to_size: u64,
    /// Where to write the proof; standard output without it
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    overrides: Overrides,
    /// A proof that `log prove` or `log consistency` has written
    file: PathBuf,
    /// The log's public key, as `accession log key` prints it; the data directory's own without it
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

pub(crate) async fn prove(args: ProveArgs) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    let store = assembly::open_log_for_reading(&settings, &data)
        .await?
        .register();
    let proof = prove_inclusion(&*store, args.position).await?;
    write(&proof, args.to.as_deref())
}

pub(crate) async fn consistency(args: ConsistencyArgs) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    let store = assembly::open_log_for_reading(&settings, &data)
        .await?
        .register();
    let proof = prove_consistency(&*store, args.from_size, args.to_size).await?;
    write(&proof, args.to.as_deref())
}

fn write(proof: &impl Serialize, to: Option<&Path>) -> Result<ExitCode> {
    let text = serde_json::to_string_pretty(proof).context("the proof could not be written")?;
    match to {
        None => output::line(&text),
        Some(file) => {
            std::fs::write(file, format!("{text}\n"))
                .with_context(|| format!("cannot write {}", file.display()))?;
            output::line(&format!("wrote {}", file.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn check(args: &CheckArgs) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    let keys = checkpoint_key::verifiers(&settings, &data, args.key.as_deref())?;
    let text = std::fs::read_to_string(&args.file)
        .with_context(|| format!("cannot read the proof {}", args.file.display()))?;
    let told = checked(&text, &keys).with_context(|| format!("{}", args.file.display()))?;
    output::line(&told);
    Ok(ExitCode::SUCCESS)
}

fn checked(text: &str, keys: &[NoteVerifier]) -> Result<String> {
    let value: Value = serde_json::from_str(text).context("not JSON")?;
    if value.get("event").is_some() {
        // From the text: the event in it is raw.
        let proof: InclusionFile = serde_json::from_str(text).context("not a proof")?;
        let (event, checkpoint) = proof.verify(keys)?;
        return Ok(format!(
            "proven: position {} is {} of {}/{}, and it is in the log {} of {} events",
            event.position,
            event.text(Column::EventType),
            event.text(Column::AggregateType),
            event.text(Column::AggregateId),
            checkpoint.origin,
            checkpoint.size
        ));
    }
    if value.get("from").is_some() {
        let proof: ConsistencyFile = serde_json::from_str(text).context("not a proof")?;
        let (from, to) = proof.verify(keys)?;
        return Ok(format!(
            "proven: the log {} of {} events begins with the {} events of the older checkpoint",
            to.origin, to.size, from.size
        ));
    }
    bail!("it is neither a proof of `log prove` nor one of `log consistency`")
}
