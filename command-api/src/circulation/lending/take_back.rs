//! Taking a copy back, and keeping it for the first who waits.
//!
//! Never asks whether it is late: that it came back is what counts.

use accession_events::circulation::LendingEvent;
use accession_events::ids::{AccountId, PatronId};
use jiff::Timestamp;

use super::{Lending, LendingError, offer};

/// Take it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakeBack {
    /// When it came back.
    pub at: Timestamp,
    /// Whose loan it has to be, when the one who says so may only speak of their own.
    pub only_of: Option<PatronId>,
    /// Until when it is kept for the first who waits.
    pub kept_until: Timestamp,
    /// Who does it; nobody when the library's end does.
    pub by: Option<AccountId>,
}

impl TakeBack {
    pub(super) fn decide(&self, lending: &Lending) -> Result<Vec<LendingEvent>, LendingError> {
        let loan = lending.open_loan(self.only_of)?;
        if self.at < loan.lent_at {
            return Err(LendingError::BackBeforeOut {
                lent_at: loan.lent_at,
                returned_at: self.at,
            });
        }
        let returned = LendingEvent::LoanReturned {
            loan: loan.loan,
            borrower: loan.borrower,
            returned_at: self.at,
            by: self.by,
        };
        let next = offer(lending.queue.iter(), self.kept_until);
        Ok(std::iter::once(returned).chain(next).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::*;
    use super::*;

    #[test]
    fn a_copy_that_comes_back_is_kept_for_the_first_who_waits() {
        given_events(vec![opened(1, None), placed(2), placed(3)])
            .when(take_back(None))
            .then(vec![returned(1), offered(2)]);
        given_events(vec![opened(1, None)])
            .when(take_back(None))
            .then(vec![returned(1)]);
    }

    #[test]
    fn it_comes_back_once() {
        given_events(vec![opened(1, None), returned(1)])
            .when(take_back(None))
            .then_error(LendingError::NotOut);
        given()
            .when(take_back(None))
            .then_error(LendingError::NotOut);
    }

    #[test]
    fn whoever_may_speak_of_their_own_loan_only_returns_no_other() {
        given_events(vec![opened(1, None)])
            .when(take_back(Some(2)))
            .then_error(LendingError::NotYours);
        given_events(vec![opened(1, None)])
            .when(take_back(Some(1)))
            .then(vec![returned(1)]);
    }

    #[test]
    fn it_cannot_come_back_before_it_went_out() {
        let mut early = take_back(None);
        if let super::super::LendingCommand::TakeBack(command) = &mut early {
            command.at = noon("2026-11-20");
        }
        given_events(vec![opened(1, None)])
            .when(early)
            .then_error(LendingError::BackBeforeOut {
                lent_at: noon("2026-11-21"),
                returned_at: noon("2026-11-20"),
            });
    }
}
