//! Events and commands for the tests of lending: borrower 1 takes a copy on 21 November, borrowers 2 and 3 wait for it.
//!
//! Never used outside tests.

use accession_event_log::Decider as _;
use accession_events::circulation::{Borrower, LendingEvent, LentHow};
use accession_events::ids::{AccountId, HoldId, LibraryId, LoanId, PatronId, TitleId};
use cqrs_es::Aggregate as _;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    CancelHold, Lend, Lending, LendingCommand, LendingError, PlaceHold, Renew, ReportLost, TakeBack,
};

pub(super) struct Given(Lending);

pub(super) struct Outcome(Result<Vec<LendingEvent>, LendingError>);

pub(super) fn given() -> Given {
    Given(Lending::default())
}

pub(super) fn given_events(events: Vec<LendingEvent>) -> Given {
    let mut lending = Lending::default();
    for event in events {
        lending.apply(event);
    }
    Given(lending)
}

impl Given {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a command reads best where it is made"
    )]
    pub(super) fn when(&self, command: LendingCommand) -> Outcome {
        Outcome(self.0.decide(&command))
    }
}

impl Outcome {
    #[track_caller]
    pub(super) fn then(self, events: Vec<LendingEvent>) {
        assert_eq!(self.0, Ok(events));
    }

    #[track_caller]
    pub(super) fn then_error(self, error: LendingError) {
        assert_eq!(self.0, Err(error));
    }
}

pub(super) fn noon(day: &str) -> Timestamp {
    format!("{day}T12:00:00Z").parse().unwrap()
}

/// The end of a fortnight that begins on this day.
pub(super) fn due(day: &str) -> Timestamp {
    let fortnight = jiff::SignedDuration::from_hours(14 * 24);
    noon(day).checked_add(fortnight).unwrap()
}

pub(super) fn kept_until() -> Timestamp {
    noon("2026-11-30")
}

pub(super) fn library() -> LibraryId {
    LibraryId::new(Uuid::from_u128(50))
}

pub(super) fn title() -> TitleId {
    TitleId::new(Uuid::from_u128(60))
}

pub(super) fn account(who: u8) -> AccountId {
    AccountId::new(Uuid::from_u128(u128::from(who)))
}

pub(super) fn borrower(who: u8) -> Borrower {
    Borrower {
        patron: PatronId::new(Uuid::from_u128(100 + u128::from(who))),
        account: Some(account(who)),
    }
}

pub(super) fn loan(who: u8) -> LoanId {
    LoanId::new(Uuid::from_u128(200 + u128::from(who)))
}

pub(super) fn hold(who: u8) -> HoldId {
    HoldId::new(Uuid::from_u128(300 + u128::from(who)))
}

pub(super) fn lend(who: u8, day: &str) -> LendingCommand {
    LendingCommand::Lend(Lend {
        loan: loan(who),
        library: library(),
        title: title(),
        borrower: borrower(who),
        at: noon(day),
        due_at: due(day),
        how: LentHow::Desk,
        policy: 0,
        by: account(1),
    })
}

pub(super) fn take_back(only_of: Option<u8>) -> LendingCommand {
    LendingCommand::TakeBack(TakeBack {
        at: noon("2026-11-25"),
        only_of: only_of.map(|who| borrower(who).patron),
        kept_until: kept_until(),
        by: Some(account(1)),
    })
}

pub(super) fn renew(day: &str, allowed: u16, only_of: Option<u8>) -> LendingCommand {
    LendingCommand::Renew(Renew {
        due_at: due(day),
        allowed,
        only_of: only_of.map(|who| borrower(who).patron),
        by: account(1),
    })
}

pub(super) fn report_lost() -> LendingCommand {
    LendingCommand::ReportLost(ReportLost {
        at: noon("2026-11-25"),
        by: account(1),
    })
}

pub(super) fn place_hold(who: u8) -> LendingCommand {
    LendingCommand::PlaceHold(PlaceHold {
        hold: hold(who),
        library: library(),
        title: title(),
        borrower: borrower(who),
        at: noon("2026-11-22"),
        by: account(1),
    })
}

pub(super) fn cancel(who: u8, only_of: Option<u8>) -> LendingCommand {
    LendingCommand::CancelHold(CancelHold {
        hold: hold(who),
        only_of: only_of.map(|who| borrower(who).patron),
        kept_until: kept_until(),
        by: Some(account(1)),
    })
}

pub(super) fn opened(who: u8, fulfils: Option<u8>) -> LendingEvent {
    LendingEvent::LoanOpened {
        loan: loan(who),
        library: library(),
        title: title(),
        borrower: borrower(who),
        lent_at: noon("2026-11-21"),
        due_at: due("2026-11-21"),
        how: LentHow::Desk,
        policy: 0,
        hold: fulfils.map(hold),
        by: account(1),
    }
}

pub(super) fn renewed(who: u8, day: &str, renewals: u16) -> LendingEvent {
    LendingEvent::LoanRenewed {
        loan: loan(who),
        borrower: borrower(who),
        due_at: due(day),
        renewals,
        by: account(1),
    }
}

pub(super) fn returned(who: u8) -> LendingEvent {
    LendingEvent::LoanReturned {
        loan: loan(who),
        borrower: borrower(who),
        returned_at: noon("2026-11-25"),
        by: Some(account(1)),
    }
}

pub(super) fn lost(who: u8) -> LendingEvent {
    LendingEvent::LoanLost {
        loan: loan(who),
        borrower: borrower(who),
        reported_at: noon("2026-11-25"),
        by: account(1),
    }
}

pub(super) fn placed(who: u8) -> LendingEvent {
    LendingEvent::HoldPlaced {
        hold: hold(who),
        library: library(),
        title: title(),
        borrower: borrower(who),
        placed_at: noon("2026-11-22"),
        by: account(1),
    }
}

pub(super) fn offered(who: u8) -> LendingEvent {
    LendingEvent::HoldOffered {
        hold: hold(who),
        borrower: borrower(who),
        until: kept_until(),
    }
}

pub(super) fn expired(who: u8) -> LendingEvent {
    LendingEvent::HoldExpired {
        hold: hold(who),
        borrower: borrower(who),
    }
}

pub(super) fn cancelled(who: u8, by: Option<u8>) -> LendingEvent {
    LendingEvent::HoldCancelled {
        hold: hold(who),
        borrower: borrower(who),
        by: by.map(account),
    }
}
