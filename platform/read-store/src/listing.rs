//! What a step does to the indexes of its model, each entry once: the last word on an entry counts.
//! Never writes; the stores take it from here.

use std::collections::{BTreeMap, HashMap};

use crate::commit::ModelStep;
use crate::range::member;

/// By index: the members a step touches, and whether each is there afterwards.
pub(crate) type Listing<'a> = BTreeMap<&'a str, HashMap<Vec<u8>, bool>>;

/// Collects the index changes of a step in the order of its documents, removals of a document before its additions.
pub(crate) fn of_step(step: &ModelStep) -> Listing<'_> {
    let mut listing = Listing::new();
    for document in &step.documents {
        let removed = document.remove.iter().map(|entry| (entry, false));
        let added = document.add.iter().map(|entry| (entry, true));
        for (entry, is_there) in removed.chain(added) {
            listing
                .entry(&entry.index)
                .or_default()
                .insert(member(&entry.sort, &entry.key), is_there);
        }
    }
    listing
}
