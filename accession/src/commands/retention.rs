//! `accession retention`: purges what was kept of people for long enough, by hand or from a timetable.
//!
//! A running server does the same by itself when the time of each has come; doing it twice changes nothing.

use std::process::ExitCode;

use accession_command_api::sweeping::VIEWS_KEPT;
use accession_secrets::view_log;
use anyhow::{Context as _, Result};
use clap::Subcommand;
use jiff::{SignedDuration, Timestamp};

use crate::commands::output;
use crate::data_dir::DataDir;
use crate::roles::erasure;
use crate::settings::{Overrides, Settings};
use crate::{assembly, private};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Purge what libraries kept of removed members, and views of personal data older than two years
    Run(Args),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    overrides: Overrides,
}

#[expect(
    clippy::disallowed_methods,
    reason = "a command at the edge: this is where time enters"
)]
pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    let Command::Run(args) = command;
    let settings = Settings::load(&args.overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    let database = assembly::open_existing_log(&settings, &data).await?;
    let log = assembly::start_log(&database);
    let private = private::open(&settings, &data).await?;
    let now = Timestamp::now();
    let keep = SignedDuration::from_hours(24 * i64::from(settings.removed_member_days));
    let done = erasure(&private, &log)
        .purge_removed_members(now, keep)
        .await;
    log.close().await;
    let members = done.context("what libraries kept could not be purged")?;
    let before = now.saturating_sub(VIEWS_KEPT).unwrap_or(Timestamp::MIN);
    let views = view_log::open(&private.database).purge(before).await;
    let views = views.context("the views of personal data could not be purged")?;
    output::line(&format!(
        "purged what was kept of {members} removed member(s), and {views} view(s) of personal data"
    ));
    Ok(ExitCode::SUCCESS)
}
