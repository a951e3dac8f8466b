//! `accession migrate`: brings a shared database to this program's schema; serving never does that in production.

use std::process::ExitCode;

use accession_event_log::migrate;
use anyhow::{Context as _, Result};

use crate::commands::output;
use crate::settings::{Overrides, Settings, without_password};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    overrides: Overrides,
    /// Only tell what is pending
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    let Some(url) = &settings.log_url else {
        output::line("the embedded log migrates itself when it is opened; nothing to do");
        return Ok(ExitCode::SUCCESS);
    };
    let shown = without_password(url);
    if args.dry_run {
        let pending = migrate::pending(url)
            .await
            .with_context(|| format!("cannot ask {shown}"))?;
        output::line(&format!(
            "{} migration(s) pending at {shown}",
            pending.len()
        ));
        for migration in pending {
            output::line(&format!("  {migration}"));
        }
    } else {
        let applied = migrate::migrate(url)
            .await
            .with_context(|| format!("cannot migrate {shown}"))?;
        output::line(&format!("{applied} migration(s) applied at {shown}"));
    }
    Ok(ExitCode::SUCCESS)
}
