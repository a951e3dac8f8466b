//! For which titles a title stands, what came from each, and what of it leaves with them again.
//!
//! Never guesses whose a statement is: a source record's belong to the title that it described, a person's to the title
//! of which they were made as long as they stand unchanged.

use accession_events::catalog::{TakenTitle, TitleFact, TitleField};
use accession_events::ids::TitleId;
use accession_events::values::{Fact, FieldStatements, Provenance};

use super::KnownTitle;

/// A statement with its speaker.
pub type Statement = (Provenance, TitleFact);

/// What leaves a title.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Leaving {
    /// What stands about the touched fields without it.
    pub fields: Vec<FieldStatements<TitleFact>>,
    /// The source records that go, each as it was last read.
    pub records: Vec<Provenance>,
    /// What those records say now.
    pub said: Vec<Statement>,
    /// Touched fields that were locked here: what the lock pins stays.
    pub locked: Vec<TitleField>,
}

/// What a title can take over, each title for itself: its own, and behind it those for which it stands.
#[must_use]
pub fn offered(id: TitleId, title: &KnownTitle) -> Vec<TakenTitle> {
    let mut own = TakenTitle {
        title_id: id,
        said: Vec::new(),
        records: Vec::new(),
        editions: Vec::new(),
        episodes: Vec::new(),
        detached: Vec::new(),
    };
    let mut others: Vec<TakenTitle> = title.taken.iter().map(emptied).collect();
    for statement in title.statements() {
        let of = title.taken.iter().position(|taken| came(taken, &statement));
        let place = of.and_then(|place| others.get_mut(place));
        place.map_or(&mut own, |other| other).said.push(statement);
    }
    for record in title.records.all() {
        let described = |taken: &TakenTitle| names(&taken.records, &record);
        let of = title.taken.iter().position(described);
        let place = of.and_then(|place| others.get_mut(place));
        place.map_or(&mut own, |other| other).records.push(record);
    }
    std::iter::once(own).chain(others).collect()
}

/// The same title with its parts, and nothing said yet.
fn emptied(taken: &TakenTitle) -> TakenTitle {
    TakenTitle {
        said: Vec::new(),
        records: Vec::new(),
        ..taken.clone()
    }
}

/// Whether a statement as it stands now is this title's.
fn came(taken: &TakenTitle, statement: &Statement) -> bool {
    names(&taken.records, &statement.0)
        || (statement.0.record.is_none() && taken.said.contains(statement))
}

/// Whether the speaker is one of these source records.
fn names(records: &[Provenance], by: &Provenance) -> bool {
    by.record.is_some() && records.iter().any(|record| record.same_asserter(by))
}

impl KnownTitle {
    /// Everything that is said of it now.
    pub(super) fn statements(&self) -> Vec<Statement> {
        let fields = self.ledger.fields().into_iter();
        fields
            .flat_map(|field| self.ledger.standing(field).said)
            .collect()
    }

    /// The titles for which it stands.
    pub fn stands_for(&self) -> impl Iterator<Item = TitleId> {
        self.taken.iter().map(|taken| taken.title_id)
    }

    /// What came from a title for which it stands.
    #[must_use]
    pub fn taken_of(&self, title: TitleId) -> Option<&TakenTitle> {
        self.taken.iter().find(|taken| taken.title_id == title)
    }

    /// What leaves when it stands for these titles no longer, and when these records describe it no longer.
    #[must_use]
    pub fn leaving(&self, titles: &[TitleId], records: &[Provenance]) -> Leaving {
        let going = || {
            let taken = self.taken.iter();
            taken.filter(|taken| titles.contains(&taken.title_id))
        };
        let leaves = |statement: &Statement| {
            names(records, &statement.0) || going().any(|taken| came(taken, statement))
        };
        let mut leaving = Leaving::default();
        for field in self.ledger.fields() {
            let mut standing = self.ledger.standing(field);
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
        let described = |record: &Provenance| {
            names(records, record) || going().any(|taken| names(&taken.records, record))
        };
        leaving.records = self.records.all().into_iter().filter(described).collect();
        leaving
    }

    /// The persons who have said something else since of what they said of a title for which it stands, and about what.
    pub fn said_anew(&self, taken: &TakenTitle) -> impl Iterator<Item = (Provenance, TitleField)> {
        let persons = taken.said.iter().filter(|(by, _)| by.record.is_none());
        persons.filter_map(|(by, fact)| {
            let field = fact.field();
            let mut said = self.ledger.said(field).iter();
            let anew = said.any(|said| said.by().same_asserter(by) && said.fact() != fact);
            anew.then(|| (by.clone(), field))
        })
    }

    /// The fields about which something else stands once these records say exactly this.
    pub(super) fn told_again(
        &self,
        records: &[Provenance],
        said: &[Statement],
    ) -> Vec<FieldStatements<TitleFact>> {
        let spoken = said.iter().map(|(_, fact)| fact.field());
        let mut fields: Vec<TitleField> = self.ledger.fields().into_iter().chain(spoken).collect();
        fields.sort_unstable();
        fields.dedup();
        let again = fields.into_iter().map(|field| {
            let before = self.ledger.standing(field);
            let mut after = before.clone();
            let now = |by: &Provenance| {
                let mut said = said.iter();
                said.find(|(other, fact)| fact.field() == field && other.same_asserter(by))
            };
            after.said.retain_mut(|statement| {
                if !names(records, &statement.0) {
                    return true;
                }
                let Some(current) = now(&statement.0) else {
                    return false;
                };
                statement.clone_from(current);
                true
            });
            let news = said.iter().filter(|(by, fact)| {
                fact.field() == field && !before.said.iter().any(|(old, _)| old.same_asserter(by))
            });
            after.said.extend(news.cloned());
            (before, after)
        });
        let changed = again.filter(|(before, after)| before != after);
        changed.map(|(_, after)| after).collect()
    }
}
