//! What happened to a few documents, and what an answer from them has to contain.
//!
//! Never asks the cache; it is what the cache is judged by.

use std::collections::HashMap;

use accession_events::Position;

use crate::models::Model;

pub(super) const PAGE: Model = Model::TitlePage;
pub(super) const KEYS: [&str; 4] = ["k0", "k1", "k2", "k3"];

/// All changes, in order: the event at position `n` is the `n`-th.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    /// The keys that each event touched.
    touched: Vec<Vec<&'static str>>,
    /// Who had the name after which position.
    owners: Vec<(Position, &'static str)>,
    /// The newest version of each key that a reader has finished to read.
    seen: HashMap<&'static str, Position>,
}

impl History {
    pub(super) fn position(&self) -> Position {
        Position::new(self.touched.len() as u64)
    }

    /// One more event, which touches these keys.
    pub(super) fn happen(&mut self, keys: Vec<&'static str>) -> Position {
        self.touched.push(keys);
        self.position()
    }

    /// The name goes to this key with the newest event.
    pub(super) fn give_name(&mut self, key: &'static str) {
        self.owners.push((self.position(), key));
    }

    pub(super) fn owner(&self) -> &'static str {
        self.owners.last().map_or("k0", |(_, key)| key)
    }

    /// The version of a key that contains every event up to a position.
    pub(super) fn version(&self, key: &str, at: Position) -> Position {
        let count = usize::try_from(at.get()).unwrap();
        let last = self
            .touched
            .iter()
            .take(count)
            .rposition(|keys| keys.contains(&key));
        last.map_or(Position::START, |place| Position::new(place as u64 + 1))
    }

    /// Whether a key had the name at this position or at any time after it.
    pub(super) fn had_name(&self, key: &str, at: Position) -> bool {
        let before = self.owners.iter().rev().find(|(since, _)| *since <= at);
        let after = self.owners.iter().filter(|(since, _)| *since > at);
        before
            .into_iter()
            .chain(after)
            .any(|(_, owner)| *owner == key)
    }

    pub(super) fn seen(&self, key: &str) -> Position {
        self.seen.get(key).copied().unwrap_or_default()
    }

    pub(super) fn see(&mut self, key: &'static str, version: Position) {
        let seen = self.seen.entry(key).or_default();
        *seen = (*seen).max(version);
    }
}
