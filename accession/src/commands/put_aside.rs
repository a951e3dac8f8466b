//! What the commands about things that wait in the private tables share: opening them, listing, saying what was done.
//!
//! Never knows what waits.

use std::process::ExitCode;

use accession_secrets::PrivateDatabase;
use anyhow::{Result, bail};
use clap::Args;
use jiff::Timestamp;
use serde_json::Value;

use super::output;
use crate::data_dir::DataDir;
use crate::private;
use crate::settings::{Overrides, Settings};

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(super) overrides: Overrides,
    /// JSON lines
    #[arg(long)]
    json: bool,
}

impl ListArgs {
    /// Prints one line an item, in the form that was asked for.
    pub(super) fn print<T>(
        &self,
        items: &[T],
        as_json: impl Fn(&T) -> Value,
        as_text: impl Fn(&T) -> String,
    ) -> ExitCode {
        for item in items {
            output::line(&if self.json {
                as_json(item).to_string()
            } else {
                as_text(item)
            });
        }
        ExitCode::SUCCESS
    }
}

/// The private tables that the settings name.
pub(super) async fn open(overrides: &Overrides) -> Result<PrivateDatabase> {
    let settings = Settings::load(overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    private::open_database(&settings, &data).await
}

/// Says what was done, or why it was not.
pub(super) fn said(done: bool, what: &str, otherwise: &str) -> Result<ExitCode> {
    if !done {
        bail!("{otherwise}");
    }
    output::line(what);
    Ok(ExitCode::SUCCESS)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a command at the edge: this is where time enters"
)]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}
