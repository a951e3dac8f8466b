//! `accession reactions …`: what reactions could not do and put aside.
//!
//! Works in the private tables beside a running server, which takes a retry up within a second or two.

use std::process::ExitCode;
use std::sync::Arc;

use accession_events::Position;
use accession_secrets::reaction_book::{self, ParkedReaction, ParkedWhat, ReactionBook};
use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use serde_json::json;

use super::mail::now;
use super::output;
use crate::data_dir::DataDir;
use crate::private;
use crate::settings::{Overrides, Settings};

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
    /// Name of the reaction
    reaction: String,
    /// Position of the event, or name of the timer, from the list
    what: String,
}

pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::List(args) => list(args).await,
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
    let settings = Settings::load(overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    Ok(reaction_book::open(
        &private::open_database(&settings, &data).await?,
    ))
}

fn what(args: &OneArgs) -> ParkedWhat {
    match args.what.parse() {
        Ok(position) => ParkedWhat::Event(Position::new(position)),
        Err(_) => ParkedWhat::Timer(args.what.clone()),
    }
}

async fn list(args: ListArgs) -> Result<ExitCode> {
    let parked = open(&args.overrides).await?.parked().await;
    for ParkedReaction {
        reaction,
        what,
        problem,
        parked_at,
    } in parked.context("cannot list what was put aside")?
    {
        let what = match what {
            ParkedWhat::Event(position) => position.to_string(),
            ParkedWhat::Timer(name) => name,
        };
        output::line(&if args.json {
            json!({ "reaction": reaction, "what": what, "parked_at": parked_at, "problem": problem }).to_string()
        } else {
            format!("{reaction}  {what}  since {parked_at:.0}  {problem}")
        });
    }
    Ok(ExitCode::SUCCESS)
}

fn said(done: bool, args: &OneArgs, what: &str) -> Result<ExitCode> {
    if !done {
        bail!(
            "reaction {} has put aside nothing called {}; see `accession reactions list`",
            args.reaction,
            args.what
        );
    }
    output::line(&format!(
        "{} of reaction {} {what}",
        args.what, args.reaction
    ));
    Ok(ExitCode::SUCCESS)
}
