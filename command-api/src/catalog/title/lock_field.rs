//! Pin a field's present value against everybody but curators.
//!
//! A lock never changes a value; it keeps it.

use accession_events::catalog::{TitleEvent, TitleField};

use super::KnownTitle;

pub(super) fn decide(title: &KnownTitle, field: TitleField) -> Vec<TitleEvent> {
    if title.ledger.is_locked(field) {
        Vec::new()
    } else {
        vec![TitleEvent::TitleFieldLocked { field }]
    }
}

#[cfg(test)]
mod tests {
    use super::super::TitleCommand;
    use super::super::examples::{emma, title};
    use super::*;

    #[test]
    fn a_field_is_locked_once() {
        let lock = TitleCommand::LockField(TitleField::Name);
        let locked = TitleEvent::TitleFieldLocked {
            field: TitleField::Name,
        };
        title()
            .given(vec![emma()])
            .when(lock.clone())
            .then_expect_events(vec![locked.clone()]);
        title()
            .given(vec![emma(), locked])
            .when(lock)
            .then_expect_events(vec![]);
    }
}
