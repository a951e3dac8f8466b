//! Pin a field's present value against everybody but curators.
//!
//! A lock never changes a value; it keeps it.

use accession_events::catalog::{EditionEvent, EditionField};

use super::KnownEdition;

pub(super) fn decide(edition: &KnownEdition, field: EditionField) -> Vec<EditionEvent> {
    if edition.ledger.is_locked(field) {
        return Vec::new();
    }
    vec![EditionEvent::EditionFieldLocked {
        title_id: edition.title_id,
        field,
    }]
}

#[cfg(test)]
mod tests {
    use super::super::EditionCommand;
    use super::super::examples::{edition, games, title_id};
    use super::*;

    #[test]
    fn a_field_is_locked_once() {
        let lock = EditionCommand::LockField(EditionField::Publisher);
        let locked = EditionEvent::EditionFieldLocked {
            title_id: title_id(),
            field: EditionField::Publisher,
        };
        edition()
            .given(vec![games()])
            .when(lock.clone())
            .then_expect_events(vec![locked.clone()]);
        edition()
            .given(vec![games(), locked])
            .when(lock)
            .then_expect_events(vec![]);
    }
}
