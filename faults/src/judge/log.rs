//! What any log must be, whoever wrote it: dense, in order, each event once.
//!
//! It knows nothing of what was asked for.

use std::collections::{HashMap, HashSet};

use accession_events::RecordedEvent;

/// What is wrong with the log by itself.
pub(super) fn check(events: &[RecordedEvent]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut sequences: HashMap<String, u64> = HashMap::new();
    let mut ids = HashSet::new();
    for (event, expected) in events.iter().zip(1u64..) {
        if event.position.get() != expected {
            findings.push(format!("position {expected} is {}", event.position));
            break;
        }
        let stream = event.stream.to_string();
        let sequence = sequences.entry(stream.clone()).or_default();
        *sequence += 1;
        if event.sequence != *sequence {
            findings.push(format!(
                "{stream} goes on with number {} where {sequence} should be",
                event.sequence
            ));
        }
        if !ids.insert(event.event_id) {
            findings.push(format!("event {} is there twice", event.event_id));
        }
    }
    let back = events
        .iter()
        .zip(events.iter().skip(1))
        .find(|(one, next)| next.recorded_at < one.recorded_at);
    if let Some((_, next)) = back {
        findings.push(format!(
            "position {} was recorded before the one before it",
            next.position
        ));
    }
    findings
}
