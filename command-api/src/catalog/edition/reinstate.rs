//! Show a withdrawn edition to readers again.
//!
//! Only a person does: an import never shows what a curator has hidden.

use accession_events::catalog::EditionEvent;

use super::KnownEdition;

pub(super) fn decide(edition: &KnownEdition) -> Vec<EditionEvent> {
    if edition.withdrawn {
        return vec![EditionEvent::EditionReinstated {
            title_id: edition.title_id,
        }];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::super::EditionCommand;
    use super::super::examples::{edition, games, title_id};
    use super::*;

    #[test]
    fn a_withdrawn_edition_is_reinstated_once() {
        let withdrawn = EditionEvent::EditionWithdrawn {
            title_id: title_id(),
            reason: None,
        };
        let reinstated = EditionEvent::EditionReinstated {
            title_id: title_id(),
        };
        edition()
            .given(vec![games(), withdrawn.clone()])
            .when(EditionCommand::Reinstate)
            .then_expect_events(vec![reinstated.clone()]);
        edition()
            .given(vec![games(), withdrawn, reinstated])
            .when(EditionCommand::Reinstate)
            .then_expect_events(vec![]);
    }
}
