//! `accession log undo-run`: takes back what an import run brought in, through a running server, page by page.
//!
//! The log keeps both. It may be ended and given again at any time: nothing is taken back twice.
//! Exit codes: 0 done, 2 no such run, 3 the run goes on, 4 something stays as it is, 5 out of reach.

use std::process::ExitCode;

use anyhow::Result;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::commands::output;
use crate::commands::reach::{Ended, LOOK, Reach, Where, ended};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Where,
    /// Why, in your words; it stands beside each undo in the history
    #[arg(long)]
    reason: String,
    /// Id of the import run, as `GET /api/read/imports` lists it
    id: String,
}

/// The same as `accession import revert RUN`.
#[derive(Debug, clap::Args)]
pub(crate) struct Revert {
    #[command(flatten)]
    place: Where,
    /// Why, in your words; it stands beside each undo in the history
    #[arg(long, default_value = "the import was reverted")]
    reason: String,
    /// Id of the import run, as its report and `GET /api/read/imports` tell it
    run: String,
}

/// Takes an import run back, on behalf of `accession import revert`.
pub(crate) async fn revert(revert: Revert) -> Result<ExitCode> {
    let Revert { place, reason, run } = revert;
    let args = Args {
        place,
        reason,
        id: run,
    };
    let undone = undo(&args).await;
    Ok(ended("import revert", undone))
}

/// What a page came to.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    undone: u64,
    settled: u64,
    kept: Vec<Kept>,
    next_cursor: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Kept {
    position: u64,
    of: String,
    code: String,
    detail: String,
}

pub(super) async fn run(args: Args) -> Result<ExitCode> {
    let undone = undo(&args).await;
    Ok(ended("log undo-run", undone))
}

async fn undo(args: &Args) -> Result<ExitCode, Ended> {
    let reach = Reach::find(&args.place).await?;
    let undone = pages(&reach, args).await;
    reach.close().await;
    undone
}

async fn pages(reach: &Reach, args: &Args) -> Result<ExitCode, Ended> {
    let (mut undone, mut settled, mut kept) = (0, 0, 0);
    let mut cursor = None;
    loop {
        let body = json!({ "reason": args.reason, "cursor": cursor });
        let page: Page = reach.undo_run(&args.id, &body).await?;
        undone += page.undone;
        settled += page.settled;
        kept += page.kept.len();
        for stays in &page.kept {
            show(stays, args.place.json);
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
        output::error(&format!(
            "{undone} changes taken back so far; older ones are left"
        ));
    }
    if args.place.json {
        let told = json!({ "id": args.id, "undone": undone, "settled": settled, "kept": kept });
        output::line(&told.to_string());
    } else {
        output::line(&format!(
            "import run {}: {undone} changes taken back, {settled} were settled before, {kept} stay",
            args.id
        ));
    }
    Ok(if kept == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(LOOK)
    })
}

fn show(stays: &Kept, json: bool) {
    let Kept {
        position,
        of,
        detail,
        ..
    } = stays;
    if json {
        output::line(&json!({ "kept": stays }).to_string());
    } else {
        output::line(&format!(
            "{of} stays as position {position} left it: {detail}"
        ));
    }
}
