//! Say something about a title as a person, or take one's own word back.
//!
//! Nobody can take back what another one said.

use accession_events::catalog::{TitleEvent, TitleFact, TitleField};

use super::{KnownTitle, TitleError};
use crate::catalog::statement::Edit;

/// What a person says now.
pub type AssertFacts = Edit<TitleFact>;

impl AssertFacts {
    pub(super) fn decide(&self, title: &KnownTitle) -> Result<Vec<TitleEvent>, TitleError> {
        let news = self.news(&title.ledger);
        let mut events = Vec::new();
        if !news.changed.is_empty() {
            events.push(TitleEvent::TitleFactsAsserted {
                provenance: self.by.clone(),
                facts: news.changed,
            });
        }
        if !news.gone.is_empty() {
            events.push(TitleEvent::TitleFactsWithdrawn {
                provenance: self.by.clone(),
                fields: news.gone,
            });
        }
        if self.withdrawn.contains(&TitleField::Name) && !named_after(title, &events) {
            return Err(TitleError::NameNeeded);
        }
        Ok(events)
    }
}

fn named_after(title: &KnownTitle, events: &[TitleEvent]) -> bool {
    let mut after = title.clone();
    for event in events {
        after.apply(event.clone());
    }
    after.has_name()
}

#[cfg(test)]
mod tests {
    use super::super::examples::{curator, emma, name, record, title, year};
    use super::super::{TitleCommand, TitleError};
    use super::*;

    fn edit(who: &str, facts: Vec<TitleFact>, withdrawn: Vec<TitleField>) -> TitleCommand {
        TitleCommand::AssertFacts(AssertFacts {
            by: curator(who),
            facts,
            withdrawn,
        })
    }

    #[test]
    fn a_curator_adds_a_fact() {
        title()
            .given(vec![emma()])
            .when(edit("bob", vec![year(1815)], vec![]))
            .then_expect_events(vec![TitleEvent::TitleFactsAsserted {
                provenance: curator("bob"),
                facts: vec![year(1815)],
            }]);
    }

    #[test]
    fn saying_the_same_again_changes_nothing() {
        title()
            .given(vec![emma()])
            .when(edit("ann", vec![name("Emma")], vec![]))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_curator_takes_his_own_word_back() {
        let said = TitleEvent::TitleFactsAsserted {
            provenance: curator("bob"),
            facts: vec![year(1814)],
        };
        title()
            .given(vec![emma(), said])
            .when(edit("bob", vec![], vec![TitleField::ReleaseYear]))
            .then_expect_events(vec![TitleEvent::TitleFactsWithdrawn {
                provenance: curator("bob"),
                fields: vec![TitleField::ReleaseYear],
            }]);
    }

    #[test]
    fn another_ones_word_cannot_be_taken_back() {
        let said = TitleEvent::TitleFactsAsserted {
            provenance: curator("bob"),
            facts: vec![year(1814)],
        };
        title()
            .given(vec![emma(), said])
            .when(edit("cid", vec![], vec![TitleField::ReleaseYear]))
            .then_expect_events(vec![]);
    }

    #[test]
    fn the_last_name_cannot_be_taken_back() {
        title()
            .given(vec![emma()])
            .when(edit("ann", vec![], vec![TitleField::Name]))
            .then_expect_error(TitleError::NameNeeded);
    }

    #[test]
    fn a_name_can_be_taken_back_while_somebody_else_says_one() {
        let said = TitleEvent::TitleFactsAsserted {
            provenance: record("goodbooks", "a"),
            facts: vec![name("Emma.")],
        };
        title()
            .given(vec![emma(), said])
            .when(edit("ann", vec![], vec![TitleField::Name]))
            .then_expect_events(vec![TitleEvent::TitleFactsWithdrawn {
                provenance: curator("ann"),
                fields: vec![TitleField::Name],
            }]);
    }

    #[test]
    fn nothing_can_be_said_about_an_unknown_title() {
        title()
            .given_no_previous_events()
            .when(edit("ann", vec![name("Emma")], vec![]))
            .then_expect_error(TitleError::Unknown);
    }
}
