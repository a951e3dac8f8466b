//! All that stands about one field, as a value that events can carry and a ledger can be put back to.
//!
//! Never says which statement counts: that follows from what is in it.

use serde::{Deserialize, Serialize};

use super::{Fact, Ledger, Lock, Said};
use crate::values::provenance::Provenance;

/// A statement with its speaker.
type Statement<F> = (Provenance, F);

/// Everything that is said about one field, in the order in which it was said, and its lock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "F: Serialize", deserialize = "F: Deserialize<'de>"))]
pub struct FieldStatements<F: Fact> {
    /// The field.
    pub field: F::Field,
    /// What is said about it.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<Statement<F>>,
    /// Set when it is locked.
    #[serde(default = "no_lock", skip_serializing_if = "Option::is_none")]
    pub lock: Option<PinnedStatements<F>>,
}

/// What a lock pins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "F: Serialize", deserialize = "F: Deserialize<'de>"))]
pub struct PinnedStatements<F: Fact> {
    /// What stood when the field was locked.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub frozen: Vec<Statement<F>>,
    /// What curators have said since; the last one counts.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub since: Vec<Statement<F>>,
}

const fn no_lock<F: Fact>() -> Option<PinnedStatements<F>> {
    None
}

impl<F: Fact> FieldStatements<F> {
    /// Every statement in it, also those that only a lock still holds.
    pub fn statements(&self) -> impl Iterator<Item = &Statement<F>> {
        let pinned = self.lock.iter();
        self.said
            .iter()
            .chain(pinned.flat_map(|lock| lock.frozen.iter().chain(&lock.since)))
    }

    /// The same with each speaker written otherwise.
    #[must_use]
    pub fn spoken_by(&self, write: impl Fn(&Provenance) -> Provenance) -> Self {
        let all = |statements: &[Statement<F>]| {
            let written = statements
                .iter()
                .map(|(by, fact)| (write(by), fact.clone()));
            written.collect()
        };
        Self {
            field: self.field,
            said: all(&self.said),
            lock: self.lock.as_ref().map(|lock| PinnedStatements {
                frozen: all(&lock.frozen),
                since: all(&lock.since),
            }),
        }
    }
}

impl<F: Fact> Ledger<F> {
    /// All that stands about a field.
    #[must_use]
    pub fn standing(&self, field: F::Field) -> FieldStatements<F> {
        FieldStatements {
            field,
            said: written(self.said(field)),
            lock: self.find_lock(field).map(|lock| PinnedStatements {
                frozen: written(&lock.frozen),
                since: written(&lock.since),
            }),
        }
    }

    /// Takes over what was said of another subject that this one stands for: it counts as said before everything that is
    /// said here. Of a speaker who says something about the field already, nothing is taken over; what a lock pins stays.
    pub fn take_over(&mut self, said: &[Statement<F>]) {
        for (by, fact) in said.iter().rev() {
            let field = fact.field();
            if !self.speaks(by, field) {
                let place = self.range_of(field).start;
                let by = by.clone().into();
                let fact = fact.clone();
                self.said.insert(place, Said { by, fact });
            }
        }
    }

    /// Whether this asserter says anything about the field.
    #[must_use]
    pub fn speaks(&self, by: &Provenance, field: F::Field) -> bool {
        let mut said = self.said(field).iter();
        said.any(|said| said.by.same_asserter(by))
    }

    /// Makes exactly this stand about the field, whatever stood before.
    pub fn restore(&mut self, standing: &FieldStatements<F>) {
        let field = standing.field;
        self.unlock(field);
        self.said.retain(|said| said.fact.field() != field);
        let place = self.range_of(field).start;
        self.said.splice(place..place, read(field, &standing.said));
        if let Some(lock) = &standing.lock {
            self.locks.push(Lock {
                field,
                frozen: read(field, &lock.frozen).collect(),
                since: read(field, &lock.since).collect(),
            });
        }
    }
}

fn written<F: Fact>(said: &[Said<F>]) -> Vec<Statement<F>> {
    said.iter()
        .map(|said| (said.by().clone(), said.fact.clone()))
        .collect()
}

/// Only what is about the field: a stored event that says otherwise cannot put the ledger out of order.
fn read<F: Fact>(
    field: F::Field,
    statements: &[Statement<F>],
) -> impl Iterator<Item = Said<F>> + '_ {
    statements
        .iter()
        .filter(move |(_, fact)| fact.field() == field)
        .map(|(by, fact)| Said {
            by: by.clone().into(),
            fact: fact.clone(),
        })
}
