//! Enter an edition under a title.
//!
//! Whether the title exists is checked by the caller, with the title's version in the same append.

use accession_events::catalog::{EditionEvent, EditionFact};
use accession_events::ids::TitleId;
use accession_events::values::Provenance;

use super::{Edition, EditionError};

/// A new edition, as a person enters it.
#[derive(Debug, Clone, PartialEq)]
pub struct AddEdition {
    /// The title it is an edition of.
    pub title_id: TitleId,
    /// Who says so.
    pub by: Provenance,
    /// What they say.
    pub facts: Vec<EditionFact>,
}

impl AddEdition {
    pub(super) fn decide(&self, edition: &Edition) -> Result<Vec<EditionEvent>, EditionError> {
        if matches!(edition, Edition::Known(_)) {
            return Err(EditionError::AlreadyAdded);
        }
        let (title_id, provenance, facts) = (self.title_id, self.by.clone(), self.facts.clone());
        Ok(vec![EditionEvent::EditionAdded {
            title_id,
            provenance,
            facts,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::super::EditionCommand;
    use super::super::examples::{GAMES, added, curator, edition, games, isbn, title_id};
    use super::*;

    fn add() -> EditionCommand {
        EditionCommand::Add(AddEdition {
            title_id: title_id(),
            by: curator("ann"),
            facts: vec![isbn(GAMES)],
        })
    }

    #[test]
    fn an_edition_is_added_under_its_title() {
        edition()
            .given_no_previous_events()
            .when(add())
            .then_expect_events(vec![added(curator("ann"), vec![isbn(GAMES)])]);
    }

    #[test]
    fn an_edition_is_added_only_once() {
        edition()
            .given(vec![games()])
            .when(add())
            .then_expect_error(EditionError::AlreadyAdded);
    }
}
