//! One item of a batch: from its text to who says it, and what became of it.
//!
//! Never looks anything up: that is done for the whole batch at once.

use accession_events::ids::ImportRunId;
use accession_events::ingestion::items::{ItemResult, ItemStatus};
use accession_events::values::{ContentHash, Provenance, SourceName, SourceRecordId};
use serde::Serialize;

use crate::catalog::reading::Fault;
use crate::services::Policy;

/// Why an item is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Machine-readable reason.
    pub code: String,
    /// What is wrong, for a person.
    pub detail: String,
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It changed the catalog: the id of what it is about.
    Accepted(String),
    /// It said nothing new: the id of what it is about.
    Unchanged(String),
    /// It was refused.
    Rejected(Rejection),
}

/// What the reader of an item knows besides the item.
#[derive(Debug, Clone)]
pub struct Circumstances<'a> {
    /// How much a source's word counts.
    pub policy: &'a Policy,
    /// The run that the item came with.
    pub run: Option<ImportRunId>,
}

impl Rejection {
    /// A reason with a code and an explanation.
    pub fn new(code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            detail: detail.into(),
        }
    }

    /// The reason of an item whose fields cannot be read: the first decides the code, all are explained.
    #[must_use]
    pub fn unreadable(faults: &[Fault]) -> Self {
        let code = faults.first().map_or("bad_value", |fault| fault.code);
        let each = faults
            .iter()
            .map(|fault| format!("{}: {}", fault.field, fault.message));
        Self::new(code, each.collect::<Vec<_>>().join("; "))
    }
}

impl Fate {
    /// The fate as the importer is told.
    #[must_use]
    pub fn told(self, index: usize) -> ItemResult {
        let (status, id, rejection) = match self {
            Self::Accepted(id) => (ItemStatus::Accepted, Some(id), None),
            Self::Unchanged(id) => (ItemStatus::Unchanged, Some(id), None),
            Self::Rejected(rejection) => (ItemStatus::Rejected, None, Some(rejection)),
        };
        let (code, detail) = rejection
            .map(|rejection| (rejection.code, rejection.detail))
            .unzip();
        ItemResult {
            index,
            status,
            id,
            code,
            detail,
            new: false,
            changes: Vec::new(),
            conflicts: Vec::new(),
        }
    }
}

impl Circumstances<'_> {
    /// Who says what an item says: its source's record, with the digest of all that it says.
    pub fn provenance(
        &self,
        source: SourceName,
        record: SourceRecordId,
        item: &impl Serialize,
    ) -> Provenance {
        let authority = self.policy.authority_of(&source);
        // Fields in their declared order and defaults left out: the same content has the same text.
        let content_hash = serde_json::to_vec(item)
            .ok()
            .map(|text| ContentHash::of(&text));
        Provenance {
            source,
            authority,
            record: Some(record),
            content_hash,
            import_run: self.run,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_are_explained_and_the_first_gives_the_code() {
        let fault = |field, code| Fault {
            field,
            code,
            message: "no".into(),
        };
        let rejection =
            Rejection::unreadable(&[fault("isbn", "bad_isbn"), fault("year", "bad_year")]);
        assert_eq!(
            (rejection.code.as_str(), rejection.detail.as_str()),
            ("bad_isbn", "isbn: no; year: no")
        );
    }

    #[test]
    fn the_same_content_has_the_same_digest_whatever_the_run() {
        let policy = Policy::default();
        let run = |text: &str| Circumstances {
            policy: &policy,
            run: Some(text.parse().unwrap()),
        };
        let (source, record) = (
            SourceName::parse("goodbooks").unwrap(),
            SourceRecordId::parse("17").unwrap(),
        );
        let by = |run: &Circumstances<'_>, item: &str| {
            run.provenance(source.clone(), record.clone(), &item)
                .content_hash
        };
        let one = run("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c");
        let two = run("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d");
        assert_eq!(by(&one, "a"), by(&two, "a"));
        assert_ne!(by(&one, "a"), by(&one, "b"));
    }
}
