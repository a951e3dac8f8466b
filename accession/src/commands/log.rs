//! `accession log …`: what an operator can ask of the register, one file a question.
//!
//! Nothing here changes an event: the register is append-only for operators too.

mod bounds;
mod show;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print events in the order in which they were recorded
    Show(show::Args),
}

pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Show(args) => show::run(args).await,
    }
}
