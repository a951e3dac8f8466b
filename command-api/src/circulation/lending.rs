//! The lending aggregate: one copy with its open loan and the queue of those who wait for it, so that who is next is decided
//! in one place.
//!
//! It holds no name: a borrower is an id, and who that is others know. While the copy is out nobody is offered it; while it is
//! in and somebody waits, the first of them is.

mod cancel_hold;
mod error;
#[cfg(test)]
mod examples;
mod lend;
mod place_hold;
#[cfg(test)]
mod properties;
mod renew;
mod report_lost;
mod take_back;

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::circulation::{Borrower, LendingEvent};
use accession_events::ids::{AccountId, HoldId, LoanId, PatronId};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use cancel_hold::{CancelHold, EmptyQueue, ExpireHold};
pub use error::LendingError;
pub use lend::Lend;
pub use place_hold::PlaceHold;
pub use renew::Renew;
pub use report_lost::ReportLost;
pub use take_back::TakeBack;

/// A loan that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLoan {
    /// Its id.
    pub loan: LoanId,
    /// Who has the copy.
    pub borrower: Borrower,
    /// Since when.
    pub lent_at: Timestamp,
    /// Until when it has to be back.
    pub due_at: Timestamp,
    /// How often it was renewed.
    pub renewals: u16,
    /// Who gave it out: the borrower's own account when they took it themselves.
    pub by: AccountId,
}

/// Somebody who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Their hold.
    pub hold: HoldId,
    /// Who they are.
    pub borrower: Borrower,
    /// Until when the copy is kept for them, once it is.
    pub offered_until: Option<Timestamp>,
}

/// A copy as far as it is lent and waited for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lending {
    /// The open loan.
    pub loan: Option<OpenLoan>,
    /// Who waits, the first first.
    pub queue: Vec<Waiting>,
}

/// What can be asked about a copy that is lent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LendingCommand {
    /// Give it out.
    Lend(Lend),
    /// Take it back.
    TakeBack(TakeBack),
    /// Leave it out for longer.
    Renew(Renew),
    /// It will not come back.
    ReportLost(ReportLost),
    /// Wait for it.
    PlaceHold(PlaceHold),
    /// Wait no longer.
    CancelHold(CancelHold),
    /// Note that somebody did not come for it in time.
    ExpireHold(ExpireHold),
    /// There is nothing to wait for any more.
    EmptyQueue(EmptyQueue),
}

impl Lending {
    /// The open loan, for somebody who may only act on their own when `only_of` names them.
    fn open_loan(&self, only_of: Option<PatronId>) -> Result<&OpenLoan, LendingError> {
        let loan = self.loan.as_ref().ok_or(LendingError::NotOut)?;
        match only_of {
            Some(patron) if patron != loan.borrower.patron => Err(LendingError::NotYours),
            _ => Ok(loan),
        }
    }

    /// The place of somebody in the queue.
    #[must_use]
    pub fn waiting(&self, hold: HoldId) -> Option<&Waiting> {
        self.queue.iter().find(|waiting| waiting.hold == hold)
    }

    fn leave(&mut self, hold: HoldId) {
        self.queue.retain(|waiting| waiting.hold != hold);
    }

    fn take(&mut self, event: &LendingEvent) {
        match *event {
            LendingEvent::LoanOpened {
                loan,
                borrower,
                lent_at,
                due_at,
                hold,
                by,
                ..
            } => {
                if let Some(hold) = hold {
                    self.leave(hold);
                }
                self.loan = Some(OpenLoan {
                    loan,
                    borrower,
                    lent_at,
                    due_at,
                    renewals: 0,
                    by,
                });
            }
            LendingEvent::LoanRenewed {
                due_at, renewals, ..
            } => {
                if let Some(loan) = &mut self.loan {
                    (loan.due_at, loan.renewals) = (due_at, renewals);
                }
            }
            LendingEvent::LoanReturned { .. } | LendingEvent::LoanLost { .. } => self.loan = None,
            LendingEvent::HoldPlaced { hold, borrower, .. } => self.queue.push(Waiting {
                hold,
                borrower,
                offered_until: None,
            }),
            LendingEvent::HoldOffered { hold, until, .. } => {
                let mut queue = self.queue.iter_mut();
                if let Some(waiting) = queue.find(|waiting| waiting.hold == hold) {
                    waiting.offered_until = Some(until);
                }
            }
            LendingEvent::HoldExpired { hold, .. } | LendingEvent::HoldCancelled { hold, .. } => {
                self.leave(hold);
            }
        }
    }
}

/// Offers the copy, which is in, to whoever is first of these.
fn offer<'a>(
    mut queue: impl Iterator<Item = &'a Waiting>,
    until: Timestamp,
) -> Option<LendingEvent> {
    let first = queue.next()?;
    Some(LendingEvent::HoldOffered {
        hold: first.hold,
        borrower: first.borrower,
        until,
    })
}

impl Decider for Lending {
    const SCHEMA: &'static str = "lending/1";

    fn decide(&self, command: &LendingCommand) -> Result<Vec<LendingEvent>, LendingError> {
        match command {
            LendingCommand::Lend(command) => command.decide(self),
            LendingCommand::TakeBack(command) => command.decide(self),
            LendingCommand::Renew(command) => command.decide(self),
            LendingCommand::ReportLost(command) => command.decide(self),
            LendingCommand::PlaceHold(command) => command.decide(self),
            LendingCommand::CancelHold(command) => command.decide(self),
            LendingCommand::ExpireHold(command) => Ok(command.decide(self)),
            LendingCommand::EmptyQueue(command) => Ok(command.decide(self)),
        }
    }
}

impl Aggregate for Lending {
    const TYPE: &'static str = LendingEvent::AGGREGATE;
    type Command = LendingCommand;
    type Event = LendingEvent;
    type Error = LendingError;
    type Services = ();

    async fn handle(
        &mut self,
        command: LendingCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), LendingError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: LendingEvent) {
        self.take(&event);
    }
}
