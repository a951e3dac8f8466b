//! An event on the terminal, and as a line of JSON.
//!
//! Never changes what was stored: payload and metadata go out as JSON byte for byte.

use accession_events::RecordedEvent;
use anyhow::{Context as _, Result};
use serde_json::json;
use serde_json::value::RawValue;

/// Characters of a payload that a person is shown.
const WIDTH: usize = 160;

/// Two lines for a person: where, when, what, by whom; and the beginning of what was said.
pub(super) fn text(event: &RecordedEvent) -> String {
    let metadata = event.parsed_metadata();
    let told = |what: &str, value: Option<String>| {
        value.map_or_else(String::new, |value| format!("  {what} {value}"))
    };
    format!(
        "{:>9}  {}  {:<22} {}#{}  by {}{}{}{}\n           {}",
        event.position,
        event.recorded_at.strftime("%Y-%m-%d %H:%M:%S%.3fZ"),
        event.event_type,
        event.stream,
        event.sequence,
        metadata.actor.as_deref().unwrap_or("unknown"),
        told("in import run", metadata.import_run),
        told("undoing", metadata.undoes),
        told("because:", metadata.reason),
        shortened(&event.payload)
    )
}

fn shortened(payload: &str) -> String {
    let mut text: String = payload.chars().take(WIDTH).collect();
    if text.len() < payload.len() {
        text.push('…');
    }
    text
}

/// One object; payload and metadata stay the exact text that was stored.
pub(super) fn json(event: &RecordedEvent) -> Result<String> {
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
