//! Opens the boxes of a history as a feed does it, at one time or another.
//!
//! Never with keys: what is in a box stands in it.

use std::collections::HashMap;

use accession_events::ids::SubjectId;
use accession_events::values::personal::boxes::replace_boxes;
use accession_events::{Position, RecordedEvent};
use serde_json::{Value, json};

use super::History;

/// As a feed hands them out that follows the log: what was erased later is still known. A feed that is `behind` so many
/// events finds keys destroyed before it comes to the event that says so.
pub(crate) fn opened_now(history: &History, behind: u64) -> Vec<RecordedEvent> {
    opened(history, |at, erased| at.get() + behind >= erased.get())
}

/// As a feed hands them out after all of it.
pub(crate) fn opened_late(history: &History) -> Vec<RecordedEvent> {
    opened(history, |_, _| true)
}

fn opened(history: &History, is_gone: impl Fn(Position, Position) -> bool) -> Vec<RecordedEvent> {
    let mut events = history.events();
    let erased: HashMap<SubjectId, Position> = events
        .iter()
        .filter_map(|event| Some((accession_secrets::erased_by(event)?, event.position)))
        .collect();
    for event in &mut events {
        let mut payload: Value = serde_json::from_str(&event.payload).unwrap();
        let at = event.position;
        replace_boxes(&mut payload, &mut |found| {
            let subject = found.sealed.subject;
            match erased.get(&subject) {
                Some(gone) if is_gone(at, *gone) => json!({ "erased": subject }),
                _ => {
                    let known: Value = serde_json::from_str(&found.sealed.contents).unwrap();
                    json!({ "known": known })
                }
            }
        });
        event.payload = payload.to_string().into();
    }
    events
}
