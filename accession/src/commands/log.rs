//! `accession log …`: what an operator can ask of the register, one file a question.
//!
//! Nothing here changes an event: the register is append-only for operators too.

mod as_of;
mod bounds;
mod rebuild_claims;
mod show;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print a document as it was at a position or a time
    AsOf(as_of::Args),
    /// Print events in the order in which they were recorded
    Show(show::Args),
    /// Compute all claims (slugs, ISBNs, source records, …) anew from the events and mend their table
    RebuildClaims(rebuild_claims::Args),
}

pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::AsOf(args) => as_of::run(args).await,
        Command::Show(args) => show::run(args).await,
        Command::RebuildClaims(args) => rebuild_claims::run(args).await,
    }
}
