//! The log against the ledger: what was acknowledged is there, once and as told; nothing is there that nobody asked for.
//!
//! A command in doubt may be there once or not at all.

use std::collections::HashMap;

use accession_events::RecordedEvent;

use crate::load::{Entry, Outcome};

/// Whose beginning is part of every set-up and of no load.
const CREDENTIALS: &str = "identity.service_credential";
/// How one of those begins.
const ISSUED: &str = "ServiceCredentialIssued";

/// Findings of one kind beyond this many say nothing new.
const ENOUGH: usize = 10;

/// What does not agree.
pub(super) fn check(entries: &[Entry], events: &[RecordedEvent]) -> Vec<String> {
    let places: HashMap<(&str, u64), usize> = events
        .iter()
        .enumerate()
        .map(|(place, event)| ((&*event.stream.aggregate_id, event.sequence), place))
        .collect();
    let mut asked_for = vec![false; events.len()];
    let mut findings = Vec::new();
    for entry in entries {
        let Outcome::Done {
            id,
            version,
            position,
        } = &entry.outcome
        else {
            continue;
        };
        let place = places.get(&(id.as_str(), *version)).copied();
        let event = place.and_then(|place| events.get(place));
        match (event, place.and_then(|place| asked_for.get_mut(place))) {
            (Some(_), Some(taken)) if *taken => {
                findings.push(format!("{id} version {version} was told to two commands"));
            }
            (Some(event), Some(taken)) => {
                *taken = true;
                findings.extend(compare(entry, event, *position));
            }
            _ => findings.push(format!(
                "LOST: {} of {id} was acknowledged as version {version} at {position:?} to client {} and is not in the log",
                entry.event, entry.worker
            )),
        }
    }
    findings.truncate(ENOUGH);
    let rest = events.iter().zip(&asked_for).filter(|(_, taken)| !**taken);
    let mut strangers = unasked(entries, rest.map(|(event, _)| event));
    strangers.truncate(ENOUGH);
    findings.extend(strangers);
    findings
}

fn compare(entry: &Entry, event: &RecordedEvent, position: Option<u64>) -> Option<String> {
    let marked = entry
        .marker
        .as_ref()
        .is_none_or(|marker| event.payload.contains(marker.as_str()));
    let placed = position.is_none_or(|position| event.position.get() == position);
    let same = *event.event_type == *entry.event && marked && placed;
    (!same).then(|| {
        format!(
            "{} with {:?} was acknowledged at {position:?}, and position {} holds {}: {}",
            entry.event, entry.marker, event.position, event.event_type, event.payload
        )
    })
}

/// Events that no acknowledged command wrote, and no command in doubt can have written.
fn unasked<'a>(entries: &[Entry], rest: impl Iterator<Item = &'a RecordedEvent>) -> Vec<String> {
    let mut doubts: Vec<&Entry> = entries
        .iter()
        .filter(|entry| entry.outcome == Outcome::Unknown)
        .collect();
    let mut findings = Vec::new();
    for event in rest.filter(|event| !is_of_the_set_up(event)) {
        let written_by = |entry: &&Entry| {
            let marked = entry
                .marker
                .as_ref()
                .map(|marker| event.payload.contains(marker.as_str()));
            let about = entry
                .id
                .as_ref()
                .map(|id| *event.stream.aggregate_id == **id);
            *entry.event == *event.event_type && marked.unwrap_or(true) && about.unwrap_or(true)
        };
        match doubts.iter().position(written_by) {
            Some(place) => {
                doubts.swap_remove(place);
            }
            None => findings.push(format!(
                "UNASKED: position {} holds {} of {} which nobody asked for, or a second time: {}",
                event.position, event.event_type, event.stream, event.payload
            )),
        }
    }
    findings
}

/// The rig issues credentials for its importers; whatever becomes of one later is judged as everything else.
fn is_of_the_set_up(event: &RecordedEvent) -> bool {
    &*event.stream.aggregate_type == CREDENTIALS
        && event.sequence == 1
        && &*event.event_type == ISSUED
}

/// How many commands nobody knows the outcome of.
pub(super) fn unknown(entries: &[Entry]) -> usize {
    let doubts = entries
        .iter()
        .filter(|entry| entry.outcome == Outcome::Unknown);
    doubts.count()
}

#[cfg(test)]
mod tests {
    use accession_events::ids::EventId;
    use accession_events::{Position, StreamName};
    use uuid::Uuid;

    use super::*;

    fn event(position: u64, id: &str, sequence: u64, payload: &str) -> RecordedEvent {
        RecordedEvent {
            position: Position::new(position),
            stream: StreamName::new("catalog.title", id),
            sequence,
            event_id: EventId::new(Uuid::from_u128(position.into())),
            event_type: "TitleAdded".into(),
            event_version: 1,
            payload: payload.to_owned().into(),
            metadata: "{}".into(),
            recorded_at: "2026-11-21T10:00:00Z".parse().unwrap(),
        }
    }

    fn entry(marker: &str, outcome: Outcome) -> Entry {
        Entry {
            worker: 0,
            event: "TitleAdded",
            id: None,
            marker: Some(marker.into()),
            outcome,
        }
    }

    fn done(id: &str, position: u64) -> Outcome {
        Outcome::Done {
            id: id.into(),
            version: 1,
            position: Some(position),
        }
    }

    #[test]
    fn an_acknowledged_command_without_its_event_is_lost() {
        let entries = [entry("w0-1-a", done("x", 1))];
        assert_eq!(check(&entries, &[event(1, "x", 1, "w0-1-a")]).len(), 0);
        assert!(check(&entries, &[])[0].starts_with("LOST"));
    }

    #[test]
    fn an_acknowledgement_that_tells_another_place_or_event_is_found() {
        let entries = [entry("w0-1-a", done("x", 1))];
        assert_eq!(check(&entries, &[event(2, "x", 1, "w0-1-a")]).len(), 1);
        assert_eq!(check(&entries, &[event(1, "x", 1, "w0-2-b")]).len(), 1);
    }

    #[test]
    fn a_command_in_doubt_may_be_there_once_but_not_twice() {
        let entries = [entry("w0-1-a", Outcome::Unknown)];
        let (one, two) = (event(1, "x", 1, "w0-1-a"), event(2, "y", 1, "w0-1-a"));
        assert_eq!(check(&entries, &[]).len(), 0);
        assert_eq!(check(&entries, std::slice::from_ref(&one)).len(), 0);
        assert!(check(&entries, &[one, two])[0].starts_with("UNASKED"));
    }

    #[test]
    fn a_credential_of_the_set_up_is_issued_and_nothing_else_happens_to_it() {
        let of_credential = |sequence, event_type: &str| RecordedEvent {
            stream: StreamName::new(CREDENTIALS, "c"),
            event_type: event_type.into(),
            ..event(sequence, "c", sequence, "{}")
        };
        assert_eq!(check(&[], &[of_credential(1, ISSUED)]).len(), 0);
        for stray in [
            of_credential(2, "ServiceCredentialRevoked"),
            of_credential(2, ISSUED),
            of_credential(1, "ServiceCredentialRotated"),
        ] {
            assert!(check(&[], &[stray])[0].starts_with("UNASKED"));
        }
    }

    #[test]
    fn a_refused_command_must_not_be_there() {
        let entries = [entry("w0-1-a", Outcome::Refused)];
        assert_eq!(check(&entries, &[event(1, "x", 1, "w0-1-a")]).len(), 1);
    }
}
