//! The command line: what can be typed, and which command it starts.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands;
use crate::waiting::UnusableStore;

/// Exit code for a command that failed in any way it has no own code for.
const FAILED: u8 = 1;
/// Exit code for a store or server that was out of reach, as an importer's.
const OUT_OF_REACH: u8 = 5;

#[derive(Debug, Parser)]
#[command(name = "accession", version, about = "A self-hosted catalogue whose every change is an event in one ordered log", long_about = None)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve all roles in one process, or one role
    Serve(commands::serve::Args),
    /// Serve an embedded instance with a sample collection
    Demo(commands::demo::Args),
    /// Bring records of an external source in
    Import(Box<commands::import::Args>),
    /// Access tokens for people
    #[command(subcommand)]
    Token(commands::token::Command),
    /// Credentials for services such as importers
    #[command(subcommand)]
    Credential(commands::credential::Command),
    /// Accounts of administrators
    #[command(subcommand)]
    Admin(commands::admin::Command),
    /// Look into the event log
    #[command(subcommand)]
    Log(commands::log::Command),
    /// Rebuild, compare and switch read models while readers and writers go on
    #[command(subcommand)]
    ReadModels(commands::read_models::Command),
    /// Events that could not be taken in: list, retry or discard them
    #[command(subcommand)]
    Parked(commands::parked::Command),
    /// Messages that wait or were given up: list, retry or discard them
    #[command(subcommand)]
    Mail(commands::mail::Command),
    /// What reactions could not do: list, retry or discard it
    #[command(subcommand)]
    Reactions(commands::reactions::Command),
    /// Copy a data directory's log, keys and credentials while the server runs
    Backup(commands::backup::Args),
    /// Make a new data directory from a backup
    Restore(commands::restore::Args),
    /// Purge what was kept of people for long enough
    #[command(subcommand)]
    Retention(commands::retention::Command),
    /// Bring a shared database to this version's schema
    Migrate(commands::migrate::Args),
    /// Print the OpenAPI description of all routes
    Openapi,
    /// Check configuration and every dependency, and say what to do
    Doctor(commands::doctor::Args),
    /// Ask a running server whether it is ready; for container health checks
    Healthcheck(commands::healthcheck::Args),
}

/// Parses the command line and runs the command; the process's exit code is its result.
pub(crate) fn run() -> ExitCode {
    // The allocator asks for memory in pages of 2 MB, of which an idle server would use a part each: 17 MB that hold nothing.
    // A kernel without such pages refuses, and has nothing to save.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    // One TLS provider for every client in the process; it can only be installed once.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            return failed(
                &anyhow::Error::new(error).context("cannot start the asynchronous runtime"),
            );
        }
    };
    let done = runtime.block_on(dispatch(cli.command));
    // The runtime still carries the last spans to the collector.
    accession_service::traces::finish();
    match done {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

async fn dispatch(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(args) => commands::serve::run(args).await,
        Command::Demo(args) => commands::demo::run(args).await,
        Command::Import(args) => commands::import::run(*args).await,
        Command::Token(command) => commands::token::run(command),
        Command::Credential(command) => commands::credential::run(command).await,
        Command::Admin(command) => commands::admin::run(command).await,
        Command::Log(command) => commands::log::run(command).await,
        Command::ReadModels(command) => commands::read_models::run(command).await,
        Command::Parked(command) => commands::parked::run(command).await,
        Command::Mail(command) => commands::mail::run(command).await,
        Command::Reactions(command) => commands::reactions::run(command).await,
        Command::Backup(args) => commands::backup::run(args).await,
        Command::Restore(args) => commands::restore::run(args).await,
        Command::Retention(command) => commands::retention::run(command).await,
        Command::Migrate(args) => commands::migrate::run(args).await,
        Command::Openapi => commands::openapi::run(),
        Command::Doctor(args) => commands::doctor::run(args).await,
        Command::Healthcheck(args) => commands::healthcheck::run(args).await,
    }
}

/// The whole chain of causes, one line each, so that the last line names the root.
fn failed(error: &anyhow::Error) -> ExitCode {
    commands::output::error(&format!("accession: {error}"));
    for cause in error.chain().skip(1) {
        commands::output::error(&format!("  because: {cause}"));
    }
    let out_of_reach = error
        .downcast_ref::<UnusableStore>()
        .is_some_and(|unusable| unusable.out_of_reach);
    ExitCode::from(if out_of_reach { OUT_OF_REACH } else { FAILED })
}
