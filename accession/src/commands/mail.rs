//! `accession mail …`: messages that wait or were given up.
//!
//! Works in the private tables beside a running server; never shows an address.

use std::process::ExitCode;

use accession_secrets::outbox::{self, MessageLine, Outbox};
use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::output;
use crate::data_dir::DataDir;
use crate::private;
use crate::settings::{Overrides, Settings};

/// Lines of a list.
const AT_MOST: u32 = 1000;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Messages that wait or were given up, the oldest first
    List(ListArgs),
    /// Try a message that was given up again
    Retry(OneArgs),
    /// Drop a message, for good
    Discard(OneArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    overrides: Overrides,
    /// JSON lines
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct OneArgs {
    #[command(flatten)]
    overrides: Overrides,
    /// Id of the message, from the list
    id: Uuid,
}

pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::List(args) => list(args).await,
        Command::Retry(args) => {
            let done = open(&args.overrides).await?.retry(args.id, now()).await?;
            said(
                done,
                args.id,
                "is tried again",
                "is not among those that were given up",
            )
        }
        Command::Discard(args) => {
            let done = open(&args.overrides).await?.discard(args.id, now()).await?;
            said(
                done,
                args.id,
                "is dropped",
                "does not wait and was not given up",
            )
        }
    }
}

async fn open(overrides: &Overrides) -> Result<std::sync::Arc<dyn Outbox>> {
    let settings = Settings::load(overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    Ok(outbox::open(
        &private::open_database(&settings, &data).await?,
    ))
}

async fn list(args: ListArgs) -> Result<ExitCode> {
    let messages = open(&args.overrides).await?.list(AT_MOST).await;
    for message in messages.context("cannot list the messages")? {
        output::line(&if args.json {
            as_json(&message)
        } else {
            as_text(&message)
        });
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(message: &MessageLine) -> String {
    json!({
        "id": message.id,
        "kind": message.kind,
        "state": message.state.as_str(),
        "attempts": message.attempts,
        "queued_at": message.queued_at,
        "due_at": message.due_at,
        "problem": message.problem,
    })
    .to_string()
}

fn as_text(message: &MessageLine) -> String {
    let MessageLine {
        id,
        kind,
        attempts,
        queued_at,
        ..
    } = message;
    let state = message.state.as_str();
    let problem = message.problem.as_deref().unwrap_or("-");
    format!("{id}  {state:<8}{kind:<22}{queued_at:.0}  {attempts} attempt(s)  {problem}")
}

fn said(done: bool, id: Uuid, what: &str, otherwise: &str) -> Result<ExitCode> {
    if !done {
        bail!("message {id} {otherwise}; see `accession mail list`");
    }
    output::line(&format!("message {id} {what}"));
    Ok(ExitCode::SUCCESS)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a command at the edge: this is where time enters"
)]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}
