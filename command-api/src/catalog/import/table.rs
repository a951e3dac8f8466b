//! What a batch knows while it is decided: who holds which value, and the states of what it touches.
//!
//! Looked up once for all items, then carried forward from item to item, so that two items about the same thing meet.
//! Never the last word: the log checks versions and claims again when the batch is written.

use std::collections::HashMap;

use accession_event_log::{Loaded, LogError, LogStore};
use accession_events::{ClaimChange, ClaimKey};

/// Who holds which value.
#[derive(Debug, Default)]
pub struct Owners {
    held: HashMap<ClaimKey, String>,
}

/// States by id, as they are after the items decided so far.
#[derive(Debug)]
pub struct States<A> {
    known: HashMap<String, Loaded<A>>,
}

impl Owners {
    /// Looks up who holds these values, in one round trip.
    pub async fn look_up(
        &mut self,
        store: &dyn LogStore,
        mut keys: Vec<ClaimKey>,
    ) -> Result<(), LogError> {
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            return Ok(());
        }
        let owners = store.claim_owners(&keys).await?;
        for (key, owner) in keys.into_iter().zip(owners) {
            if let Some(owner) = owner {
                // What was decided on the way is newer.
                self.held.entry(key).or_insert(owner);
            }
        }
        Ok(())
    }

    /// The aggregate that holds this value, as far as is known.
    #[must_use]
    pub fn of(&self, key: &ClaimKey) -> Option<&str> {
        self.held.get(key).map(String::as_str)
    }

    /// What changes when events of this aggregate are written.
    pub fn follow(&mut self, owner: &str, changes: &[ClaimChange]) {
        for change in changes {
            match change {
                ClaimChange::Make(key) => {
                    self.held.insert(key.clone(), owner.to_owned());
                }
                ClaimChange::Release(key) => {
                    self.held.remove(key);
                }
            }
        }
    }
}

impl<A> Default for States<A> {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
        }
    }
}

impl<A: Default> States<A> {
    /// The state of this aggregate; a new one if it is not known.
    #[must_use]
    pub fn of(&self, id: &str) -> Loaded<A> {
        self.known.get(id).cloned().unwrap_or_default()
    }

    /// Whether the state of this aggregate is in.
    #[must_use]
    pub fn know(&self, id: &str) -> bool {
        self.known.contains_key(id)
    }

    /// Puts a state in.
    pub fn put(&mut self, id: String, loaded: Loaded<A>) {
        self.known.insert(id, loaded);
    }
}
