//! Let a field follow the order of authority again.
//!
//! What was said while it was locked counts from now on; nothing of it was lost.

use accession_events::catalog::{TitleEvent, TitleField};

use super::KnownTitle;

pub(super) fn decide(title: &KnownTitle, field: TitleField) -> Vec<TitleEvent> {
    if title.ledger.is_locked(field) {
        vec![TitleEvent::TitleFieldUnlocked { field }]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::super::TitleCommand;
    use super::super::examples::{emma, title};
    use super::*;

    #[test]
    fn a_locked_field_is_unlocked_once() {
        let unlock = TitleCommand::UnlockField(TitleField::Name);
        let locked = TitleEvent::TitleFieldLocked {
            field: TitleField::Name,
        };
        let unlocked = TitleEvent::TitleFieldUnlocked {
            field: TitleField::Name,
        };
        title()
            .given(vec![emma(), locked.clone()])
            .when(unlock.clone())
            .then_expect_events(vec![unlocked.clone()]);
        title()
            .given(vec![emma(), locked, unlocked])
            .when(unlock)
            .then_expect_events(vec![]);
    }
}
