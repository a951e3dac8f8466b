//! Say something else of a copy.
//!
//! What is said already makes no event, so a form that sends everything changes only what was edited.

use accession_events::holdings::{CopyDetail, CopyEvent};

use super::KnownCopy;

/// What is to be said; what is not named stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeDetails {
    /// What is said from now on.
    pub details: Vec<CopyDetail>,
}

impl ChangeDetails {
    pub(super) fn decide(&self, copy: &KnownCopy) -> Vec<CopyEvent> {
        let changes = self.details.iter().map(|said| (said, copy.said_of(said)));
        let (details, former): (Vec<_>, Vec<_>) = changes
            .filter(|(said, former)| *said != former)
            .map(|(said, former)| (said.clone(), former))
            .unzip();
        if details.is_empty() {
            return Vec::new();
        }
        vec![CopyEvent::CopyDetailsChanged {
            library_id: copy.library_id,
            title_id: copy.title_id,
            details,
            former,
        }]
    }
}

#[cfg(test)]
mod tests {
    use accession_events::holdings::Condition;
    use accession_events::{ClaimChange, ClaimKey, LoggedEvent as _};

    use super::super::examples::{added, barcode, copy, library_id, removed, title_id};
    use super::super::{CopyCommand, CopyError};
    use super::*;

    fn change(details: Vec<CopyDetail>) -> CopyCommand {
        CopyCommand::ChangeDetails(ChangeDetails { details })
    }

    #[test]
    fn only_what_is_different_is_said_anew_beside_what_was_said() {
        let condition = CopyDetail::Condition(Some(Condition::Poor));
        copy()
            .given(vec![added()])
            .when(change(vec![barcode("1"), condition.clone()]))
            .then_expect_events(vec![CopyEvent::CopyDetailsChanged {
                library_id: library_id(),
                title_id: title_id(),
                details: vec![condition],
                former: vec![CopyDetail::Condition(None)],
            }]);
        copy()
            .given(vec![added()])
            .when(change(vec![barcode("1")]))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_new_barcode_is_claimed_and_the_former_is_free() {
        let changed = CopyEvent::CopyDetailsChanged {
            library_id: library_id(),
            title_id: title_id(),
            details: vec![barcode("2")],
            former: vec![barcode("1")],
        };
        let key = |text: &str| ClaimKey::barcode(library_id(), &text.parse().unwrap());
        assert_eq!(
            changed.claims(),
            [ClaimChange::Release(key("1")), ClaimChange::Make(key("2"))]
        );
        assert_eq!(added().claims(), [ClaimChange::Make(key("1"))]);
        assert_eq!(removed().claims(), [ClaimChange::Release(key("1"))]);
    }

    #[test]
    fn of_a_copy_that_is_no_longer_listed_nothing_is_said() {
        copy()
            .given(vec![added(), removed()])
            .when(change(vec![barcode("2")]))
            .then_expect_error(CopyError::Unknown);
    }
}
