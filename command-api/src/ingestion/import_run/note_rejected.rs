//! Note on a run which items were refused, and why.
//!
//! An item is noted once with the same reason, however often its batch is sent.

use std::collections::BTreeSet;

use accession_events::ingestion::{ImportRunEvent, RejectedItem};
use sha2::{Digest, Sha256};

use super::OpenRun;

/// What was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRejected {
    /// The items.
    pub items: Vec<RejectedItem>,
}

impl NoteRejected {
    pub(super) fn decide(&self, run: &OpenRun) -> Vec<ImportRunEvent> {
        let mut seen = BTreeSet::new();
        let mut fresh = |item: &&RejectedItem| {
            let digest = digest(item);
            !run.noted.contains(&digest) && seen.insert(digest)
        };
        let items: Vec<_> = self
            .items
            .iter()
            .filter(|item| fresh(item))
            .cloned()
            .collect();
        if items.is_empty() {
            Vec::new()
        } else {
            vec![ImportRunEvent::ImportItemsRejected { items }]
        }
    }
}

/// Eight bytes of a digest over record and code: enough to recognise one among the items of a run.
pub(super) fn digest(item: &RejectedItem) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(item.record.as_bytes());
    hasher.update([0]);
    hasher.update(item.code.as_bytes());
    hasher
        .finalize()
        .iter()
        .take(8)
        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::super::open::tests::{opened, run};
    use super::super::{ImportRunCommand, ImportRunError};
    use super::*;

    fn item(record: &str, code: &str) -> RejectedItem {
        RejectedItem {
            record: record.into(),
            code: code.into(),
            detail: "…".into(),
        }
    }

    fn note(items: Vec<RejectedItem>) -> ImportRunCommand {
        ImportRunCommand::NoteRejected(NoteRejected { items })
    }

    #[test]
    fn refused_items_are_noted_once_each() {
        let noted = ImportRunEvent::ImportItemsRejected {
            items: vec![item("17", "bad_isbn")],
        };
        run()
            .given(vec![opened()])
            .when(note(vec![item("17", "bad_isbn"), item("17", "bad_isbn")]))
            .then_expect_events(vec![noted.clone()]);
        run()
            .given(vec![opened(), noted.clone()])
            .when(note(vec![item("17", "bad_isbn")]))
            .then_expect_events(vec![]);
        run()
            .given(vec![opened(), noted])
            .when(note(vec![item("17", "bad_year")]))
            .then_expect_events(vec![ImportRunEvent::ImportItemsRejected {
                items: vec![item("17", "bad_year")],
            }]);
    }

    #[test]
    fn an_unknown_run_notes_nothing() {
        run()
            .given_no_previous_events()
            .when(note(vec![item("17", "bad_isbn")]))
            .then_expect_error(ImportRunError::Unknown);
    }
}
