//! What must hold of any run of events, wherever it comes from: dense positions, dense sequences, times that never go
//! backwards, ids that occur once.
//!
//! Memory is bounded: beyond some millions of events, streams and ids are looked at share by share, in several passes.

use std::collections::HashMap;
use std::fmt;

use accession_transparency::{Column, Hash, StoredEvent};
use sha2::{Digest as _, Sha256};

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The first position that is concerned, if one can be named.
    pub position: Option<u64>,
    /// What was found, for people.
    pub what: String,
}

impl Finding {
    pub(crate) fn at(position: u64, what: impl fmt::Display) -> Self {
        Self {
            position: Some(position),
            what: format!("position {position} {what}"),
        }
    }

    pub(crate) fn about(what: impl Into<String>) -> Self {
        Self {
            position: None,
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// What is remembered of an event while it is compared; computed apart from the order, on any thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Digested {
    pub(crate) event: StoredEvent,
    pub(crate) leaf: Hash,
    stream: u128,
    id: u128,
}

impl Digested {
    pub(crate) fn of(event: StoredEvent) -> Self {
        Self {
            leaf: event.hash(),
            stream: short(&[
                event.column(Column::AggregateType),
                event.column(Column::AggregateId),
            ]),
            id: match event.column(Column::EventId).try_into() {
                Ok(bytes) => u128::from_be_bytes(bytes),
                Err(_) => short(&[event.column(Column::EventId)]),
            },
            event,
        }
    }
}

/// 128 bits of a hash over texts, each with its length.
fn short(texts: &[&[u8]]) -> u128 {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    let hash: [u8; 32] = digest.finalize().into();
    let [high @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = hash;
    u128::from_be_bytes(high)
}

/// The events seen so far, in their order.
#[derive(Debug)]
pub(crate) struct Walk {
    at: u64,
    recorded_at: i64,
    ledger: Ledger,
}

impl Walk {
    /// Before the first event after a position. A walk that begins later cannot know the sequences before.
    pub(crate) fn after(position: u64, ledger: Ledger) -> Self {
        Self {
            at: position,
            recorded_at: i64::MIN,
            ledger,
        }
    }

    /// The last position seen.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// The next event.
    pub(crate) fn step(&mut self, digested: &Digested) -> Result<(), Finding> {
        let event = &digested.event;
        let due = self.at + 1;
        if u64::try_from(event.position) != Ok(due) {
            let what = if event.position > due.cast_signed() {
                format!("is missing: after {} comes {}", self.at, event.position)
            } else {
                format!("is not where it should be: {} stands there", event.position)
            };
            return Err(Finding::at(due, what));
        }
        if event.recorded_at < self.recorded_at {
            let before = self.recorded_at - event.recorded_at;
            let what = format!(
                "was recorded {before} µs before the event in front of it: its time was changed"
            );
            return Err(Finding::at(due, what));
        }
        self.ledger.note(digested, due)?;
        self.at = due;
        self.recorded_at = event.recorded_at;
        Ok(())
    }

    /// After the last event: what was noted of ids.
    pub(crate) fn into_ledger(self) -> Ledger {
        self.ledger
    }
}

/// Streams with their last sequences, and all ids, of one share of them.
#[derive(Debug)]
pub(crate) struct Ledger {
    share: u64,
    shares: u64,
    whole: bool,
    streams: HashMap<u128, i64>,
    ids: Vec<u128>,
}

impl Ledger {
    /// One of several shares. `whole`: it sees each stream from its first event on.
    pub(crate) fn new(share: u64, shares: u64, whole: bool) -> Self {
        Self {
            share,
            shares: shares.max(1),
            whole,
            streams: HashMap::new(),
            ids: Vec::new(),
        }
    }

    /// Notes an event without looking at its position: for the passes after the first.
    pub(crate) fn note(&mut self, digested: &Digested, position: u64) -> Result<(), Finding> {
        if self.is_mine(digested.id) {
            self.ids.push(digested.id);
        }
        if !self.is_mine(digested.stream) {
            return Ok(());
        }
        let event = &digested.event;
        let last = self.streams.insert(digested.stream, event.sequence);
        let due = match last {
            Some(last) => last + 1,
            None if self.whole => 1,
            None => event.sequence,
        };
        if event.sequence == due {
            return Ok(());
        }
        Err(Finding::at(
            position,
            format!(
                "has sequence {} in the stream {}/{} where {due} is due: an event of it is missing or was moved",
                event.sequence,
                event.text(Column::AggregateType),
                event.text(Column::AggregateId),
            ),
        ))
    }

    /// An id that occurs more than once.
    pub(crate) fn repeated_id(mut self) -> Option<u128> {
        self.ids.sort_unstable();
        self.ids.windows(2).find_map(|pair| match pair {
            [one, other] if one == other => Some(*one),
            _ => None,
        })
    }

    fn is_mine(&self, key: u128) -> bool {
        key % u128::from(self.shares) == u128::from(self.share)
    }
}

impl Digested {
    /// Whether this event has an id that [`Ledger::repeated_id`] has named.
    pub(crate) fn has_id(&self, id: u128) -> bool {
        self.id == id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(position: i64, stream: &str, sequence: i64, recorded_at: i64) -> Digested {
        let id = u128::try_from(position).unwrap().to_be_bytes();
        let columns: [&[u8]; 7] = [&id, b"a.b", stream.as_bytes(), b"T", b"1", b"{}", b"{}"];
        Digested::of(StoredEvent::new(position, sequence, recorded_at, columns))
    }

    fn walked(events: &[Digested]) -> Result<(), String> {
        let mut walk = Walk::after(0, Ledger::new(0, 1, true));
        for event in events {
            walk.step(event).map_err(|finding| finding.what)?;
        }
        match walk.into_ledger().repeated_id() {
            Some(id) => Err(format!("{id} twice")),
            None => Ok(()),
        }
    }

    #[test]
    fn a_dense_history_of_two_streams_is_fine() {
        let events = [
            event(1, "x", 1, 5),
            event(2, "y", 1, 5),
            event(3, "x", 2, 6),
        ];
        assert_eq!(walked(&events), Ok(()));
    }

    #[test]
    fn a_missing_position_is_named() {
        let found = walked(&[event(1, "x", 1, 5), event(3, "x", 2, 6)]).unwrap_err();
        assert!(found.starts_with("position 2 is missing"), "{found}");
    }

    #[test]
    fn a_time_that_goes_back_is_named() {
        let found = walked(&[event(1, "x", 1, 5), event(2, "x", 2, 4)]).unwrap_err();
        assert!(
            found.starts_with("position 2 was recorded 1 µs before"),
            "{found}"
        );
    }

    #[test]
    fn a_sequence_that_jumps_is_named_with_its_stream() {
        let found = walked(&[event(1, "x", 1, 5), event(2, "x", 3, 5)]).unwrap_err();
        assert!(
            found.contains("sequence 3 in the stream a.b/x where 2 is due"),
            "{found}"
        );
        let found = walked(&[event(1, "x", 2, 5)]).unwrap_err();
        assert!(found.contains("where 1 is due"), "{found}");
    }

    #[test]
    fn an_id_that_occurs_twice_is_found_in_whichever_share_it_is() {
        let mut twin = event(2, "y", 1, 5);
        twin.id = event(1, "x", 1, 5).id;
        let events = [event(1, "x", 1, 5), twin];
        assert!(walked(&events).unwrap_err().ends_with("twice"));
        let found = (0..3).filter(|share| {
            let mut ledger = Ledger::new(*share, 3, true);
            for (position, event) in (1..).zip(&events) {
                ledger.note(event, position).unwrap();
            }
            ledger.repeated_id().is_some()
        });
        assert_eq!(found.count(), 1);
    }
}
