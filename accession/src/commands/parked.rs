//! `accession parked …`: events that could not be taken in, with the later events of the same document.
//!
//! Exit codes as of `accession read-models`.

use std::process::ExitCode;

use accession_operations::parked::{DiscardedReport, ParkedList, ParkedReport};
use anyhow::Result;
use clap::{Args, Subcommand};

use super::reach::{Ended, Reach, USAGE, Where, ended};
use crate::commands::output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// What waits, and what was discarded
    List(ListArgs),
    /// One key: its events in order, and what is wrong with the first
    Show(KeyArgs),
    /// Take the events of a key in again, in order
    Retry(KeyArgs),
    /// Give the first event of a key up, for good and on record, and take the others in
    Discard(DiscardArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    place: Where,
    /// Only this read model
    #[arg(long)]
    model: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    #[command(flatten)]
    place: Where,
    /// Name of the read model
    model: String,
    /// The key, as the list tells it
    key: String,
}

#[derive(Debug, Args)]
pub(crate) struct DiscardArgs {
    #[command(flatten)]
    which: KeyArgs,
    /// Why; it stays on record
    #[arg(long)]
    reason: String,
}

pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    let result = match command {
        Command::List(args) => list(args).await,
        Command::Show(args) => show(args).await,
        Command::Retry(args) => retry(args, None).await,
        Command::Discard(args) => retry(args.which, Some(args.reason)).await,
    };
    Ok(ended("parked", result))
}

async fn list(args: ListArgs) -> Result<ExitCode, Ended> {
    let reach = Reach::find(&args.place).await?;
    let list = reach.parked(args.model.as_deref()).await;
    reach.close().await;
    let list = list?;
    if args.place.json {
        output::line(&serde_json::to_string(&list).unwrap_or_default());
    } else {
        print(&list);
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(args: KeyArgs) -> Result<ExitCode, Ended> {
    let reach = Reach::find(&args.place).await?;
    let list = reach.parked(Some(&args.model)).await;
    reach.close().await;
    let ParkedList { items, discarded } = list?;
    let of_key = ParkedList {
        items: items
            .into_iter()
            .filter(|item| item.key == args.key)
            .collect(),
        discarded: discarded
            .into_iter()
            .filter(|item| item.key == args.key)
            .collect(),
    };
    if of_key.items.is_empty() && of_key.discarded.is_empty() {
        let problem = format!("nothing is parked under `{}` in {}", args.key, args.model);
        return Err(Ended::new(USAGE, problem));
    }
    if args.place.json {
        output::line(&serde_json::to_string(&of_key).unwrap_or_default());
        return Ok(ExitCode::SUCCESS);
    }
    print(&of_key);
    for item in &of_key.items {
        let positions: Vec<String> = item.positions.iter().map(u64::to_string).collect();
        output::line(&format!("    waiting, in order: {}", positions.join(", ")));
    }
    Ok(ExitCode::SUCCESS)
}

async fn retry(args: KeyArgs, discard_because: Option<String>) -> Result<ExitCode, Ended> {
    let reach = Reach::find(&args.place).await?;
    let reason = discard_because.as_deref();
    let done = reach.retry(&args.model, &args.key, reason).await;
    reach.close().await;
    let done = done?;
    if args.place.json {
        output::line(&serde_json::to_string(&done).unwrap_or_default());
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(position) = done.discarded {
        output::line(&format!(
            "event {position} is discarded; that stays on record"
        ));
    }
    output::line(&format!("{} event(s) taken in", done.taken_in));
    Ok(ExitCode::SUCCESS)
}

fn print(list: &ParkedList) {
    if list.items.is_empty() {
        output::line("nothing is parked");
    }
    for item in &list.items {
        output::line(&parked_line(item));
    }
    for item in &list.discarded {
        output::line(&discarded_line(item));
    }
}

fn parked_line(item: &ParkedReport) -> String {
    let generation = if item.live {
        String::new()
    } else {
        format!(" (generation {}, not live)", item.generation)
    };
    format!(
        "{} {}{generation}\n    {} event(s) wait since {}, the first is {}: {}",
        item.model,
        item.key,
        item.positions.len(),
        item.since,
        item.positions.first().copied().unwrap_or_default(),
        item.reason
    )
}

fn discarded_line(item: &DiscardedReport) -> String {
    format!(
        "{} {}\n    event {} was discarded by {} at {}: {} (it had failed: {})",
        item.model, item.key, item.position, item.by, item.at, item.reason, item.problem
    )
}
