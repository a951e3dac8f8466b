//! Who said what about each field, and which statement counts: the heart of provenance.
//!
//! Pure bookkeeping over statements already accepted. Never judges whether a fact is true, and never forgets a
//! statement because a stronger one exists: only its own asserter replaces or withdraws it.

mod standing;
mod stored;

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::authority::{Authority, AuthorityOrder};
use super::provenance::{Provenance, SharedProvenance};

pub use standing::{FieldStatements, PinnedStatements};

/// One thing that can be said about a subject: a field and its value.
pub trait Fact: Clone + PartialEq {
    /// The names of the fields.
    type Field: Copy + Ord + Debug + Serialize + DeserializeOwned;

    /// The field that this fact is about; each fact is about exactly one.
    fn field(&self) -> Self::Field;
}

/// A statement: a fact and who stands behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Said<F> {
    by: SharedProvenance,
    fact: F,
}

impl<F> Said<F> {
    /// Who said it.
    #[must_use]
    pub fn by(&self) -> &Provenance {
        &self.by
    }

    /// What was said.
    #[must_use]
    pub const fn fact(&self) -> &F {
        &self.fact
    }
}

/// What an asserter would have to say to stand behind exactly the wanted facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Diff<F: Fact> {
    /// Facts that are new or differ from what the asserter says now, in the order wanted.
    pub changed: Vec<F>,
    /// Fields of which the asserter says something now but would no longer, in field order.
    pub gone: Vec<F::Field>,
}

impl<F: Fact> Diff<F> {
    /// Whether the asserter already says exactly the wanted facts.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.gone.is_empty()
    }
}

/// All statements about one subject.
///
/// An asserter is a record of a source; it says at most one thing about a field. Among statements the one of the
/// highest authority counts, and among equals the latest. A locked field keeps what counted when it was locked
/// until a curator says otherwise or it is unlocked.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger<F: Fact> {
    /// By field, and within a field in the order they were said: one allocation, cheap to clone.
    said: Vec<Said<F>>,
    /// Few, so a list; by the order of locking.
    locks: Vec<Lock<F>>,
}

/// A field whose value is pinned.
#[derive(Debug, Clone, PartialEq)]
struct Lock<F: Fact> {
    field: F::Field,
    /// What stood when the field was locked. All of it, because the order of authorities is not known here.
    frozen: Vec<Said<F>>,
    /// What curators have said since, in that order; the last one counts.
    since: Vec<Said<F>>,
}

impl<F: Fact> Default for Ledger<F> {
    fn default() -> Self {
        Self {
            said: Vec::new(),
            locks: Vec::new(),
        }
    }
}

impl<F: Fact> Ledger<F> {
    /// Records that `by` says these facts now; each replaces what the same asserter said about that field before.
    pub fn assert(&mut self, by: &Provenance, facts: &[F]) {
        let by = Arc::new(by.clone());
        for fact in facts {
            self.record(Said {
                by: Arc::clone(&by),
                fact: fact.clone(),
            });
        }
    }

    /// Records that the asserter no longer says anything about these fields.
    ///
    /// A lock keeps what it pinned, unless it is a curator who takes back his own statement.
    pub fn withdraw(&mut self, by: &Provenance, fields: &[F::Field]) {
        for field in fields {
            let kept = |said: &Said<F>| said.fact.field() != *field || !said.by.same_asserter(by);
            self.said.retain(kept);
            if by.authority == Authority::Curator
                && let Some(lock) = self.lock_mut(*field)
            {
                lock.frozen.retain(kept);
                lock.since.retain(kept);
            }
        }
    }

    /// Pins the value that counts now, possibly none. Locking twice changes nothing.
    pub fn lock(&mut self, field: F::Field) {
        if !self.is_locked(field) {
            let frozen = self.said(field).to_vec();
            self.locks.push(Lock {
                field,
                frozen,
                since: Vec::new(),
            });
        }
    }

    /// Lets the normal order of statements apply again.
    pub fn unlock(&mut self, field: F::Field) {
        self.locks.retain(|lock| lock.field != field);
    }

