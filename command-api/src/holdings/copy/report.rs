//! Lost, damaged, given up, found: what becomes of a copy.
//!
//! Never of one that is out: what happens to it then is told on its loan.

use accession_events::holdings::{CopyEvent, CopyState};
use accession_events::values::ShortText;

use super::{CopyError, KnownCopy};

/// Give it up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Withdraw {
    /// Why.
    pub reason: Option<ShortText>,
}

pub(super) fn lost(copy: &KnownCopy) -> Result<Vec<CopyEvent>, CopyError> {
    changed(copy, CopyState::Lost, || CopyEvent::CopyLost {
        library_id: copy.library_id,
        title_id: copy.title_id,
        loan_id: None,
        former: copy.state,
    })
}

pub(super) fn damaged(copy: &KnownCopy) -> Result<Vec<CopyEvent>, CopyError> {
    changed(copy, CopyState::Damaged, || CopyEvent::CopyDamaged {
        library_id: copy.library_id,
        title_id: copy.title_id,
        former: copy.state,
    })
}

pub(super) fn found(copy: &KnownCopy) -> Result<Vec<CopyEvent>, CopyError> {
    changed(copy, CopyState::Present, || CopyEvent::CopyFound {
        library_id: copy.library_id,
        title_id: copy.title_id,
        former: copy.state,
    })
}

impl Withdraw {
    pub(super) fn decide(&self, copy: &KnownCopy) -> Result<Vec<CopyEvent>, CopyError> {
        changed(copy, CopyState::Withdrawn, || CopyEvent::CopyWithdrawn {
            library_id: copy.library_id,
            title_id: copy.title_id,
            reason: self.reason.clone(),
            former: copy.state,
        })
    }
}

fn changed(
    copy: &KnownCopy,
    state: CopyState,
    event: impl FnOnce() -> CopyEvent,
) -> Result<Vec<CopyEvent>, CopyError> {
    if copy.state == state {
        return Ok(Vec::new());
    }
    copy.not_out()?;
    Ok(vec![event()])
}

#[cfg(test)]
mod tests {
    use super::super::CopyCommand;
    use super::super::examples::{
        added, copy, lent, library_id, loan, lost as was_lost, title_id, withdrawn,
    };
    use super::*;

    #[test]
    fn a_lost_copy_is_found_again() {
        copy()
            .given(vec![added()])
            .when(CopyCommand::ReportLost)
            .then_expect_events(vec![was_lost(None)]);
        copy()
            .given(vec![added(), was_lost(None)])
            .when(CopyCommand::Find)
            .then_expect_events(vec![CopyEvent::CopyFound {
                library_id: library_id(),
                title_id: title_id(),
                former: CopyState::Lost,
            }]);
    }

    #[test]
    fn what_a_copy_is_already_makes_no_event() {
        for (given, command) in [
            (vec![added()], CopyCommand::Find),
            (vec![added(), was_lost(None)], CopyCommand::ReportLost),
            (
                vec![added(), withdrawn()],
                CopyCommand::Withdraw(Withdraw::default()),
            ),
        ] {
            copy().given(given).when(command).then_expect_events(vec![]);
        }
    }

    #[test]
    fn nothing_of_it_is_said_of_a_copy_that_is_out() {
        for command in [
            CopyCommand::ReportLost,
            CopyCommand::ReportDamaged,
            CopyCommand::Withdraw(Withdraw::default()),
        ] {
            copy()
                .given(vec![added(), lent(1)])
                .when(command)
                .then_expect_error(CopyError::OnLoan { loan: loan(1) });
        }
    }
}
