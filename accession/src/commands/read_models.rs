//! `accession read-models …`: where read models stand, and how they are rebuilt, compared, switched and dropped.
//!
//! Exit codes: 0 done, 2 no such model or a wrong command line, 3 refused as things stand, 4 somebody has to look at
//! what was found, 5 server or store out of reach.

mod following;
mod showing;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::reach::{Ended, LOOK, Reach, Where, ended};
use crate::commands::output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Where every read model stands: its live generation and all others
    List(ListArgs),
    /// Build a read model anew from the log beside the live one, compare, and send readers there
    Rebuild(RebuildArgs),
    /// Compare the live generation with another one that is being built or held
    Compare(CompareArgs),
    /// Send readers to the generation that `rebuild --hold` has built
    Promote(OneArgs),
    /// Send readers back to the generation before, once it has caught up
    Rollback(RollbackArgs),
    /// Remove generations that nobody needs, or give one up that is being built
    DropOld(DropArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Args)]
pub(crate) struct OneArgs {
    #[command(flatten)]
    place: Where,
    /// Name of the read model
    name: String,
}

#[derive(Debug, Args)]
pub(crate) struct RebuildArgs {
    #[command(flatten)]
    place: Where,
    /// Name of the read model
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    name: Option<String>,
    /// All read models; they read the log together
    #[arg(long)]
    all: bool,
    /// Build and compare, but wait for `promote` before readers are sent there
    #[arg(long)]
    hold: bool,
    /// Do not wait until it is done; `list` tells how far it is
    #[arg(long)]
    detach: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    place: Where,
    /// Name of the read model
    name: String,
    /// Number of the generation to compare with; the newest that is not live unless told
    #[arg(long)]
    with: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct RollbackArgs {
    #[command(flatten)]
    place: Where,
    /// Name of the read model
    name: String,
    /// At once, without catching up: readers may see older documents than before
    #[arg(long)]
    accept_older: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DropArgs {
    #[command(flatten)]
    place: Where,
    /// Name of the read model
    name: String,
    /// Only this generation, also when it is being built
    #[arg(long)]
    generation: Option<u32>,
}

pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    let result = match command {
        Command::List(args) => list(args).await,
        Command::Rebuild(args) => rebuild(args).await,
        Command::Compare(args) => compare(args).await,
        Command::Promote(args) => promote(args).await,
        Command::Rollback(args) => rollback(args).await,
        Command::DropOld(args) => drop_old(args).await,
    };
    Ok(ended("read-models", result))
}

async fn list(args: ListArgs) -> Result<ExitCode, Ended> {
    let reach = Reach::find(&args.place).await?;
    let list = reach.list().await;
    reach.close().await;
    showing::list(&list?, args.place.json);
    Ok(ExitCode::SUCCESS)
}

async fn rebuild(args: RebuildArgs) -> Result<ExitCode, Ended> {
    let reach = Reach::find(&args.place).await?;
    let rebuilt = rebuild_over(&reach, &args).await;
    reach.close().await;
    rebuilt
}

async fn rebuild_over(reach: &Reach, args: &RebuildArgs) -> Result<ExitCode, Ended> {
    let names = if let Some(name) = &args.name {
        vec![name.clone()]
    } else {
        let items = reach.list().await?.items;
        items.into_iter().map(|item| item.name).collect()
    };
    // All are asked for before the first is waited for: what is built together reads the log once.
    let mut begun = Vec::with_capacity(names.len());
    for name in names {
        let work = reach.rebuild(&name, args.hold).await?;
        begun.push((name, work));
    }
    let mut code = ExitCode::SUCCESS;
    for (name, begun) in begun {
        if args.detach {
            showing::work(&name, &begun, args.place.json);
            continue;
        }
        let done = following::until_done(reach, &name, args.place.json).await?;
        if showing::work(&name, &done, args.place.json) {
            code = ExitCode::from(LOOK);
        }
    }
    Ok(code)
}

async fn compare(args: CompareArgs) -> Result<ExitCode, Ended> {
    let reach = Reach::find(&args.place).await?;
    let comparison = reach.compare(&args.name, args.with).await;
    reach.close().await;
    let comparison = comparison?;
    showing::comparison(&args.name, &comparison, args.place.json);
    Ok(if comparison.is_equal() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(LOOK)
    })
}

async fn promote(args: OneArgs) -> Result<ExitCode, Ended> {
    let reach = Reach::find(&args.place).await?;
    let promoted = async {
        reach.promote(&args.name).await?;
        following::until_done(&reach, &args.name, args.place.json).await
    };
    let promoted = promoted.await;
    reach.close().await;
    showing::work(&args.name, &promoted?, args.place.json);
    Ok(ExitCode::SUCCESS)
}

async fn rollback(args: RollbackArgs) -> Result<ExitCode, Ended> {
    let reach = Reach::find(&args.place).await?;
    let rolled_back = async {
        reach.rollback(&args.name, args.accept_older).await?;
        following::until_done(&reach, &args.name, args.place.json).await
    };
    let rolled_back = rolled_back.await;
    reach.close().await;
    showing::work(&args.name, &rolled_back?, args.place.json);
    Ok(ExitCode::SUCCESS)
}

async fn drop_old(args: DropArgs) -> Result<ExitCode, Ended> {
    let reach = Reach::find(&args.place).await?;
    let dropped = reach.drop_old(&args.name, args.generation).await;
    reach.close().await;
    let numbers: Vec<String> = dropped?.dropped.iter().map(u32::to_string).collect();
    if args.place.json {
        let line = serde_json::json!({ "name": args.name, "dropped": numbers });
        output::line(&line.to_string());
    } else if numbers.is_empty() {
        output::line(&format!("{}: there is nothing to drop", args.name));
    } else {
        output::line(&format!(
            "{}: dropped generation {}",
            args.name,
            numbers.join(", ")
        ));
    }
    Ok(ExitCode::SUCCESS)
}
