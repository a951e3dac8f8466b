//! `accession log show`: what the register says, event by event, for people and, with `--json`, for programs.
//!
//! It opens the log for reading only, beside a running server.

use std::process::ExitCode;

use accession_event_log::LogStore;
use accession_events::{Position, RecordedEvent, StreamName};
use anyhow::{Context as _, Result, bail};
use serde_json::json;
use serde_json::value::RawValue;

use crate::assembly;
use crate::commands::output;
use crate::data_dir::DataDir;
use crate::settings::{Overrides, Settings};

/// Events read at a time: bounded memory for a log of any size.
const PAGE: usize = 500;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    overrides: Overrides,
    /// Only events after this position
    #[arg(long, default_value_t = 0)]
    after: u64,
    /// At most so many events
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// Only events of this stream, for example catalog.title/0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c
    #[arg(long)]
    stream: Option<String>,
    /// One JSON object a line, with the stored payload and metadata
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    let store = assembly::open_log_for_reading(&settings, &data)
        .await?
        .store();
    let stream = args.stream.as_deref().map(stream_named).transpose()?;
    let mut after = args.after;
    let mut left = args.limit;
    while left > 0 {
        let page = page(&*store, stream.as_ref(), after, left.min(PAGE)).await?;
        let Some(last) = page.last() else { break };
        after = if stream.is_some() {
            last.sequence
        } else {
            last.position.get()
        };
        left -= page.len();
        for event in &page {
            output::line(&if args.json {
                json_line(event)?
            } else {
                text_line(event)
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn stream_named(text: &str) -> Result<StreamName> {
    match text.split_once('/') {
        Some((kind, id)) if kind.contains('.') && !id.is_empty() => Ok(StreamName::new(kind, id)),
        _ => bail!(
            "`{text}` is not a stream; expected <context>.<aggregate>/<id>, for example catalog.title/0198…"
        ),
    }
}

async fn page(
    store: &dyn LogStore,
    stream: Option<&StreamName>,
    after: u64,
    limit: usize,
) -> Result<Vec<RecordedEvent>> {
    let page = match stream {
        Some(stream) => store.read_stream(stream, after, limit).await,
        None => store.read_feed(Position::new(after), limit).await,
    };
    page.context("the event log could not be read")
}

fn text_line(event: &RecordedEvent) -> String {
    let metadata = event.parsed_metadata();
    format!(
        "{:>9}  {}  {:<22} {}#{}  by {}\n           {}",
        event.position,
        event.recorded_at.strftime("%Y-%m-%d %H:%M:%S%.3fZ"),
        event.event_type,
        event.stream,
        event.sequence,
        metadata.actor.as_deref().unwrap_or("unknown"),
        shortened(&event.payload)
    )
}

fn shortened(payload: &str) -> String {
    const WIDTH: usize = 160;
    let mut text: String = payload.chars().take(WIDTH).collect();
    if text.len() < payload.len() {
        text.push('…');
    }
    text
}

/// Payload and metadata stay the exact text that was stored.
fn json_line(event: &RecordedEvent) -> Result<String> {
    let raw = |text: &str| RawValue::from_string(text.to_owned());
    let line = json!({
        "position": event.position,
        "recorded_at": event.recorded_at.to_string(),
        "stream": event.stream.to_string(),
        "sequence": event.sequence,
        "event_id": event.event_id.to_string(),
        "event_type": &*event.event_type,
        "event_version": event.event_version,
    });
    let mut text = line.to_string();
    text.pop();
    let payload = raw(&event.payload).context("a stored payload is not JSON")?;
    let metadata = raw(&event.metadata).context("stored metadata is not JSON")?;
    Ok(format!(
        "{text},\"metadata\":{},\"payload\":{}}}",
        metadata.get(),
        payload.get()
    ))
}
