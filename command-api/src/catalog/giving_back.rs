//! What was taken over from something that was merged, and what of it goes back: over the statements of any ledger.
//!
//! Never guesses whose a statement is: a source record's belong to what the record described, a person's to what they
//! were made of as long as they stand unchanged.

use accession_events::values::{Fact, FieldStatements, Ledger, Provenance};

use crate::catalog::statement::Records;

/// A statement with its speaker.
pub type Statement<F> = (Provenance, F);

/// What leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaving<F: Fact> {
    /// What stands about the touched fields without it.
    pub fields: Vec<FieldStatements<F>>,
    /// The source records that go, each as it was last read.
    pub records: Vec<Provenance>,
    /// What those records say now.
    pub said: Vec<Statement<F>>,
    /// Touched fields that were locked here: what the lock pins stays.
    pub locked: Vec<F::Field>,
}

/// Everything that is said now.
#[must_use]
pub fn statements<F: Fact>(ledger: &Ledger<F>) -> Vec<Statement<F>> {
    let fields = ledger.fields().into_iter();
    fields
        .flat_map(|field| ledger.standing(field).said)
        .collect()
}

/// Whether the speaker is one of these source records.
#[must_use]
pub fn names(records: &[Provenance], by: &Provenance) -> bool {
    by.record.is_some() && records.iter().any(|record| record.same_asserter(by))
}

/// Whether a statement as it stands now came with these records and statements.
#[must_use]
pub fn came<F: Fact>(
    records: &[Provenance],
    said: &[Statement<F>],
    statement: &Statement<F>,
) -> bool {
    names(records, &statement.0) || (statement.0.record.is_none() && said.contains(statement))
}

/// What goes when these statements and records go.
pub fn leaving<F: Fact>(
    ledger: &Ledger<F>,
    records: &Records,
    leaves: impl Fn(&Statement<F>) -> bool,
    described: impl Fn(&Provenance) -> bool,
) -> Leaving<F> {
    let mut leaving = Leaving {
        fields: Vec::new(),
        records: records.all().into_iter().filter(described).collect(),
        said: Vec::new(),
        locked: Vec::new(),
    };
    for field in ledger.fields() {
        let mut standing = ledger.standing(field);
        let (gone, stays): (Vec<_>, Vec<_>) = standing.said.into_iter().partition(&leaves);
        if gone.is_empty() {
            continue;
        }
        standing.said = stays;
        if standing.lock.is_some() {
            leaving.locked.push(field);
        }
        leaving.fields.push(standing);
        let of_records = gone.into_iter().filter(|(by, _)| by.record.is_some());
        leaving.said.extend(of_records);
    }
    leaving
}

/// The persons who have said something else since of what they said before it was taken over, and about what.
pub fn said_anew<'a, F: Fact>(
    ledger: &'a Ledger<F>,
    taken: &'a [Statement<F>],
) -> impl Iterator<Item = (Provenance, F::Field)> + 'a {
    let persons = taken.iter().filter(|(by, _)| by.record.is_none());
    persons.filter_map(|(by, fact)| {
        let field = fact.field();
        let mut said = ledger.said(field).iter();
        let anew = said.any(|said| said.by().same_asserter(by) && said.fact() != fact);
        anew.then(|| (by.clone(), field))
    })
}

/// The fields about which something else stands once these records say exactly this.
#[must_use]
pub fn told_again<F: Fact>(
    ledger: &Ledger<F>,
    records: &[Provenance],
    said: &[Statement<F>],
) -> Vec<FieldStatements<F>> {
    let spoken = said.iter().map(|(_, fact)| fact.field());
    let mut fields: Vec<F::Field> = ledger.fields().into_iter().chain(spoken).collect();
    fields.sort_unstable();
    fields.dedup();
    let again = fields.into_iter().map(|field| {
        let before = ledger.standing(field);
        let after = field_told_again(&before, records, said);
        (before, after)
    });
    let changed = again.filter(|(before, after)| before != after);
    changed.map(|(_, after)| after).collect()
}

fn field_told_again<F: Fact>(
    before: &FieldStatements<F>,
    records: &[Provenance],
    said: &[Statement<F>],
) -> FieldStatements<F> {
    let mut after = before.clone();
    let of_field = || said.iter().filter(|(_, fact)| fact.field() == before.field);
    after.said.retain_mut(|statement| {
        if !names(records, &statement.0) {
            return true;
        }
        let current = of_field().find(|(by, _)| by.same_asserter(&statement.0));
        if let Some(current) = current {
            statement.clone_from(current);
        }
        current.is_some()
    });
    let is_new =
        |(by, _): &&Statement<F>| !before.said.iter().any(|(old, _)| old.same_asserter(by));
    after.said.extend(of_field().filter(is_new).cloned());
    after
}
