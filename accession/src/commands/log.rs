//! `accession log …`: what an operator can ask of the register, one file a question.
//!
//! Nothing here changes an event: the register is append-only for operators too.

mod as_of;
mod bounds;
mod key;
mod progress;
mod prove;
mod rebuild_claims;
mod show;
mod transfer;
pub(super) mod undo_run;
mod verify;

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
    /// Check that no event was changed, removed, inserted or moved since it was sealed
    Verify(verify::Args),
    /// Prove that an event is in the log, in a file that anybody can check
    Prove(prove::ProveArgs),
    /// Prove that the log of one checkpoint continues that of an older one
    Consistency(prove::ConsistencyArgs),
    /// Check a proof; opens no log
    CheckProof(prove::CheckArgs),
    /// Print the public key that verifies the log's checkpoints, or make a new key
    Key(key::Args),
    /// Take back what an import run brought in, by new events
    UndoRun(undo_run::Args),
    /// Write the whole log as JSON Lines
    Export(transfer::ExportArgs),
    /// Bring an exported log into an empty one, on `SQLite` or Postgres
    Import(transfer::ImportArgs),
}

pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::AsOf(args) => as_of::run(args).await,
        Command::Show(args) => show::run(args).await,
        Command::RebuildClaims(args) => rebuild_claims::run(args).await,
        Command::Verify(args) => verify::run(args).await,
        Command::Prove(args) => prove::prove(args).await,
        Command::Consistency(args) => prove::consistency(args).await,
        Command::CheckProof(args) => prove::check(&args),
        Command::Key(args) => key::run(&args),
        Command::UndoRun(args) => undo_run::run(args).await,
        Command::Export(args) => transfer::export_log(args).await,
        Command::Import(args) => transfer::import_log(args).await,
    }
}
