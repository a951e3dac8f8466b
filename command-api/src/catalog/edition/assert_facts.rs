//! Say something about an edition as a person, or take one's own word back.
//!
//! Nobody can take back what another one said; an ISBN that nobody says any longer becomes free.

use accession_events::catalog::{EditionEvent, EditionFact};

use super::KnownEdition;
use crate::catalog::statement::Edit;

/// What a person says now.
pub type AssertFacts = Edit<EditionFact>;

impl AssertFacts {
    pub(super) fn decide(&self, edition: &KnownEdition) -> Vec<EditionEvent> {
        let news = self.news(&edition.ledger);
        if news.is_empty() {
            Vec::new()
        } else {
            edition.said(&self.by, news.changed, news.gone)
        }
    }
}

#[cfg(test)]
mod tests {
    use accession_events::catalog::EditionField;

    use super::super::examples::{
        FIRE, GAMES, asserted, curator, edition, games, isbn, publisher, record, released, title_id,
    };
    use super::super::{EditionCommand, EditionError};
    use super::*;

    fn edit(who: &str, facts: Vec<EditionFact>, withdrawn: Vec<EditionField>) -> EditionCommand {
        EditionCommand::AssertFacts(AssertFacts {
            by: curator(who),
            facts,
            withdrawn,
        })
    }

    fn withdrawn(who: &str, field: EditionField) -> EditionEvent {
        EditionEvent::EditionFactsWithdrawn {
            title_id: title_id(),
            provenance: curator(who),
            fields: vec![field],
        }
    }

    #[test]
    fn a_curator_adds_a_fact() {
        edition()
            .given(vec![games()])
            .when(edit("bob", vec![publisher("Scholastic")], vec![]))
            .then_expect_events(vec![asserted(
                curator("bob"),
                vec![publisher("Scholastic")],
            )]);
    }

    #[test]
    fn a_corrected_isbn_frees_the_wrong_one() {
        edition()
            .given(vec![games()])
            .when(edit("ann", vec![isbn(FIRE)], vec![]))
            .then_expect_events(vec![
                asserted(curator("ann"), vec![isbn(FIRE)]),
                released(GAMES),
            ]);
    }

    #[test]
    fn an_isbn_that_somebody_else_still_says_is_not_freed() {
        edition()
            .given(vec![
                games(),
                asserted(record("goodbooks", "a"), vec![isbn(GAMES)]),
            ])
            .when(edit("ann", vec![isbn(FIRE)], vec![]))
            .then_expect_events(vec![asserted(curator("ann"), vec![isbn(FIRE)])]);
    }

    #[test]
    fn taking_the_isbn_back_frees_it() {
        edition()
            .given(vec![games()])
            .when(edit("ann", vec![], vec![EditionField::Isbn]))
            .then_expect_events(vec![withdrawn("ann", EditionField::Isbn), released(GAMES)]);
    }

    #[test]
    fn a_locked_isbn_is_kept_until_it_is_unlocked() {
        let locked = EditionEvent::EditionFieldLocked {
            title_id: title_id(),
            field: EditionField::Isbn,
        };
        let unlocked = EditionEvent::EditionFieldUnlocked {
            title_id: title_id(),
            field: EditionField::Isbn,
        };
        edition()
            .given(vec![games(), locked.clone()])
            .when(edit("ann", vec![isbn(FIRE)], vec![]))
            .then_expect_events(vec![asserted(curator("ann"), vec![isbn(FIRE)])]);
        edition()
            .given(vec![
                games(),
                locked,
                asserted(curator("ann"), vec![isbn(FIRE)]),
            ])
            .when(EditionCommand::UnlockField(EditionField::Isbn))
            .then_expect_events(vec![unlocked, released(GAMES)]);
    }

    #[test]
    fn another_ones_word_cannot_be_taken_back() {
        edition()
            .given(vec![games()])
            .when(edit("bob", vec![], vec![EditionField::Isbn]))
            .then_expect_events(vec![]);
    }

    #[test]
    fn nothing_can_be_said_about_an_unknown_edition() {
        edition()
            .given_no_previous_events()
            .when(edit("ann", vec![isbn(GAMES)], vec![]))
            .then_expect_error(EditionError::Unknown);
    }
}
