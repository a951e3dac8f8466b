//! `accession reactions …`: what reactions could not do and put aside.
//!
//! Works in the private tables beside a running server, which takes a retry up within a second or two.

use std::process::ExitCode;
use std::sync::Arc;

use accession_events::Position;
use accession_secrets::reaction_book::{self, ParkedReaction, ParkedWhat, ReactionBook};
use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::put_aside::{self, ListArgs, now};
use crate::settings::Overrides;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// What was put aside, the oldest first
    List(ListArgs),
    /// Have a reaction try it again
    Retry(OneArgs),
    /// Give it up, for good
    Discard(OneArgs),
}

#[derive(Debug, Args)]
pub(crate) struct OneArgs {
    #[command(flatten)]
    overrides: Overrides,
    /// Name of the reaction
    reaction: String,
    /// Position of the event, or name of the timer, from the list
    what: String,
}

pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::List(args) => {
            let parked = open(&args.overrides).await?.parked().await;
            let parked = parked.context("cannot list what was put aside")?;
            Ok(args.print(&parked, as_json, as_text))
        }
        Command::Retry(args) => {
            let done = open(&args.overrides)
                .await?
                .retry(&args.reaction, &what(&args), now())
                .await?;
            said(done, &args, "is tried again")
        }
        Command::Discard(args) => {
            let done = open(&args.overrides)
                .await?
                .unpark(&args.reaction, &what(&args))
                .await?;
            said(done, &args, "is given up")
        }
    }
}

async fn open(overrides: &Overrides) -> Result<Arc<dyn ReactionBook>> {
    Ok(reaction_book::open(&put_aside::open(overrides).await?))
}

fn what(args: &OneArgs) -> ParkedWhat {
    match args.what.parse() {
        Ok(position) => ParkedWhat::Event(Position::new(position)),
        Err(_) => ParkedWhat::Timer(args.what.clone()),
    }
}

fn named(what: &ParkedWhat) -> String {
    match what {
        ParkedWhat::Event(position) => position.to_string(),
        ParkedWhat::Timer(name) => name.clone(),
    }
}

fn as_json(parked: &ParkedReaction) -> Value {
    json!({
        "reaction": parked.reaction,
        "what": named(&parked.what),
        "parked_at": parked.parked_at,
        "problem": parked.problem,
    })
}

fn as_text(parked: &ParkedReaction) -> String {
    let ParkedReaction {
        reaction,
        what,
        problem,
        parked_at,
    } = parked;
    let what = named(what);
    format!("{reaction}  {what}  since {parked_at:.0}  {problem}")
}

fn said(done: bool, args: &OneArgs, end: &str) -> Result<ExitCode> {
    let OneArgs { reaction, what, .. } = args;
    put_aside::said(
        done,
        &format!("{what} of reaction {reaction} {end}"),
        &format!(
            "reaction {reaction} has put aside nothing called {what}; see `accession reactions list`"
        ),
    )
}
