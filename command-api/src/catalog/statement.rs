//! What an asserter says about a subject, compared with what it said before.
//!
//! Never decides whose word counts: that is the ledger's order of authority.

use accession_events::values::{
    Authority, ContentHash, Diff, Fact, Ledger, Provenance, SourceName, SourceRecordId,
};
use serde::{Deserialize, Serialize};

/// How much of what an asserter has to say a statement holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it: a field that is left out is no longer asserted.
    Full,
    /// A part of it: a field that is left out stands as it was said before.
    Partial,
}

/// Facts, and who says them.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement<F: Fact> {
    /// Who says so.
    pub by: Provenance,
    /// What they say.
    pub facts: Vec<F>,
    /// Whether that is all they say.
    pub extent: Extent,
}

impl<F: Fact> Statement<F> {
    /// What is new in it; `None` when the same asserter has said all of it already.
    ///
    /// A record that is met for the first time is news even if it says nothing, because from then on it is known
    /// which subject it describes.
    #[must_use]
    pub fn news(&self, ledger: &Ledger<F>, records: &Records) -> Option<Diff<F>> {
        if records.said_the_same(&self.by) {
            return None;
        }
        let mut diff = ledger.diff(&self.by, &self.facts);
        if self.extent == Extent::Partial {
            diff.gone.clear();
        }
        let introduced = self.by.record.is_none() || records.know(&self.by);
        (!diff.is_empty() || !introduced).then_some(diff)
    }
}

/// A person's edit: facts to assert, and fields about which that person says nothing any longer.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit<F: Fact> {
    /// Who says so.
    pub by: Provenance,
    /// What they say now; fields not named here stand.
    pub facts: Vec<F>,
    /// Fields in which they take their own word back.
    pub withdrawn: Vec<F::Field>,
}

impl<F: Fact> Edit<F> {
    /// The part of the edit that changes anything.
    #[must_use]
    pub fn news(&self, ledger: &Ledger<F>) -> Diff<F> {
        let mut diff = ledger.diff(&self.by, &self.facts);
        diff.gone.retain(|field| self.withdrawn.contains(field));
        diff
    }
}

/// The source records that describe a subject, with the content each had when it was last read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Records(Vec<SeenRecord>);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SeenRecord {
    source: SourceName,
    record: SourceRecordId,
    authority: Authority,
    content: Option<ContentHash>,
}

impl Records {
    /// Remembers that a record spoke; people have no records and leave no trace here.
    pub fn saw(&mut self, by: &Provenance) {
        let Some(record) = &by.record else { return };
        let seen = SeenRecord {
            source: by.source.clone(),
            record: record.clone(),
            authority: by.authority,
            content: by.content_hash,
        };
        match self.0.iter_mut().find(|known| known.is_of(by)) {
            Some(known) => *known = seen,
            None => self.0.push(seen),
        }
    }

    /// Whether this record has spoken before.
    #[must_use]
    pub fn know(&self, by: &Provenance) -> bool {
        self.0.iter().any(|known| known.is_of(by))
    }

    /// Whether any record of this source has spoken.
    #[must_use]
    pub fn come_from(&self, source: &SourceName) -> bool {
        self.0.iter().any(|known| known.source == *source)
    }

    /// Whether this record spoke last with the same content and the same authority.
    #[must_use]
    pub fn said_the_same(&self, by: &Provenance) -> bool {
        by.content_hash.is_some()
            && self.0.iter().any(|known| {
                known.is_of(by)
                    && known.content == by.content_hash
                    && known.authority == by.authority
            })
    }

    /// The records as speakers, each with the content it had when it was last read.
    #[must_use]
    pub fn all(&self) -> Vec<Provenance> {
        let speaker = |known: &SeenRecord| {
            let mut by = Provenance::of(known.source.clone(), known.authority);
            by.record = Some(known.record.clone());
            by.content_hash = known.content;
            by
        };
        self.0.iter().map(speaker).collect()
    }

    /// Forgets that these records ever spoke.
    pub fn forget(&mut self, records: &[Provenance]) {
        self.0
            .retain(|known| !records.iter().any(|by| known.is_of(by)));
    }

    /// Forgets that any record ever spoke.
    pub fn forget_all(&mut self) {
        self.0.clear();
    }

    /// Forgets what the records said, but not that they did: the next import compares fact by fact.
    pub fn forget_contents(&mut self) {
        for known in &mut self.0 {
            known.content = None;
        }
    }
}

impl SeenRecord {
    fn is_of(&self, by: &Provenance) -> bool {
        self.source == by.source && by.record.as_ref() == Some(&self.record)
    }
}
