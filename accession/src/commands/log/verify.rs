//! `accession log verify`: whether the log, or an export of it, is what it was when it was signed.
//!
//! It changes nothing. Exit codes: 0 all is as it was written, 3 something is not, 1 it could not be found out.

use std::path::PathBuf;
use std::process::ExitCode;

use accession_register::{Report, VerifyOptions, verify, verify_export};
use anyhow::{Context as _, Result};

use super::progress::Bar;
use crate::commands::output;
use crate::data_dir::DataDir;
use crate::settings::{Overrides, Settings};
use crate::{assembly, checkpoint_key};

/// Exit code of a verification that found something.
const FOUND: u8 = 3;
/// Findings that are printed one by one.
const SHOWN: usize = 100;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    overrides: Overrides,
    /// A checkpoint that you have kept elsewhere: the log must continue it; may be given more than once
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// The log's public key, as `accession log key` prints it; the data directory's own without it
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Verify an export, or all exports in a directory, and open no database
    #[arg(long, value_name = "PATH")]
    from_export: Option<PathBuf>,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    let options = VerifyOptions {
        keys: checkpoint_key::verifiers(&settings, &data, args.key.as_deref())?,
        kept: kept(&args.checkpoint)?,
    };
    let bar = Bar::new("verifying");
    let progress = |done, of| bar.show(done, of);
    let report = if let Some(path) = &args.from_export {
        verify_export(path, &options, &progress)
            .await
            .context("the export could not be verified")
    } else {
        let database = assembly::open_log_for_reading(&settings, &data).await?;
        verify(database.register(), &options, &progress)
            .await
            .context("the log could not be verified")
    };
    bar.finish();
    Ok(tell(&report?))
}

fn kept(files: &[PathBuf]) -> Result<Vec<String>> {
    files
        .iter()
        .map(|file| {
            std::fs::read_to_string(file)
                .with_context(|| format!("cannot read the checkpoint {}", file.display()))
        })
        .collect()
}

fn tell(report: &Report) -> ExitCode {
    for finding in report.findings.iter().take(SHOWN) {
        output::line(&format!("FOUND  {finding}"));
    }
    let Report {
        events,
        sealed,
        checkpoints,
        findings,
    } = report;
    if !findings.is_empty() {
        output::line(&format!(
            "{} finding(s) in {events} events; up to position {sealed} the log is as {checkpoints} checkpoint(s) signed it",
            findings.len()
        ));
        return ExitCode::from(FOUND);
    }
    output::line(&format!(
        "{events} events are as they were written; {checkpoints} checkpoint(s) verified, the last of {sealed} events"
    ));
    if sealed < events {
        output::line(&format!(
            "{} event(s) after it are not sealed yet: nothing proves them so far",
            events - sealed
        ));
    }
    ExitCode::SUCCESS
}
