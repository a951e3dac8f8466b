//! Noting that a copy will not come back.
//!
//! Whoever waits for it waits for nothing, so nobody is left in its queue.

use accession_events::circulation::LendingEvent;
use accession_events::ids::AccountId;
use jiff::Timestamp;

use super::cancel_hold::all_cancelled;
use super::{Lending, LendingError};

/// It will not come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportLost {
    /// When it is reported.
    pub at: Timestamp,
    /// Who does it.
    pub by: AccountId,
}

impl ReportLost {
    pub(super) fn decide(&self, lending: &Lending) -> Result<Vec<LendingEvent>, LendingError> {
        let loan = lending.open_loan(None)?;
        let lost = LendingEvent::LoanLost {
            loan: loan.loan,
            borrower: loan.borrower,
            reported_at: self.at,
            by: self.by,
        };
        Ok(std::iter::once(lost)
            .chain(all_cancelled(lending))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::*;
    use super::*;

    #[test]
    fn a_lost_copy_ends_its_loan_and_nobody_waits_for_it() {
        given_events(vec![opened(1, None), placed(2), placed(3)])
            .when(report_lost())
            .then(vec![lost(1), cancelled(2, None), cancelled(3, None)]);
    }

    #[test]
    fn a_copy_that_is_in_was_not_lost_on_a_loan() {
        given().when(report_lost()).then_error(LendingError::NotOut);
    }
}
