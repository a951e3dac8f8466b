//! Let a field follow the order of authority again.
//!
//! What was said while it was locked counts from now on; an ISBN that only the lock kept becomes free.

use accession_events::catalog::{EditionEvent, EditionField};

use super::KnownEdition;

pub(super) fn decide(edition: &KnownEdition, field: EditionField) -> Vec<EditionEvent> {
    if !edition.ledger.is_locked(field) {
        return Vec::new();
    }
    edition.releasing(vec![EditionEvent::EditionFieldUnlocked {
        title_id: edition.title_id,
        field,
    }])
}

#[cfg(test)]
mod tests {
    use super::super::EditionCommand;
    use super::super::examples::{edition, games, title_id};
    use super::*;

    #[test]
    fn a_locked_field_is_unlocked_once() {
        let field = EditionField::Publisher;
        let unlock = EditionCommand::UnlockField(field);
        let locked = EditionEvent::EditionFieldLocked {
            title_id: title_id(),
            field,
        };
        let unlocked = EditionEvent::EditionFieldUnlocked {
            title_id: title_id(),
            field,
        };
        edition()
            .given(vec![games(), locked.clone()])
            .when(unlock.clone())
            .then_expect_events(vec![unlocked.clone()]);
        edition()
            .given(vec![games(), locked, unlocked])
            .when(unlock)
            .then_expect_events(vec![]);
    }
}
