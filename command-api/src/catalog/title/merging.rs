//! What merging, splitting and undoing a merge ask of one title; which titles are asked, their merger knows.
//!
//! A merged title changes by nothing but its return: what is done meanwhile is done to the title that stands for it.

use accession_events::catalog::{TakenTitle, TitleEvent, TitleFact};
use accession_events::ids::TitleId;
use accession_events::values::{Fact, Provenance, ShortText};

use super::{KnownTitle, TitleError};
use crate::catalog::giving_back::Statement;

/// Be merged into another title.
#[derive(Debug, Clone, PartialEq)]
pub struct MergeInto {
    /// The title that stands for it from now on.
    pub into: TitleId,
    /// Why, in the curator's words.
    pub reason: Option<ShortText>,
}

/// Stand for other titles.
#[derive(Debug, Clone, PartialEq)]
pub struct Absorb {
    /// The title that is merged into it, and behind it those for which that one stood.
    pub taken: Vec<TakenTitle>,
}

/// Stand for some titles no longer, or let other titles be described by some records.
#[derive(Debug, Clone, PartialEq)]
pub struct Relinquish {
    /// The title to which it goes.
    pub to: TitleId,
    /// The titles for which it stands no longer.
    pub titles: Vec<TitleId>,
    /// Records that describe it no longer.
    pub records: Vec<Provenance>,
}

/// Stand for itself, with what its records said meanwhile.
#[derive(Debug, Clone, PartialEq)]
pub struct Separate {
    /// The title from which it comes.
    pub from: TitleId,
    /// The records that describe it from now on.
    pub records: Vec<Provenance>,
    /// What they say now.
    pub said: Vec<Statement<TitleFact>>,
}

impl MergeInto {
    pub(super) fn decide(&self, title: &KnownTitle) -> Result<Vec<TitleEvent>, TitleError> {
        match title.merged_into {
            Some(into) if into == self.into => Ok(Vec::new()),
            Some(into) => Err(TitleError::Merged(into)),
            None => Ok(vec![TitleEvent::TitleMergedInto {
                title_id: self.into,
                records: title.records.all(),
                reason: self.reason.clone(),
            }]),
        }
    }
}

impl Absorb {
    pub(super) fn decide(&self, title: &KnownTitle) -> Vec<TitleEvent> {
        // What the same speaker says here already stays; so what is written is exactly what is taken over.
        let mut ledger = title.ledger.clone();
        let mut taken = self.taken.clone();
        for each in &mut taken {
            each.said
                .retain(|(by, fact)| !ledger.speaks(by, fact.field()));
            ledger.take_over(&each.said);
        }
        vec![TitleEvent::TitleAbsorbed { taken }]
    }
}

impl Relinquish {
    pub(super) fn decide(&self, title: &KnownTitle) -> Vec<TitleEvent> {
        let leaving = title.leaving(&self.titles, &self.records);
        let titles: Vec<TitleId> = title
            .stands_for()
            .filter(|other| self.titles.contains(other))
            .collect();
        if titles.is_empty() && leaving.fields.is_empty() && leaving.records.is_empty() {
            return Vec::new();
        }
        vec![TitleEvent::TitleRelinquished {
            title_id: self.to,
            titles,
            fields: leaving.fields,
            records: leaving.records,
        }]
    }
}

impl Separate {
    pub(super) fn decide(&self, title: &KnownTitle) -> Vec<TitleEvent> {
        vec![TitleEvent::TitleSeparated {
            from: self.from,
            fields: title.told_again(&self.records, &self.said),
            records: self.records.clone(),
        }]
    }
}

impl KnownTitle {
    /// Takes an event of a merge, a split or the undo of one in.
    pub(super) fn apply_merging(&mut self, event: TitleEvent) {
        match event {
            TitleEvent::TitleMergedInto { title_id, .. } => {
                self.merged_into = Some(title_id);
                self.records.forget_all();
            }
            TitleEvent::TitleAbsorbed { taken } => {
                for taken in taken {
                    self.take(taken);
                }
            }
            TitleEvent::TitleRelinquished {
                titles,
                fields,
                records,
                ..
            } => {
                for field in &fields {
                    self.ledger.restore(field);
                }
                self.records.forget(&records);
                self.taken.retain(|taken| !titles.contains(&taken.title_id));
                for taken in &mut self.taken {
                    let goes =
                        |record: &Provenance| records.iter().any(|gone| gone.same_asserter(record));
                    taken.records.retain(|record| !goes(record));
                }
            }
            TitleEvent::TitleSeparated {
                fields, records, ..
            } => {
                self.merged_into = None;
                for field in &fields {
                    self.ledger.restore(field);
                }
                for record in &records {
                    self.records.saw(record);
                }
            }
            // `apply` sends only these here.
            _ => {}
        }
    }

    fn take(&mut self, taken: TakenTitle) {
        self.ledger.take_over(&taken.said);
        for record in &taken.records {
            self.records.saw(record);
        }
        let known = self
            .taken
            .iter_mut()
            .find(|known| known.title_id == taken.title_id);
        match known {
            // A part that came late.
            Some(known) => {
                known.editions.extend(taken.editions);
                known.episodes.extend(taken.episodes);
                known.detached.extend(taken.detached);
            }
            None => self.taken.push(taken),
        }
    }
}

#[cfg(test)]
mod tests;
