//! How a copy stands, from its lending stream: on which loan it is out, and for whom it is kept.
//!
//! Reads the log each time: a message about a loan that is over must never leave.

use accession_events::circulation::{Borrower, LendingEvent};
use accession_events::event::decode_as;
use accession_events::ids::{AccountId, CopyId, HoldId, LibraryId, LoanId, TitleId};
use accession_events::{LoggedEvent as _, Position, RecordedEvent, StreamName};
use jiff::Timestamp;

use crate::notifications::address_book::AddressBook;
use crate::reactions::ReactionError;

/// A copy, as far as messages go by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::notifications) struct Lent {
    /// The open loan, who has the copy, and when it is due.
    pub(in crate::notifications) out: Option<(LoanId, Option<AccountId>, Timestamp)>,
    /// For which hold it is kept, whose that is, and until when.
    pub(super) kept: Option<(HoldId, Option<AccountId>, Timestamp)>,
    /// Whose it is, and what it is a copy of.
    pub(super) known: Option<(LibraryId, TitleId)>,
}

impl Lent {
    /// The copy as the log holds it.
    pub(in crate::notifications) async fn now(
        book: &AddressBook,
        copy: CopyId,
    ) -> Result<Self, ReactionError> {
        let stream = StreamName::new(LendingEvent::AGGREGATE, copy);
        let events = book.events(&stream, Position::new(u64::MAX)).await?;
        Self::of(&events)
    }

    fn of(events: &[RecordedEvent]) -> Result<Self, ReactionError> {
        let mut lent = Self::default();
        for event in events {
            lent.take(&decode_as(event)?);
        }
        Ok(lent)
    }

    fn take(&mut self, event: &LendingEvent) {
        match event {
            LendingEvent::LoanOpened {
                loan,
                library,
                title,
                borrower: Borrower { account, .. },
                due_at,
                ..
            } => {
                self.known = Some((*library, *title));
                (self.out, self.kept) = (Some((*loan, *account, *due_at)), None);
            }
            LendingEvent::LoanRenewed { due_at, .. } => {
                if let Some((_, _, due)) = &mut self.out {
                    *due = *due_at;
                }
            }
            LendingEvent::LoanReturned { .. } | LendingEvent::LoanLost { .. } => self.out = None,
            LendingEvent::HoldPlaced { library, title, .. } => {
                self.known = Some((*library, *title));
            }
            LendingEvent::HoldOffered {
                hold,
                borrower: Borrower { account, .. },
                until,
            } => self.kept = Some((*hold, *account, *until)),
            LendingEvent::HoldExpired { hold, .. } | LendingEvent::HoldCancelled { hold, .. } => {
                self.kept = self.kept.filter(|(kept, ..)| kept != hold);
            }
        }
    }
}
