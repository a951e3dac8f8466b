//! For which titles a title stands, what came from each, and what of it leaves with them again.
//!
//! Never what another title says of itself: its slugs and its locks stay where they are.

use accession_events::catalog::{TakenTitle, TitleFact, TitleField};
use accession_events::ids::TitleId;
use accession_events::values::{FieldStatements, Provenance};

use super::KnownTitle;
use crate::catalog::giving_back::{self, Leaving, Statement, names};

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
    for statement in giving_back::statements(&title.ledger) {
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
fn came(taken: &TakenTitle, statement: &Statement<TitleFact>) -> bool {
    giving_back::came(&taken.records, &taken.said, statement)
}

impl KnownTitle {
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
    pub fn leaving(&self, titles: &[TitleId], records: &[Provenance]) -> Leaving<TitleFact> {
        let going = || {
            let taken = self.taken.iter();
            taken.filter(|taken| titles.contains(&taken.title_id))
        };
        giving_back::leaving(
            &self.ledger,
            &self.records,
            |statement| names(records, &statement.0) || going().any(|taken| came(taken, statement)),
            |record| names(records, record) || going().any(|taken| names(&taken.records, record)),
        )
    }

    /// The persons who have said something else since of what they said of a title for which it stands, and about what.
    pub fn said_anew<'a>(
        &'a self,
        taken: &'a TakenTitle,
    ) -> impl Iterator<Item = (Provenance, TitleField)> + 'a {
        giving_back::said_anew(&self.ledger, &taken.said)
    }

    /// The fields about which something else stands once these records say exactly this.
    pub(super) fn told_again(
        &self,
        records: &[Provenance],
        said: &[Statement<TitleFact>],
    ) -> Vec<FieldStatements<TitleFact>> {
        giving_back::told_again(&self.ledger, records, said)
    }
}
