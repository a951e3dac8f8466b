//! Entries by what they were made of, so that whoever makes them can make them again when that changes.
//!
//! Never for answers: it knows nothing of who asks.

use std::collections::{BTreeMap, BTreeSet};

use crate::copy::made_of;
use crate::error::SearchError;
use crate::index::SearchIndex;
use crate::room::{each, postings};

impl SearchIndex {
    /// The ids of entries that were made of something whose name begins so, by the whole name. Sees what is committed.
    pub fn made_of(
        &self,
        beginning: &str,
    ) -> Result<BTreeMap<String, BTreeSet<u128>>, SearchError> {
        let front = made_of("");
        let beginning = made_of(beginning);
        let mut found = BTreeMap::<String, BTreeSet<u128>>::new();
        for room in &self.snapshot().rooms {
            let names = room.name.terms().range().ge(beginning.as_bytes());
            let mut names = names.into_stream()?;
            while names.advance() && names.key().starts_with(beginning.as_bytes()) {
                let name = names.key().get(front.len()..).unwrap_or_default();
                let ids = found.entry(String::from_utf8_lossy(name).into_owned());
                let ids = ids.or_default();
                each(postings(&room.name, names.value())?, usize::MAX, |doc| {
                    if room.alive(doc) {
                        ids.insert(room.id(doc));
                    }
                });
            }
        }
        found.retain(|_, ids| !ids.is_empty());
        Ok(found)
    }
}
