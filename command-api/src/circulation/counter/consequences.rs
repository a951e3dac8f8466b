//! What follows for borrowers and for the copy itself from what happens to its loan and its queue.
//!
//! Pure: the same events have the same consequences, in the same order.

// tidy: allow wall because a loan, its copy and whoever may borrow it are one append, decided by the rooms that own them

use std::collections::BTreeMap;

use accession_events::circulation::LendingEvent;
use accession_events::ids::{CopyId, PatronId};

use crate::circulation::patron::Change;
use crate::holdings::copy::CopyCommand;

/// What follows.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Consequences {
    /// For borrowers.
    pub(super) patrons: BTreeMap<PatronId, Vec<Change>>,
    /// For the copy.
    pub(super) copy: Option<CopyCommand>,
}

impl Consequences {
    /// What follows from these events of one copy.
    pub(super) fn of(copy: CopyId, events: &[LendingEvent]) -> Self {
        let mut found = Self::default();
        for event in events {
            found.take(copy, event);
        }
        found
    }

    fn take(&mut self, copy: CopyId, event: &LendingEvent) {
        match *event {
            LendingEvent::LoanOpened {
                loan,
                borrower,
                hold,
                ..
            } => {
                if let Some(hold) = hold {
                    self.note(borrower.patron, Change::Leave(hold, copy));
                }
                self.note(borrower.patron, Change::Borrow(loan, copy));
                self.copy = Some(CopyCommand::LendOut(loan));
            }
            LendingEvent::LoanReturned { loan, borrower, .. } => {
                self.note(borrower.patron, Change::GiveBack(loan, copy));
                self.copy = Some(CopyCommand::ComeBack(loan));
            }
            LendingEvent::LoanLost { loan, borrower, .. } => {
                self.note(borrower.patron, Change::GiveBack(loan, copy));
                self.copy = Some(CopyCommand::LoseOnLoan(loan));
            }
            LendingEvent::HoldPlaced { hold, borrower, .. } => {
                self.note(borrower.patron, Change::Join(hold, copy));
            }
            LendingEvent::HoldExpired { hold, borrower }
            | LendingEvent::HoldCancelled { hold, borrower, .. } => {
                self.note(borrower.patron, Change::Leave(hold, copy));
            }
            LendingEvent::LoanRenewed { .. } | LendingEvent::HoldOffered { .. } => {}
        }
    }

    fn note(&mut self, patron: PatronId, change: Change) {
        self.patrons.entry(patron).or_default().push(change);
    }
}

#[cfg(test)]
mod tests {
    use accession_events::circulation::Borrower;
    use accession_events::ids::{HoldId, LoanId};
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn borrower(who: u128) -> Borrower {
        Borrower::outside(PatronId::new(Uuid::from_u128(who)))
    }

    #[test]
    fn a_return_concerns_the_copy_and_who_had_it_and_not_yet_who_is_next() {
        let (copy, loan) = (
            CopyId::new(Uuid::from_u128(1)),
            LoanId::new(Uuid::from_u128(2)),
        );
        let returned = LendingEvent::LoanReturned {
            loan,
            borrower: borrower(3),
            returned_at: Timestamp::UNIX_EPOCH,
            by: None,
        };
        let offered = LendingEvent::HoldOffered {
            hold: HoldId::new(Uuid::from_u128(4)),
            borrower: borrower(5),
            until: Timestamp::UNIX_EPOCH,
        };
        let found = Consequences::of(copy, &[returned, offered]);
        assert_eq!(found.copy, Some(CopyCommand::ComeBack(loan)));
        let patron = borrower(3).patron;
        assert_eq!(
            found.patrons,
            BTreeMap::from([(patron, vec![Change::GiveBack(loan, copy)])])
        );
    }
}
