//! `accession mail …`: messages that wait or were given up.
//!
//! Works in the private tables beside a running server; never shows an address.

use std::process::ExitCode;
use std::sync::Arc;

use accession_secrets::outbox::{self, MessageLine, Outbox};
use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use uuid::Uuid;

use super::put_aside::{self, ListArgs, now, said};
use crate::settings::Overrides;

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
pub(crate) struct OneArgs {
    #[command(flatten)]
    overrides: Overrides,
    /// Id of the message, from the list
    id: Uuid,
}

pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::List(args) => {
            let messages = open(&args.overrides).await?.list(AT_MOST).await;
            let messages = messages.context("cannot list the messages")?;
            Ok(args.print(&messages, as_json, as_text))
        }
        Command::Retry(OneArgs { overrides, id }) => said(
            open(&overrides).await?.retry(id, now()).await?,
            &format!("message {id} is tried again"),
            &format!(
                "message {id} is not among those that were given up; see `accession mail list`"
            ),
        ),
        Command::Discard(OneArgs { overrides, id }) => said(
            open(&overrides).await?.discard(id, now()).await?,
            &format!("message {id} is dropped"),
            &format!("message {id} does not wait and was not given up; see `accession mail list`"),
        ),
    }
}

async fn open(overrides: &Overrides) -> Result<Arc<dyn Outbox>> {
    Ok(outbox::open(&put_aside::open(overrides).await?))
}

fn as_json(message: &MessageLine) -> Value {
    json!({
        "id": message.id,
        "kind": message.kind,
        "state": message.state.as_str(),
        "attempts": message.attempts,
        "queued_at": message.queued_at,
        "due_at": message.due_at,
        "problem": message.problem,
    })
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
