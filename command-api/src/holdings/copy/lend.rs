//! A copy goes out on a loan, comes back from it, or is lost on it. Circulation writes these beside its own events.
//!
//! Never decides who may borrow; only whether this copy is there to be given.

use accession_events::holdings::{CopyEvent, CopyState};
use accession_events::ids::LoanId;

use super::{Copy, CopyError, KnownCopy};

pub(super) fn lend_out(copy: &KnownCopy, loan_id: LoanId) -> Result<Vec<CopyEvent>, CopyError> {
    copy.not_out()?;
    if copy.state != CopyState::Present {
        return Err(CopyError::NotForLending { state: copy.state });
    }
    Ok(vec![CopyEvent::CopyLentOut {
        library_id: copy.library_id,
        title_id: copy.title_id,
        loan_id,
    }])
}

/// Coming back never depends on what was done to the copy meanwhile; it could not have been removed.
pub(super) fn come_back(copy: &Copy, loan_id: LoanId) -> Result<Vec<CopyEvent>, CopyError> {
    let copy = copy.known()?;
    if copy.loan_id != Some(loan_id) {
        return Err(CopyError::NotOnLoan { loan: loan_id });
    }
    Ok(vec![CopyEvent::CopyCameBack {
        library_id: copy.library_id,
        title_id: copy.title_id,
        loan_id,
    }])
}

pub(super) fn lose(copy: &KnownCopy, loan_id: LoanId) -> Result<Vec<CopyEvent>, CopyError> {
    if copy.loan_id != Some(loan_id) {
        return Err(CopyError::NotOnLoan { loan: loan_id });
    }
    Ok(vec![CopyEvent::CopyLost {
        library_id: copy.library_id,
        title_id: copy.title_id,
        loan_id: Some(loan_id),
        former: copy.state,
    }])
}

#[cfg(test)]
mod tests {
    use super::super::CopyCommand;
    use super::super::examples::{
        added, copy, lent, library_id, loan, lost, removed, title_id, withdrawn,
    };
    use super::*;

    #[test]
    fn a_copy_is_given_out_once_and_comes_back_from_that_loan_alone() {
        copy()
            .given(vec![added()])
            .when(CopyCommand::LendOut(loan(1)))
            .then_expect_events(vec![lent(1)]);
        copy()
            .given(vec![added(), lent(1)])
            .when(CopyCommand::LendOut(loan(2)))
            .then_expect_error(CopyError::OnLoan { loan: loan(1) });
        copy()
            .given(vec![added(), lent(1)])
            .when(CopyCommand::ComeBack(loan(1)))
            .then_expect_events(vec![CopyEvent::CopyCameBack {
                library_id: library_id(),
                title_id: title_id(),
                loan_id: loan(1),
            }]);
        copy()
            .given(vec![added(), lent(1)])
            .when(CopyCommand::ComeBack(loan(2)))
            .then_expect_error(CopyError::NotOnLoan { loan: loan(2) });
    }

    #[test]
    fn what_is_not_there_cannot_be_given_out() {
        for (event, state) in [
            (lost(None), CopyState::Lost),
            (withdrawn(), CopyState::Withdrawn),
        ] {
            copy()
                .given(vec![added(), event])
                .when(CopyCommand::LendOut(loan(1)))
                .then_expect_error(CopyError::NotForLending { state });
        }
        copy()
            .given(vec![added(), removed()])
            .when(CopyCommand::LendOut(loan(1)))
            .then_expect_error(CopyError::Unknown);
    }

    #[test]
    fn a_copy_that_is_lost_on_a_loan_is_out_no_longer() {
        copy()
            .given(vec![added(), lent(1)])
            .when(CopyCommand::LoseOnLoan(loan(1)))
            .then_expect_events(vec![lost(Some(loan(1)))]);
        copy()
            .given(vec![added(), lent(1), lost(Some(loan(1)))])
            .when(CopyCommand::ComeBack(loan(1)))
            .then_expect_error(CopyError::NotOnLoan { loan: loan(1) });
    }
}
