//! Leaving a copy out for longer.
//!
//! Never while somebody waits for it.

use accession_events::circulation::LendingEvent;
use accession_events::ids::{AccountId, PatronId};
use jiff::Timestamp;

use super::{Lending, LendingError};

/// Leave it out for longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renew {
    /// Until when it has to be back.
    pub due_at: Timestamp,
    /// How often a loan may be renewed.
    pub allowed: u16,
    /// Whose loan it has to be, when the one who asks may only speak of their own.
    pub only_of: Option<PatronId>,
    /// Who does it.
    pub by: AccountId,
}

impl Renew {
    pub(super) fn decide(&self, lending: &Lending) -> Result<Vec<LendingEvent>, LendingError> {
        let loan = lending.open_loan(self.only_of)?;
        let due_at = loan.due_at;
        if !lending.queue.is_empty() {
            let waiting = lending.queue.len();
            return Err(LendingError::HoldWaiting { due_at, waiting });
        }
        if loan.renewals >= self.allowed {
            let renewals = loan.renewals;
            return Err(LendingError::RenewedOften { renewals });
        }
        if self.due_at <= due_at {
            return Err(LendingError::NoLater { due_at });
        }
        Ok(vec![LendingEvent::LoanRenewed {
            loan: loan.loan,
            borrower: loan.borrower,
            due_at: self.due_at,
            renewals: loan.renewals + 1,
            by: self.by,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::*;
    use super::*;

    #[test]
    fn a_loan_is_renewed_as_often_as_the_library_allows() {
        given_events(vec![opened(1, None)])
            .when(renew("2026-11-30", 1, None))
            .then(vec![renewed(1, "2026-11-30", 1)]);
        given_events(vec![opened(1, None), renewed(1, "2026-11-30", 1)])
            .when(renew("2026-12-10", 1, None))
            .then_error(LendingError::RenewedOften { renewals: 1 });
    }

    #[test]
    fn a_copy_that_somebody_waits_for_is_not_renewed() {
        given_events(vec![opened(1, None), placed(2)])
            .when(renew("2026-11-30", 2, None))
            .then_error(LendingError::HoldWaiting {
                due_at: due("2026-11-21"),
                waiting: 1,
            });
        given_events(vec![opened(1, None), placed(2), cancelled(2, Some(1))])
            .when(renew("2026-11-30", 2, None))
            .then(vec![renewed(1, "2026-11-30", 1)]);
    }

    #[test]
    fn a_renewal_that_gives_no_day_more_is_refused() {
        given_events(vec![opened(1, None)])
            .when(renew("2026-11-21", 2, None))
            .then_error(LendingError::NoLater {
                due_at: due("2026-11-21"),
            });
    }

    #[test]
    fn nobody_renews_the_loan_of_another() {
        given_events(vec![opened(1, None)])
            .when(renew("2026-11-30", 2, Some(2)))
            .then_error(LendingError::NotYours);
    }
}
