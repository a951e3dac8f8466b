//! Giving a copy out.
//!
//! Never to anybody but the first who waits for it.

use accession_events::circulation::{Borrower, LendingEvent, LentHow};
use accession_events::ids::{AccountId, LibraryId, LoanId, TitleId};
use jiff::Timestamp;

use super::{Lending, LendingError};

/// Give it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lend {
    /// The loan's id.
    pub loan: LoanId,
    /// Which library lends it.
    pub library: LibraryId,
    /// What it is a copy of.
    pub title: TitleId,
    /// To whom.
    pub borrower: Borrower,
    /// When.
    pub at: Timestamp,
    /// Until when it has to be back; later than `at`.
    pub due_at: Timestamp,
    /// How.
    pub how: LentHow,
    /// The version of the lending policy that holds.
    pub policy: u64,
    /// Who does it.
    pub by: AccountId,
}

impl Lend {
    pub(super) fn decide(&self, lending: &Lending) -> Result<Vec<LendingEvent>, LendingError> {
        let patron = self.borrower.patron;
        if let Some(loan) = &lending.loan {
            let due_at = loan.due_at;
            return Err(if loan.borrower.patron == patron {
                LendingError::YouHaveIt { due_at }
            } else {
                let waiting = lending.queue.len();
                LendingError::OnLoan { due_at, waiting }
            });
        }
        let mut events = Vec::new();
        let mut queue = lending.queue.iter();
        let mut first = queue.next();
        // Whoever did not come in time is passed over now; the timer that would have done it may be late.
        while let Some(waiting) = first
            && waiting.borrower.patron != patron
            && waiting.offered_until.is_some_and(|until| until < self.at)
        {
            let (hold, borrower) = (waiting.hold, waiting.borrower);
            events.push(LendingEvent::HoldExpired { hold, borrower });
            first = queue.next();
        }
        if let Some(waiting) = first.filter(|waiting| waiting.borrower.patron != patron) {
            return Err(LendingError::KeptForAnother {
                until: waiting.offered_until,
                waiting: lending.queue.len(),
            });
        }
        events.push(LendingEvent::LoanOpened {
            loan: self.loan,
            library: self.library,
            title: self.title,
            borrower: self.borrower,
            lent_at: self.at,
            due_at: self.due_at,
            how: self.how,
            policy: self.policy,
            hold: first.map(|waiting| waiting.hold),
            by: self.by,
        });
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::*;
    use super::*;

    #[test]
    fn a_copy_that_is_in_goes_out() {
        given()
            .when(lend(1, "2026-11-21"))
            .then(vec![opened(1, None)]);
    }

    #[test]
    fn a_copy_that_is_out_goes_to_nobody_else_and_they_read_when_it_is_due() {
        given_events(vec![opened(1, None)])
            .when(lend(2, "2026-11-22"))
            .then_error(LendingError::OnLoan {
                due_at: due("2026-11-21"),
                waiting: 0,
            });
        given_events(vec![opened(1, None)])
            .when(lend(1, "2026-11-22"))
            .then_error(LendingError::YouHaveIt {
                due_at: due("2026-11-21"),
            });
    }

    #[test]
    fn a_copy_that_is_kept_goes_to_the_one_it_is_kept_for_and_fulfils_their_hold() {
        let kept = vec![
            opened(1, None),
            placed(2),
            placed(3),
            returned(1),
            offered(2),
        ];
        given_events(kept.clone())
            .when(lend(3, "2026-11-21"))
            .then_error(LendingError::KeptForAnother {
                until: Some(kept_until()),
                waiting: 2,
            });
        given_events(kept)
            .when(lend(2, "2026-11-21"))
            .then(vec![opened(2, Some(2))]);
    }

    #[test]
    fn whoever_did_not_come_in_time_is_passed_over_by_the_next_who_does() {
        let kept = vec![
            opened(1, None),
            placed(2),
            placed(3),
            returned(1),
            offered(2),
        ];
        let mut lent = lend(3, "2026-12-21");
        if let super::super::LendingCommand::Lend(lend) = &mut lent {
            lend.due_at = due("2026-11-21");
        }
        let mut expected = opened(3, Some(3));
        if let LendingEvent::LoanOpened { lent_at, .. } = &mut expected {
            *lent_at = noon("2026-12-21");
        }
        given_events(kept)
            .when(lent)
            .then(vec![expired(2), expected]);
    }
}
