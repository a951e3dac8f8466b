//! List a copy no longer, and bring it back.
//!
//! Never while it is out. What is said of it stays known, so that bringing it back brings all of it.

use accession_events::holdings::CopyEvent;
use accession_events::values::ShortText;

use super::{Copy, CopyError, KnownCopy};

/// List it no longer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemoveCopy {
    /// Its slot where it stands; of no matter when it stands nowhere.
    pub former_slot: u32,
    /// Why.
    pub reason: Option<ShortText>,
}

impl RemoveCopy {
    pub(super) fn decide(&self, copy: &KnownCopy) -> Result<Vec<CopyEvent>, CopyError> {
        copy.not_out()?;
        Ok(vec![CopyEvent::CopyRemoved {
            library_id: copy.library_id,
            title_id: copy.title_id,
            stood: copy.standing(self.former_slot),
            state: copy.state,
            barcode: copy.barcode.clone(),
            reason: self.reason.clone(),
        }])
    }
}

pub(super) fn restore(copy: &Copy) -> Result<Vec<CopyEvent>, CopyError> {
    match copy {
        Copy::Known(copy) if copy.removed => Ok(vec![CopyEvent::CopyRestored {
            library_id: copy.library_id,
            title_id: copy.title_id,
            state: copy.state,
            barcode: copy.barcode.clone(),
        }]),
        Copy::Known(_) => Err(CopyError::NotRemoved),
        Copy::Absent => Err(CopyError::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use accession_events::holdings::CopyState;
    use accession_events::values::Barcode;

    use super::super::CopyCommand;
    use super::super::examples::{added, copy, lent, library_id, loan, removed, title_id};
    use super::*;

    #[test]
    fn a_removed_copy_is_known_no_longer_until_it_is_brought_back_with_its_barcode() {
        let remove = || CopyCommand::Remove(RemoveCopy::default());
        copy()
            .given(vec![added()])
            .when(remove())
            .then_expect_events(vec![removed()]);
        copy()
            .given(vec![added(), removed()])
            .when(remove())
            .then_expect_error(CopyError::Unknown);
        copy()
            .given(vec![added(), removed()])
            .when(CopyCommand::Restore)
            .then_expect_events(vec![CopyEvent::CopyRestored {
                library_id: library_id(),
                title_id: title_id(),
                state: CopyState::Present,
                barcode: Some(Barcode::parse("1").unwrap()),
            }]);
        copy()
            .given(vec![added()])
            .when(CopyCommand::Restore)
            .then_expect_error(CopyError::NotRemoved);
    }

    #[test]
    fn a_copy_that_is_out_is_not_removed() {
        copy()
            .given(vec![added(), lent(1)])
            .when(CopyCommand::Remove(RemoveCopy::default()))
            .then_expect_error(CopyError::OnLoan { loan: loan(1) });
    }
}
