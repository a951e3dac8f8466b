//! One sample of every event of circulation.
//!
//! Never used outside the golden test.

use accession_events::circulation::{
    Borrower, LendingEvent, LendingTerms, LentHow, PatronEvent, PolicyEvent,
};
use accession_events::ids::{AccountId, CopyId, HoldId, LibraryId, LoanId, PatronId};
use accession_events::library::LibraryKind;

use super::{parsed, value};

fn account() -> AccountId {
    parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5a")
}

fn library() -> LibraryId {
    parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5b")
}

fn copy() -> CopyId {
    parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c")
}

fn loan() -> LoanId {
    parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d")
}

fn hold() -> HoldId {
    parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5e")
}

fn outsider() -> PatronId {
    parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e6a")
}

pub(super) fn policy_events() -> Vec<PolicyEvent> {
    vec![PolicyEvent::LendingPolicySet {
        terms: LendingTerms::usual(LibraryKind::Lending),
        by: account(),
    }]
}

pub(super) fn patron_events() -> Vec<PatronEvent> {
    let (loan, copy, hold) = (loan(), copy(), hold());
    vec![
        PatronEvent::PatronRegistered {
            library: library(),
            account: None,
            name: Some(value(
                r#"{"subject":"0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e6a","box":"AAECAwQF"}"#,
            )),
            by: account(),
        },
        PatronEvent::CopyBorrowed { loan, copy },
        PatronEvent::CopyGivenBack { loan, copy },
        PatronEvent::QueueJoined { hold, copy },
        PatronEvent::QueueLeft { hold, copy },
    ]
}

pub(super) fn lending_events() -> Vec<LendingEvent> {
    let (loan, hold, by) = (loan(), hold(), account());
    let member = Borrower::member(library(), account());
    let outside = Borrower::outside(outsider());
    vec![
        LendingEvent::LoanOpened {
            loan,
            library: library(),
            title: super::title_id(),
            borrower: member,
            lent_at: parsed("2026-11-21T10:00:00Z"),
            due_at: parsed("2026-12-05T23:59:59Z"),
            how: LentHow::SelfService,
            policy: 3,
            hold: Some(hold),
            by,
        },
        LendingEvent::LoanRenewed {
            loan,
            borrower: member,
            due_at: parsed("2026-12-19T23:59:59Z"),
            renewals: 1,
            by,
        },
        LendingEvent::LoanReturned {
            loan,
            borrower: member,
            returned_at: parsed("2026-12-18T09:00:00Z"),
            by: Some(by),
        },
        LendingEvent::LoanLost {
            loan,
            borrower: outside,
            reported_at: parsed("2026-12-18T09:00:00Z"),
            by,
        },
        LendingEvent::HoldPlaced {
            hold,
            library: library(),
            title: super::title_id(),
            borrower: outside,
            placed_at: parsed("2026-11-22T10:00:00Z"),
            by,
        },
        LendingEvent::HoldOffered {
            hold,
            borrower: outside,
            until: parsed("2026-12-21T23:59:59Z"),
        },
        LendingEvent::HoldExpired {
            hold,
            borrower: outside,
        },
        LendingEvent::HoldCancelled {
            hold,
            borrower: member,
            by: None,
        },
    ]
}
