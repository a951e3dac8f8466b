//! Put an edition under another title, with everything it has.
//!
//! Whether the title is there and stands for itself is not decided here: whoever asks has looked.

use accession_events::catalog::{EditionEvent, MovedEdition};
use accession_events::ids::TitleId;

use super::KnownEdition;

/// Put it under a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PutUnder {
    /// The title.
    pub title_id: TitleId,
}

impl PutUnder {
    pub(super) fn decide(self, edition: &KnownEdition) -> Vec<EditionEvent> {
        if edition.title_id == self.title_id {
            return Vec::new();
        }
        vec![edition.moved_to(self.title_id)]
    }
}

impl KnownEdition {
    /// The event by which it comes to a title.
    pub(super) fn moved_to(&self, title_id: TitleId) -> EditionEvent {
        let standing = self.ledger.fields().into_iter();
        let standing = standing.map(|field| self.ledger.standing(field));
        let (pinned, open): (Vec<_>, Vec<_>) = standing.partition(|field| field.lock.is_some());
        EditionEvent::EditionMoved {
            title_id,
            from: self.title_id,
            edition: MovedEdition {
                said: open.into_iter().flat_map(|field| field.said).collect(),
                pinned,
                withdrawn: self.withdrawn,
                merged_into: self.merged_into,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use accession_events::catalog::EditionField;

    use super::super::EditionCommand;
    use super::super::examples::{GAMES, curator, edition, games, isbn, title_id};
    use super::*;

    fn other() -> TitleId {
        "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e77".parse().unwrap()
    }

    fn put(title_id: TitleId) -> EditionCommand {
        EditionCommand::PutUnder(PutUnder { title_id })
    }

    #[test]
    fn an_edition_comes_to_another_title_with_everything_it_has() {
        edition()
            .given(vec![games()])
            .when(put(other()))
            .then_expect_events(vec![EditionEvent::EditionMoved {
                title_id: other(),
                from: title_id(),
                edition: MovedEdition {
                    said: vec![(curator("ann"), isbn(GAMES))],
                    pinned: vec![],
                    withdrawn: false,
                    merged_into: None,
                },
            }]);
    }

    #[test]
    fn a_locked_field_comes_along_with_its_lock() {
        let locked = EditionEvent::EditionFieldLocked {
            title_id: title_id(),
            field: EditionField::Isbn,
        };
        let withdrawn = EditionEvent::EditionWithdrawn {
            title_id: title_id(),
            reason: None,
        };
        let mut known = super::super::Edition::default();
        for event in [games(), locked, withdrawn] {
            cqrs_es::Aggregate::apply(&mut known, event);
        }
        let EditionEvent::EditionMoved { edition, .. } = known.known().unwrap().moved_to(other())
        else {
            panic!("it is moved")
        };
        assert!(edition.said.is_empty() && edition.withdrawn);
        assert!(edition.pinned.iter().all(|field| field.lock.is_some()));
    }

    #[test]
    fn an_edition_stays_where_it_is() {
        edition()
            .given(vec![games()])
            .when(put(title_id()))
            .then_expect_events(vec![]);
    }
}
