//! `accession log rebuild-claims`: the claims table, computed anew from the events, compared and mended.
//!
//! It never changes an event. `--check` changes nothing at all.

use std::process::ExitCode;

use accession_event_log::{ClaimBook, ClaimDifference, ClaimReport};
use accession_events::RecordedEvent;
use accession_events::claims::ClaimChange;
use accession_events::event::claims_of;
use anyhow::{Context as _, Result};

use crate::assembly;
use crate::commands::output;
use crate::data_dir::DataDir;
use crate::settings::{Overrides, Settings};

/// Exit code of a check that found differences.
const FOUND: u8 = 3;
/// Differences that are printed one by one; the number of all is always told.
const SHOWN: usize = 50;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    overrides: Overrides,
    /// Only tell what differs; the exit code is 3 if anything does
    #[arg(long)]
    check: bool,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    let database = if args.check || settings.log_url.is_some() {
        assembly::open_log_for_reading(&settings, &data).await?
    } else {
        assembly::open_existing_log(&settings, &data).await?
    };
    let report = database
        .register()
        .reconcile_claims(ClaimBook::new(changes), !args.check)
        .await
        .context("the claims could not be compared with the log")?;
    Ok(tell(&report, args.check))
}

/// The claims of an event, as the event types tell them.
pub(super) fn changes(event: &RecordedEvent) -> Result<Vec<ClaimChange>, String> {
    match claims_of(event) {
        Ok(Some(changes)) => Ok(changes),
        Ok(None) => Err(
            "this program does not know its aggregate type: use the version that wrote it".into(),
        ),
        Err(error) => Err(error.reason),
    }
}

fn tell(report: &ClaimReport, check: bool) -> ExitCode {
    for difference in report.differences.iter().take(SHOWN) {
        output::line(&described(difference));
    }
    if report.differences.len() > SHOWN {
        output::line(&format!("… and {} more", report.differences.len() - SHOWN));
    }
    for contested in report.contested.iter().take(SHOWN) {
        output::line(&format!(
            "position {} claims {} `{}`, which {} held already: the first holder keeps it",
            contested.position, contested.key.kind, contested.key.value, contested.holder
        ));
    }
    let found = report.differences.len();
    let verb = if check { "found" } else { "mended" };
    output::line(&format!(
        "{} claims in {} events; {found} difference(s) {verb}",
        report.claims, report.upto
    ));
    if check && found > 0 {
        output::line("run `accession log rebuild-claims` to mend them");
        return ExitCode::from(FOUND);
    }
    ExitCode::SUCCESS
}

fn described(difference: &ClaimDifference) -> String {
    let ClaimDifference { kind, value, .. } = difference;
    match (&difference.stored, &difference.expected) {
        (None, Some(expected)) => {
            format!("missing: {kind} `{value}` belongs to {expected} and is not in the table")
        }
        (Some(stored), Some(expected)) => {
            format!("wrong: {kind} `{value}` belongs to {expected}, the table says {stored}")
        }
        (Some(stored), None) => {
            format!("unfounded: no event claims {kind} `{value}`, the table gives it to {stored}")
        }
        (None, None) => format!("{kind} `{value}`"),
    }
}
