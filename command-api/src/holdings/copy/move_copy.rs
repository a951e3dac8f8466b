//! Have a copy stand elsewhere, or nowhere.
//!
//! Never without the shelves: the use case writes to them in the same append, so that both tell the same.

use accession_events::holdings::{CopyEvent, CopyState, Standing};
use accession_events::ids::PlaceId;

use super::{CopyError, KnownCopy};

/// Where from and where to, as the shelves have decided it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoveCopy {
    /// Its slot where it stands; of no matter when it stands nowhere.
    pub former_slot: u32,
    /// Where it stands from now on; none for nowhere.
    pub to: Option<Standing>,
}

impl KnownCopy {
    /// Refuses what must not be done while it is out.
    pub(super) const fn not_out(&self) -> Result<(), CopyError> {
        match self.loan_id {
            Some(loan) => Err(CopyError::OnLoan { loan }),
            None => Ok(()),
        }
    }

    pub(super) fn standing(&self, slot: u32) -> Option<Standing> {
        let at = |place_id: PlaceId| Standing { place_id, slot };
        self.place_id.map(at)
    }
}

impl MoveCopy {
    pub(super) fn decide(&self, copy: &KnownCopy) -> Result<Vec<CopyEvent>, CopyError> {
        let from = copy.standing(self.former_slot);
        if from == self.to {
            return Ok(Vec::new());
        }
        copy.not_out()?;
        if copy.state == CopyState::Withdrawn && self.to.is_some() {
            return Err(CopyError::Withdrawn);
        }
        Ok(vec![CopyEvent::CopyMoved {
            library_id: copy.library_id,
            title_id: copy.title_id,
            from,
            to: self.to,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::super::CopyCommand;
    use super::super::examples::{added, copy, lent, loan, moved, standing, withdrawn};
    use super::*;

    fn to(former_slot: u32, to: Option<Standing>) -> CopyCommand {
        CopyCommand::Move(MoveCopy { former_slot, to })
    }

    #[test]
    fn a_copy_tells_where_it_stood_and_where_it_stands() {
        let (one, other) = (standing(1, 1), standing(2, 7));
        copy()
            .given(vec![added()])
            .when(to(0, Some(one)))
            .then_expect_events(vec![moved(None, Some(one))]);
        copy()
            .given(vec![added(), moved(None, Some(one))])
            .when(to(4, Some(other)))
            .then_expect_events(vec![moved(Some(standing(1, 4)), Some(other))]);
        copy()
            .given(vec![added(), moved(None, Some(one))])
            .when(to(1, None))
            .then_expect_events(vec![moved(Some(one), None)]);
    }

    #[test]
    fn a_copy_that_stands_there_already_is_not_moved() {
        let one = standing(1, 3);
        copy()
            .given(vec![added(), moved(None, Some(one)), lent(1)])
            .when(to(3, Some(one)))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_copy_that_is_out_is_not_moved() {
        copy()
            .given(vec![added(), lent(1)])
            .when(to(0, Some(standing(1, 1))))
            .then_expect_error(CopyError::OnLoan { loan: loan(1) });
    }

    #[test]
    fn a_copy_that_was_given_up_is_not_shelved() {
        copy()
            .given(vec![added(), withdrawn()])
            .when(to(0, Some(standing(1, 1))))
            .then_expect_error(CopyError::Withdrawn);
    }
}
