//! Waiting for a copy, behind those who wait already.
//!
//! Never for one that could be had at once.

use accession_events::circulation::{Borrower, LendingEvent};
use accession_events::ids::{AccountId, HoldId, LibraryId, TitleId};
use jiff::Timestamp;

use super::{Lending, LendingError};

/// Wait for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceHold {
    /// The hold's id.
    pub hold: HoldId,
    /// In which library.
    pub library: LibraryId,
    /// What it is a copy of.
    pub title: TitleId,
    /// Who waits.
    pub borrower: Borrower,
    /// When.
    pub at: Timestamp,
    /// Who does it.
    pub by: AccountId,
}

impl PlaceHold {
    pub(super) fn decide(&self, lending: &Lending) -> Result<Vec<LendingEvent>, LendingError> {
        let patron = self.borrower.patron;
        match &lending.loan {
            Some(loan) if loan.borrower.patron == patron => {
                let due_at = loan.due_at;
                return Err(LendingError::YouHaveIt { due_at });
            }
            None if lending.queue.is_empty() => return Err(LendingError::OnTheShelf),
            _ => {}
        }
        let mut queue = lending.queue.iter();
        if queue.any(|waiting| waiting.borrower.patron == patron) {
            return Err(LendingError::AlreadyWaiting);
        }
        Ok(vec![LendingEvent::HoldPlaced {
            hold: self.hold,
            library: self.library,
            title: self.title,
            borrower: self.borrower,
            placed_at: self.at,
            by: self.by,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::*;
    use super::*;

    #[test]
    fn whoever_comes_later_waits_behind() {
        given_events(vec![opened(1, None), placed(2)])
            .when(place_hold(3))
            .then(vec![placed(3)]);
        given_events(vec![opened(1, None), placed(2), returned(1), offered(2)])
            .when(place_hold(3))
            .then(vec![placed(3)]);
    }

    #[test]
    fn nobody_waits_for_what_they_have_or_could_have_or_wait_for() {
        given_events(vec![opened(1, None)])
            .when(place_hold(1))
            .then_error(LendingError::YouHaveIt {
                due_at: due("2026-11-21"),
            });
        given()
            .when(place_hold(1))
            .then_error(LendingError::OnTheShelf);
        given_events(vec![opened(1, None), placed(2)])
            .when(place_hold(2))
            .then_error(LendingError::AlreadyWaiting);
    }
}