    /// Whether the field's value is pinned.
    #[must_use]
    pub fn is_locked(&self, field: F::Field) -> bool {
        self.find_lock(field).is_some()
    }

    /// The locked fields, in the order in which they were locked.
    pub fn locked_fields(&self) -> impl Iterator<Item = F::Field> {
        self.locks.iter().map(|lock| lock.field)
    }

    /// The statement that counts for this field.
    #[must_use]
    pub fn effective(&self, field: F::Field, order: &AuthorityOrder) -> Option<&Said<F>> {
        match self.find_lock(field) {
            Some(lock) => lock
                .since
                .last()
                .or_else(|| strongest(&lock.frozen, *order)),
            None => strongest(self.said(field), *order),
        }
    }

    /// Everything that is said about this field now, in the order in which it was said.
    #[must_use]
    pub fn said(&self, field: F::Field) -> &[Said<F>] {
        self.said.get(self.range_of(field)).unwrap_or_default()
    }

    /// The fields about which something is said or that are locked, in field order, each once.
    #[must_use]
    pub fn fields(&self) -> Vec<F::Field> {
        let mut fields: Vec<_> = self
            .said
            .iter()
            .map(|said| said.fact.field())
            .chain(self.locked_fields())
            .collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// What the asserter of `by` says now, in field order; its content hash and import run do not matter.
    pub fn facts_of<'a>(&'a self, by: &'a Provenance) -> impl Iterator<Item = &'a Said<F>> {
        self.said.iter().filter(|said| said.by.same_asserter(by))
    }

    /// What `by` would have to assert and withdraw to say exactly the wanted facts; of two about one field the last counts.
    ///
    /// A statement made under another authority has changed even if its value has not.
    #[must_use]
    pub fn diff(&self, by: &Provenance, wanted: &[F]) -> Diff<F> {
        let stands = |fact: &F| {
            self.said(fact.field()).iter().any(|said| {
                said.by.same_asserter(by) && said.by.authority == by.authority && said.fact == *fact
            })
        };
        let overtaken = |later: &[F], field| later.iter().any(|other| other.field() == field);
        let mut changed = Vec::new();
        let mut rest = wanted;
        while let [fact, later @ ..] = rest {
            if !stands(fact) && !overtaken(later, fact.field()) {
                changed.push(fact.clone());
            }
            rest = later;
        }
        let gone = self
            .facts_of(by)
            .map(|said| said.fact.field())
            .filter(|field| !overtaken(wanted, *field))
            .collect();
        Diff { changed, gone }
    }

    fn record(&mut self, said: Said<F>) {
        let field = said.fact.field();
        if said.by.authority == Authority::Curator
            && let Some(lock) = self.lock_mut(field)
        {
            lock.since
                .retain(|earlier| !earlier.by.same_asserter(&said.by));
            lock.since.push(said.clone());
        }
        let mut range = self.range_of(field);
        let earlier = self.said.get(range.clone()).unwrap_or_default();
        if let Some(offset) = earlier
            .iter()
            .position(|earlier| earlier.by.same_asserter(&said.by))
        {
            self.said.remove(range.start + offset);
            range.end -= 1;
        }
        self.said.insert(range.end, said);
    }

    fn range_of(&self, field: F::Field) -> Range<usize> {
        let start = self.said.partition_point(|said| said.fact.field() < field);
        let end = self.said.partition_point(|said| said.fact.field() <= field);
        start..end
    }

    fn find_lock(&self, field: F::Field) -> Option<&Lock<F>> {
        self.locks.iter().find(|lock| lock.field == field)
    }

    fn lock_mut(&mut self, field: F::Field) -> Option<&mut Lock<F>> {
        self.locks.iter_mut().find(|lock| lock.field == field)
    }
}

/// The statement of the highest authority, and the latest of those.
fn strongest<F>(said: &[Said<F>], order: AuthorityOrder) -> Option<&Said<F>> {
    // `min_by_key` keeps the first of equals: reversed, that is the latest.
    said.iter()
        .rev()
        .min_by_key(|said| order.rank(said.by.authority))
}
