//! Hide an edition from readers.
//!
//! It keeps its ISBN: another edition that claims it would be the same mistake twice.

use accession_events::catalog::EditionEvent;
use accession_events::values::ShortText;

use super::KnownEdition;

/// Hide it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdraw {
    /// Why, in the curator's words.
    pub reason: Option<ShortText>,
}

impl Withdraw {
    pub(super) fn decide(&self, edition: &KnownEdition) -> Vec<EditionEvent> {
        if edition.withdrawn {
            return Vec::new();
        }
        vec![EditionEvent::EditionWithdrawn {
            title_id: edition.title_id,
            reason: self.reason.clone(),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::super::EditionCommand;
    use super::super::examples::{edition, games, title_id};
    use super::*;

    #[test]
    fn an_edition_is_withdrawn_once() {
        let withdraw = EditionCommand::Withdraw(Withdraw { reason: None });
        let withdrawn = EditionEvent::EditionWithdrawn {
            title_id: title_id(),
            reason: None,
        };
        edition()
            .given(vec![games()])
            .when(withdraw.clone())
            .then_expect_events(vec![withdrawn.clone()]);
        edition()
            .given(vec![games(), withdrawn])
            .when(withdraw)
            .then_expect_events(vec![]);
    }
}
