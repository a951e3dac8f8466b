//! Lays a batch of appends out as the arrays that the SQL function `append_events` takes.
//!
//! Each stream, claim and key is named once and then referred to by its number, counted from 1. Decides nothing.

use std::collections::HashMap;
use std::hash::Hash;

use accession_events::{ClaimChange, ClaimKey, StreamName};
use uuid::Uuid;

use crate::append::{Append, StreamWrite};

/// One name for each thing, numbered from 1 in order of appearance.
struct Numbering<T> {
    numbers: HashMap<T, i32>,
    repeats: bool,
}

impl<T: Eq + Hash> Numbering<T> {
    fn with_capacity(capacity: usize) -> Self {
        Self {
            numbers: HashMap::with_capacity(capacity),
            repeats: false,
        }
    }

    /// The thing's number, and whether it was not seen before.
    fn number(&mut self, thing: T) -> (i32, bool) {
        let next = count(self.numbers.len() + 1);
        let number = *self.numbers.entry(thing).or_insert(next);
        self.repeats |= number != next;
        (number, number == next)
    }
}

/// The arguments of `append_events`, in its order and by its names.
#[derive(Default)]
pub(crate) struct Batch<'a> {
    pub(crate) stream_types: Vec<&'a str>,
    pub(crate) stream_ids: Vec<&'a str>,
    pub(crate) claim_kinds: Vec<&'static str>,
    pub(crate) claim_values: Vec<&'a str>,
    pub(crate) key_scopes: Vec<&'a str>,
    pub(crate) key_names: Vec<&'a str>,
    pub(crate) metadatas: Vec<&'a str>,
    pub(crate) append_keys: Vec<i32>,
    pub(crate) fingerprints: Vec<Option<&'a str>>,
    pub(crate) responses: Vec<Option<&'a str>>,
    pub(crate) writes_until: Vec<i32>,
    pub(crate) changes_until: Vec<i32>,
    pub(crate) events_until: Vec<i32>,
    pub(crate) write_streams: Vec<i32>,
    pub(crate) write_expecteds: Vec<i64>,
    pub(crate) write_counts: Vec<i32>,
    pub(crate) change_claims: Vec<i32>,
    pub(crate) change_streams: Vec<i32>,
    pub(crate) change_makes: Vec<bool>,
    pub(crate) event_appends: Vec<i32>,
    pub(crate) event_streams: Vec<i32>,
    pub(crate) event_sequences: Vec<i64>,
    pub(crate) event_ids: Vec<Uuid>,
    pub(crate) event_types: Vec<&'a str>,
    pub(crate) event_versions: Vec<String>,
    pub(crate) payloads: Vec<&'a str>,
    /// Something is named twice, so each append must be looked at after the other.
    pub(crate) careful: bool,
    /// The write behind each number, for telling a conflict.
    pub(crate) writes: Vec<&'a StreamWrite>,
    /// The claim behind each change's number, for telling who holds it.
    pub(crate) changes: Vec<&'a ClaimKey>,
}

/// Numbers of what a batch names.
struct Names<'a> {
    streams: Numbering<&'a StreamName>,
    claims: Numbering<&'a ClaimKey>,
    keys: Numbering<(&'a str, &'a str)>,
}

