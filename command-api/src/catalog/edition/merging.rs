//! What merging and undoing a merge ask of one edition; which editions are asked, their merger knows.
//!
//! A merged edition changes by nothing but its return, and by going along with its title.

use accession_events::catalog::{EditionEvent, EditionFact, EditionField, TakenEdition};
use accession_events::ids::EditionId;
use accession_events::values::{Fact, Isbn, Provenance, ShortText};

use super::{EditionError, KnownEdition};
use crate::catalog::giving_back::{self, Leaving, Statement, names};

/// Be merged into another edition.
#[derive(Debug, Clone, PartialEq)]
pub struct MergeInto {
    /// The edition that stands for it from now on.
    pub into: EditionId,
    /// Why, in the curator's words.
    pub reason: Option<ShortText>,
}

/// Stand for other editions.
#[derive(Debug, Clone, PartialEq)]
pub struct Absorb {
    /// The edition that is merged into it, and behind it those for which that one stood.
    pub taken: Vec<TakenEdition>,
}

/// Stand for some editions no longer.
#[derive(Debug, Clone, PartialEq)]
pub struct Relinquish {
    /// The edition to which it goes.
    pub to: EditionId,
    /// The editions for which it stands no longer.
    pub editions: Vec<EditionId>,
}

/// Stand for itself, with what its records said meanwhile.
#[derive(Debug, Clone, PartialEq)]
pub struct Separate {
    /// The edition from which it comes.
    pub from: EditionId,
    /// The records that describe it from now on.
    pub records: Vec<Provenance>,
    /// What they say now.
    pub said: Vec<Statement<EditionFact>>,
    /// The ISBNs that the other one lets go.
    pub isbns: Vec<Isbn>,
}

impl MergeInto {
    pub(super) fn decide(&self, edition: &KnownEdition) -> Result<Vec<EditionEvent>, EditionError> {
        match edition.merged_into {
            Some(into) if into == self.into => Ok(Vec::new()),
            Some(into) => Err(EditionError::Merged(into)),
            None => Ok(vec![EditionEvent::EditionMergedInto {
                title_id: edition.title_id,
                edition_id: self.into,
                records: edition.records.all(),
                isbns: edition.isbns.clone(),
                reason: self.reason.clone(),
            }]),
        }
    }
}

impl Absorb {
    pub(super) fn decide(&self, edition: &KnownEdition) -> Vec<EditionEvent> {
        // What the same speaker says here already stays; so what is written is exactly what is taken over.
        let mut ledger = edition.ledger.clone();
        let mut taken = self.taken.clone();
        for each in &mut taken {
            each.said
                .retain(|(by, fact)| !ledger.speaks(by, fact.field()));
            ledger.take_over(&each.said);
        }
        vec![EditionEvent::EditionAbsorbed {
            title_id: edition.title_id,
            taken,
        }]
    }
}

impl Relinquish {
    pub(super) fn decide(&self, edition: &KnownEdition) -> Vec<EditionEvent> {
        let editions: Vec<EditionId> = edition
            .stands_for()
            .filter(|other| self.editions.contains(other))
            .collect();
        if editions.is_empty() {
            return Vec::new();
        }
        let leaving = edition.leaving(&editions);
        vec![EditionEvent::EditionRelinquished {
            title_id: edition.title_id,
            edition_id: self.to,
            editions,
            isbns: edition.isbns_without(&leaving, &self.editions),
            fields: leaving.fields,
            records: leaving.records,
        }]
    }
}

impl Separate {
    pub(super) fn decide(&self, edition: &KnownEdition) -> Vec<EditionEvent> {
        let fields = giving_back::told_again(&edition.ledger, &self.records, &self.said);
        let mut after = edition.ledger.clone();
        for field in &fields {
            after.restore(field);
        }
        let standing = after.standing(EditionField::Isbn);
        let said = |isbn: &Isbn| {
            let mut statements = standing.statements();
            statements.any(|(_, fact)| *fact == EditionFact::Isbn(*isbn))
        };
        let isbns = self.isbns.iter().copied().filter(said).collect();
        vec![EditionEvent::EditionSeparated {
            title_id: edition.title_id,
            from: self.from,
            fields,
            records: self.records.clone(),
            isbns,
        }]
    }
}

