//! Say what a source's record says about a title; enter the title when it is not there.
//!
//! An import never shows a hidden title, never changes a slug or a kind, and never touches what others said.

use accession_events::catalog::{TitleEvent, TitleFact, TitleKind};
use accession_events::values::Slug;

use super::{Title, TitleError};
use crate::catalog::statement::Statement;

/// A source's record of a title.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRecord {
    /// Book, series or film; counts only when the title is new.
    pub kind: TitleKind,
    /// A slug that was free a moment ago; counts only when the title is new.
    pub slug: Slug,
    /// What the record says; among it always a name.
    pub statement: Statement<TitleFact>,
}

impl ImportRecord {
    pub(super) fn decide(&self, title: &Title) -> Result<Vec<TitleEvent>, TitleError> {
        let provenance = self.statement.by.clone();
        if matches!(title, Title::Absent) {
            let facts = self.statement.facts.clone();
            return Ok(vec![TitleEvent::TitleAdded {
                kind: self.kind,
                slug: self.slug.clone(),
                provenance,
                facts,
            }]);
        }
        let title = title.standing()?;
        let Some(news) = self.statement.news(&title.ledger, &title.records) else {
            return Ok(Vec::new());
        };
        let mut events = Vec::new();
        // A record that is met for the first time has to be named even if it says nothing that is not said.
        if !news.changed.is_empty() || news.gone.is_empty() {
            events.push(TitleEvent::TitleFactsAsserted {
                provenance: provenance.clone(),
                facts: news.changed,
            });
        }
        if !news.gone.is_empty() {
            events.push(TitleEvent::TitleFactsWithdrawn {
                provenance,
                fields: news.gone,
            });
        }
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use accession_events::catalog::TitleField;
    use accession_events::values::AuthorityOrder;
    use cqrs_es::Aggregate;

    use super::super::TitleCommand;
    use super::super::examples::{added, curator, emma, genres, import, name, record, title, year};
    use super::*;
    use crate::catalog::statement::Extent;

    fn full(content: &str, facts: Vec<TitleFact>) -> TitleCommand {
        TitleCommand::ImportRecord(import(record("goodbooks", content), facts, Extent::Full))
    }

    #[test]
    fn a_record_that_nobody_knows_adds_its_title() {
        title()
            .given_no_previous_events()
            .when(full("a", vec![name("Emma"), year(1815)]))
            .then_expect_events(vec![added(
                record("goodbooks", "a"),
                vec![name("Emma"), year(1815)],
            )]);
    }

    #[test]
    fn the_same_content_makes_no_event() {
        title()
            .given(vec![added(record("goodbooks", "a"), vec![name("Emma")])])
            .when(full("a", vec![name("Emma")]))
            .then_expect_events(vec![]);
    }

    #[test]
    fn other_content_with_the_same_meaning_makes_no_event() {
        title()
            .given(vec![added(record("goodbooks", "a"), vec![name("Emma")])])
            .when(full("b", vec![name("Emma")]))
            .then_expect_events(vec![]);
    }

    #[test]
    fn only_what_changed_is_asserted_and_what_is_gone_is_withdrawn() {
        title()
            .given(vec![added(
                record("goodbooks", "a"),
                vec![name("Emma"), year(1814), genres(&["novel"])],
            )])
            .when(full("b", vec![name("Emma"), year(1815)]))
            .then_expect_events(vec![
                TitleEvent::TitleFactsAsserted {
                    provenance: record("goodbooks", "b"),
                    facts: vec![year(1815)],
                },
                TitleEvent::TitleFactsWithdrawn {
                    provenance: record("goodbooks", "b"),
                    fields: vec![TitleField::Genres],
                },
            ]);
    }

    #[test]
    fn a_partial_statement_withdraws_nothing() {
        let partial = import(
            record("goodbooks", "b"),
            vec![name("Emma")],
            Extent::Partial,
        );
        title()
            .given(vec![added(
                record("goodbooks", "a"),
                vec![name("Emma"), year(1814)],
            )])
            .when(TitleCommand::ImportRecord(partial))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_record_whose_source_is_trusted_more_now_says_it_again() {
        let mut trusted = record("goodbooks", "a");
        trusted.authority = accession_events::values::Authority::PrimaryProvider;
        title()
            .given(vec![added(record("goodbooks", "a"), vec![name("Emma")])])
            .when(TitleCommand::ImportRecord(import(
                trusted.clone(),
                vec![name("Emma")],
                Extent::Full,
            )))
            .then_expect_events(vec![TitleEvent::TitleFactsAsserted {
                provenance: trusted,
                facts: vec![name("Emma")],
            }]);
    }

    #[test]
    fn an_import_never_shows_a_hidden_title() {
        title()
            .given(vec![emma(), TitleEvent::TitleDeactivated { reason: None }])
            .when(full("a", vec![name("Emma")]))
            .then_expect_events(vec![TitleEvent::TitleFactsAsserted {
                provenance: record("goodbooks", "a"),
                facts: vec![name("Emma")],
            }]);
    }

    #[test]
    fn what_a_curator_said_stands_after_an_import() {
        let mut state = Title::default();
        state.apply(emma());
        for event in import(record("goodbooks", "a"), vec![name("EMMA")], Extent::Full)
            .decide(&state.clone())
            .unwrap()
        {
            state.apply(event);
        }
        let Title::Known(known) = state else {
            panic!("the title is there")
        };
        let stands = known
            .ledger
            .effective(TitleField::Name, &AuthorityOrder::default())
            .unwrap();
        assert_eq!(
            (stands.fact(), stands.by()),
            (&name("Emma"), &curator("ann"))
        );
    }
}