impl<'a> Batch<'a> {
    /// Lays out these appends, in this order.
    pub(crate) fn of(appends: &[&'a Append]) -> Self {
        let mut names = Names {
            streams: Numbering::with_capacity(appends.len()),
            claims: Numbering::with_capacity(appends.len()),
            keys: Numbering::with_capacity(0),
        };
        let mut batch = Self::default();
        for append in appends {
            batch.push(append, &mut names);
        }
        batch.careful = names.streams.repeats || names.claims.repeats || names.keys.repeats;
        batch
    }

    fn push(&mut self, append: &'a Append, names: &mut Names<'a>) {
        for write in &append.writes {
            self.push_write(write, names);
        }
        self.metadatas.push(append.metadata_text());
        self.push_key(append, names);
        self.writes_until.push(count(self.write_streams.len()));
        self.changes_until.push(count(self.change_claims.len()));
        self.events_until.push(count(self.event_ids.len()));
    }

    fn push_key(&mut self, append: &'a Append, names: &mut Names<'a>) {
        let key = append.idempotency.as_ref();
        self.fingerprints
            .push(key.map(|key| key.fingerprint.as_str()));
        self.responses.push(key.map(|key| key.response.as_str()));
        let Some(key) = key else {
            self.append_keys.push(0);
            return;
        };
        let (number, new) = names.keys.number((&key.scope, &key.key));
        if new {
            self.key_scopes.push(&key.scope);
            self.key_names.push(&key.key);
        }
        self.append_keys.push(number);
    }

    fn push_write(&mut self, write: &'a StreamWrite, names: &mut Names<'a>) {
        let (stream, new) = names.streams.number(&write.stream);
        if new {
            self.stream_types.push(&write.stream.aggregate_type);
            self.stream_ids.push(&write.stream.aggregate_id);
        }
        self.writes.push(write);
        self.write_streams.push(stream);
        self.write_expecteds.push(write.expected_version as i64);
        self.write_counts.push(count(write.events.len()));
        for change in &write.claims {
            self.push_change(change, stream, names);
        }
        // The append's own number: its metadata is pushed after its writes.
        let append = count(self.metadatas.len() + 1);
        for (event, sequence) in write
            .events
            .iter()
            .zip(write.expected_version.saturating_add(1)..)
        {
            self.event_appends.push(append);
            self.event_streams.push(stream);
            self.event_sequences.push(sequence as i64);
            self.event_ids.push(event.id.as_uuid());
            self.event_types.push(&event.event_type);
            self.event_versions.push(event.event_version.to_string());
            self.payloads.push(&event.payload);
        }
    }

    fn push_change(&mut self, change: &'a ClaimChange, stream: i32, names: &mut Names<'a>) {
        let (key, make) = match change {
            ClaimChange::Make(key) => (key, true),
            ClaimChange::Release(key) => (key, false),
        };
        let (claim, new) = names.claims.number(key);
        if new {
            self.claim_kinds.push(key.kind.as_str());
            self.claim_values.push(&key.value);
        }
        self.changes.push(key);
        self.change_claims.push(claim);
        self.change_streams.push(stream);
        self.change_makes.push(make);
    }
}

/// A length as the SQL type `integer`; a batch is bounded far below its limit.
fn count(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::append::NewEvent;
    use accession_events::ClaimKind;
    use accession_events::ids::EventId;

    fn append(id: &str, expected_version: u64, slug: &str) -> Append {
        let event = NewEvent {
            id: EventId::new(Uuid::from_u128(1)),
            event_type: "Noted".into(),
            event_version: 1,
            payload: "{}".to_owned(),
        };
        Append {
            writes: vec![StreamWrite {
                stream: StreamName::new("test.note", id),
                expected_version,
                events: vec![event.clone(), event],
                claims: vec![ClaimChange::Make(ClaimKey::new(ClaimKind::TitleSlug, slug))],
            }],
            ..Append::default()
        }
    }

    #[test]
    fn distinct_streams_and_claims_are_numbered_in_order_and_do_not_repeat() {
        let (one, two) = (append("a", 0, "x"), append("b", 4, "y"));
        let batch = Batch::of(&[&one, &two]);
        assert!(!batch.careful);
        assert_eq!(batch.write_streams, [1, 2]);
        assert_eq!(batch.event_appends, [1, 1, 2, 2]);
        assert_eq!(batch.event_sequences, [1, 2, 5, 6]);
        assert_eq!(batch.events_until, [2, 4]);
    }

    #[test]
    fn a_stream_or_a_claim_that_comes_twice_is_named_once_and_told() {
        let (one, two, three) = (
            append("a", 0, "x"),
            append("a", 2, "y"),
            append("b", 0, "x"),
        );
        let by_stream = Batch::of(&[&one, &two]);
        assert!(by_stream.careful);
        assert_eq!(by_stream.stream_ids, ["a"]);
        assert_eq!(by_stream.write_streams, [1, 1]);
        let by_claim = Batch::of(&[&one, &three]);
        assert!(by_claim.careful);
        assert_eq!(by_claim.claim_values, ["x"]);
        assert_eq!(by_claim.change_claims, [1, 1]);
    }
}
