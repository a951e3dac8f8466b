//! `accession log show`: what the register says, event by event, for people and, with `--json`, for programs.
//!
//! It opens the log for reading only, beside a running server.

mod lines;

use std::process::ExitCode;
use std::time::Duration;

use accession_event_log::{EventFilter, LogStore, Search};
use accession_events::{Position, StreamName};
use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;

use super::bounds;
use crate::assembly;
use crate::commands::output;
use crate::data_dir::DataDir;
use crate::settings::{Overrides, Settings};

/// Events read at a time: bounded memory for a log of any size.
const PAGE: usize = 500;
/// How many events are shown when nothing is said; with `--follow`, all that come.
const USUAL: usize = 50;
/// How often a follower looks for news.
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    overrides: Overrides,
    /// Only events after this position
    #[arg(long)]
    after: Option<u64>,
    /// Only events up to this position, which is included
    #[arg(long)]
    up_to: Option<u64>,
    /// Only events recorded at this time or later: RFC 3339, or a date
    #[arg(long, value_parser = bounds::time)]
    since: Option<Timestamp>,
    /// Only events recorded at this time or earlier
    #[arg(long, value_parser = bounds::time)]
    until: Option<Timestamp>,
    /// Only events of this stream, for example catalog.title/0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c
    #[arg(long, value_parser = bounds::stream)]
    stream: Option<StreamName>,
    /// Only events of this type (`TitleAdded`) or of this kind of stream (`catalog.title`); may be given more than once
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Only events that this actor caused, for example curator:ana
    #[arg(long)]
    actor: Option<String>,
    /// Only events that this import run brought
    #[arg(long, value_name = "ID")]
    import_run: Option<String>,
    /// Only events of this request (its X-Request-Id)
    #[arg(long)]
    correlation: Option<String>,
    /// Only events of the thing with this id, and those that name it
    #[arg(long, value_name = "ID")]
    mentions: Option<String>,
    /// At most so many events; 50 when left out, no end with --follow
    #[arg(long)]
    limit: Option<usize>,
    /// Go on with what is recorded from now on
    #[arg(long, conflicts_with_all = ["up_to", "until"])]
    follow: bool,
    /// One JSON object a line, with the stored payload and metadata
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    let store = assembly::open_log_for_reading(&settings, &data)
        .await?
        .store();
    let (after, up_to) = range(&*store, &args).await?;
    let mut search = Search::new(&*store, filter(&args)?, after, up_to);
    let usual = if args.follow { usize::MAX } else { USUAL };
    let mut left = args.limit.unwrap_or(usual);
    while left > 0 {
        let page = search.next(left.min(PAGE)).await;
        let page = page.context("the event log could not be read")?;
        if page.is_empty() {
            if !args.follow {
                break;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
            search.extend_to(bounds::head(&*store).await?);
        }
        left -= page.len();
        for event in &page {
            output::line(&if args.json {
                lines::json(event)?
            } else {
                lines::text(event)
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The positions between which events are wanted.
async fn range(store: &dyn LogStore, args: &Args) -> Result<(Position, Position)> {
    let head = bounds::head(store).await?;
    let mut after = bounds::reached(Position::new(args.after.unwrap_or(0)), head)?;
    if let Some(since) = args.since {
        after = after.max(bounds::before(store, since).await?);
    }
    let mut up_to = args.up_to.map_or(head, Position::new);
    up_to = bounds::reached(up_to, head)?;
    if let Some(until) = args.until {
        up_to = up_to.min(bounds::until(store, until).await?);
    }
    if up_to < after && !args.follow {
        bail!("nothing lies between: the events wanted begin after {after} and end with {up_to}");
    }
    Ok((after, up_to))
}

fn filter(args: &Args) -> Result<EventFilter> {
    let (kinds, event_types): (Vec<String>, Vec<String>) = args
        .types
        .iter()
        .cloned()
        .partition(|name| name.contains('.'));
    if kinds.len() > 1 {
        bail!(
            "--type names {} kinds of streams; expected at most one",
            kinds.len()
        );
    }
    Ok(EventFilter {
        stream: args.stream.clone(),
        aggregate_type: kinds.into_iter().next(),
        event_types,
        actor: args.actor.clone(),
        import_run: args.import_run.clone(),
        correlation: args.correlation.clone(),
        mentions: args.mentions.clone(),
    })
}
