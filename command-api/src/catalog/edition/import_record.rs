//! Say what a source's record says about an edition; enter the edition when it is not there.
//!
//! An import never moves an edition to another title, never shows a withdrawn one, and never touches what others said.

use accession_events::catalog::{EditionEvent, EditionFact};
use accession_events::ids::TitleId;

use super::{Edition, EditionError};
use crate::catalog::statement::Statement;

/// A source's record of an edition.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRecord {
    /// The title it is an edition of; counts only when the edition is new.
    pub title_id: TitleId,
    /// What the record says.
    pub statement: Statement<EditionFact>,
}

impl ImportRecord {
    pub(super) fn decide(&self, edition: &Edition) -> Result<Vec<EditionEvent>, EditionError> {
        if matches!(edition, Edition::Absent) {
            let (title_id, provenance) = (self.title_id, self.statement.by.clone());
            return Ok(vec![EditionEvent::EditionAdded {
                title_id,
                provenance,
                facts: self.statement.facts.clone(),
            }]);
        }
        let edition = edition.standing()?;
        let news = self.statement.news(&edition.ledger, &edition.records);
        let said = news.map(|news| edition.said(&self.statement.by, news.changed, news.gone));
        Ok(said.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use accession_events::catalog::EditionField;

    use super::super::EditionCommand;
    use super::super::examples::{
        FIRE, GAMES, added, asserted, edition, games, import, isbn, publisher, record, released,
        title_id,
    };
    use super::*;

    fn says(source: &str, content: &str, facts: Vec<EditionFact>) -> EditionCommand {
        EditionCommand::ImportRecord(import(record(source, content), facts))
    }

    #[test]
    fn a_record_that_nobody_knows_adds_its_edition() {
        edition()
            .given_no_previous_events()
            .when(says("goodbooks", "a", vec![isbn(GAMES)]))
            .then_expect_events(vec![added(record("goodbooks", "a"), vec![isbn(GAMES)])]);
    }

    #[test]
    fn the_same_content_makes_no_event() {
        edition()
            .given(vec![added(record("goodbooks", "a"), vec![isbn(GAMES)])])
            .when(says("goodbooks", "a", vec![isbn(GAMES)]))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_record_of_another_source_joins_an_edition_even_when_it_says_nothing_new() {
        edition()
            .given(vec![games()])
            .when(says("goodbooks", "a", vec![]))
            .then_expect_events(vec![asserted(record("goodbooks", "a"), vec![])]);
    }

    #[test]
    fn an_isbn_that_the_record_corrects_is_freed() {
        edition()
            .given(vec![added(
                record("goodbooks", "a"),
                vec![isbn(GAMES), publisher("Scholastic")],
            )])
            .when(says("goodbooks", "b", vec![isbn(FIRE)]))
            .then_expect_events(vec![
                asserted(record("goodbooks", "b"), vec![isbn(FIRE)]),
                EditionEvent::EditionFactsWithdrawn {
                    title_id: title_id(),
                    provenance: record("goodbooks", "b"),
                    fields: vec![EditionField::Publisher],
                },
                released(GAMES),
            ]);
    }

    #[test]
    fn what_a_curator_said_is_not_taken_back_by_an_import() {
        edition()
            .given(vec![
                games(),
                asserted(record("goodbooks", "a"), vec![publisher("Scholastic")]),
            ])
            .when(says("goodbooks", "b", vec![publisher("Press")]))
            .then_expect_events(vec![asserted(
                record("goodbooks", "b"),
                vec![publisher("Press")],
            )]);
    }
}