/// What an edition can take over, each edition for itself: its own, and behind it those for which it stands.
#[must_use]
pub fn offered(id: EditionId, edition: &KnownEdition) -> Vec<TakenEdition> {
    let bare = |edition_id| TakenEdition {
        edition_id,
        said: Vec::new(),
        records: Vec::new(),
        isbns: Vec::new(),
    };
    let mut all = vec![bare(id)];
    all.extend(edition.stands_for().map(bare));
    let place_of = |is: &dyn Fn(&TakenEdition) -> bool| {
        let found = edition.taken.iter().position(is);
        found.map_or(0, |place| place + 1)
    };
    for statement in giving_back::statements(&edition.ledger) {
        let place = place_of(&|taken| came(taken, &statement));
        if let Some(taken) = all.get_mut(place) {
            taken.said.push(statement);
        }
    }
    for record in edition.records.all() {
        let place = place_of(&|taken| names(&taken.records, &record));
        if let Some(taken) = all.get_mut(place) {
            taken.records.push(record);
        }
    }
    for isbn in &edition.isbns {
        let place = place_of(&|taken| taken.isbns.contains(isbn));
        if let Some(taken) = all.get_mut(place) {
            taken.isbns.push(*isbn);
        }
    }
    all
}

fn came(taken: &TakenEdition, statement: &Statement<EditionFact>) -> bool {
    giving_back::came(&taken.records, &taken.said, statement)
}

impl KnownEdition {
    /// The editions for which it stands.
    pub fn stands_for(&self) -> impl Iterator<Item = EditionId> {
        self.taken.iter().map(|taken| taken.edition_id)
    }

    /// The persons who have said something else since of what they said of these editions, and about what.
    #[must_use]
    pub fn said_anew(&self, editions: &[EditionId]) -> Vec<(Provenance, EditionField)> {
        let taken = self.taken.iter();
        let going = taken.filter(|taken| editions.contains(&taken.edition_id));
        going
            .flat_map(|taken| giving_back::said_anew(&self.ledger, &taken.said))
            .collect()
    }

    /// What leaves when it stands for these editions no longer.
    #[must_use]
    pub fn leaving(&self, editions: &[EditionId]) -> Leaving<EditionFact> {
        let going = || {
            let taken = self.taken.iter();
            taken.filter(|taken| editions.contains(&taken.edition_id))
        };
        giving_back::leaving(
            &self.ledger,
            &self.records,
            |statement| going().any(|taken| came(taken, statement)),
            |record| going().any(|taken| names(&taken.records, record)),
        )
    }

    /// The ISBNs that came from these editions.
    #[must_use]
    pub fn isbns_of(&self, editions: &[EditionId]) -> Vec<Isbn> {
        let taken = self.taken.iter();
        let going = taken.filter(|taken| editions.contains(&taken.edition_id));
        going
            .flat_map(|taken| taken.isbns.iter().copied())
            .collect()
    }

    /// The ISBNs that it keeps and that nobody says of it any longer once this has left.
    #[must_use]
    pub fn isbns_without(
        &self,
        leaving: &Leaving<EditionFact>,
        editions: &[EditionId],
    ) -> Vec<Isbn> {
        let mut after = self.ledger.clone();
        for field in &leaving.fields {
            after.restore(field);
        }
        let standing = after.standing(EditionField::Isbn);
        let unsaid = |isbn: &&Isbn| {
            let mut statements = standing.statements();
            let mut others = self.taken.iter();
            !statements.any(|(_, fact)| *fact == EditionFact::Isbn(**isbn))
                && !others.any(|taken| {
                    taken.isbns.contains(isbn) && !editions.contains(&taken.edition_id)
                })
        };
        self.isbns.iter().filter(unsaid).copied().collect()
    }

    /// Takes an event of a merge or of the undo of one in.
    pub(super) fn apply_merging(&mut self, event: EditionEvent) {
        match event {
            EditionEvent::EditionMergedInto { edition_id, .. } => {
                self.merged_into = Some(edition_id);
                self.records.forget_all();
                self.isbns.clear();
            }
            EditionEvent::EditionAbsorbed { taken, .. } => {
                for taken in taken {
                    self.ledger.take_over(&taken.said);
                    for by in &taken.records {
                        self.records.saw(by);
                    }
                    self.isbns.extend(&taken.isbns);
                    self.taken.push(taken);
                }
            }
            EditionEvent::EditionRelinquished {
                editions,
                fields,
                records,
                isbns,
                ..
            } => {
                for field in &fields {
                    self.ledger.restore(field);
                }
                self.records.forget(&records);
                self.isbns.retain(|isbn| !isbns.contains(isbn));
                self.taken
                    .retain(|taken| !editions.contains(&taken.edition_id));
            }
            EditionEvent::EditionSeparated {
                fields,
                records,
                isbns,
                ..
            } => {
                self.merged_into = None;
                for field in &fields {
                    self.ledger.restore(field);
                }
                for by in &records {
                    self.records.saw(by);
                }
                self.isbns = isbns;
            }
            // `apply` sends only these here.
            _ => {}
        }
    }
}
