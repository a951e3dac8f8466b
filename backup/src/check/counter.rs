//! Borrowers, loans and queues.
//!
//! Never a copy that is out twice, and never a time after the file was made.

use std::collections::{HashMap, HashSet};

use accession_events::circulation::LendingTerms;
use accession_events::holdings::CopyState;
use accession_events::ids::{AccountId, CopyId, LoanId, PatronId};
use jiff::Timestamp;

use super::At;
use crate::fault::Fault;
use crate::line::CopyLine;
use crate::people::{BorrowerLine, HoldLine, LoanLine, LoanOutcome, MemberLine};

/// The most loans and holds of one borrower, and the most times that a loan is renewed.
const MOST: u16 = 1_000;
/// The longest time for which anything is lent or kept, in days.
const LONGEST_DAYS: u16 = 366;

#[derive(Default)]
pub(super) struct Counter {
    members: HashSet<AccountId>,
    borrowers: HashSet<PatronId>,
    copies: HashMap<CopyId, Lent>,
    loans: HashSet<LoanId>,
    holds: HashSet<(CopyId, PatronId)>,
}

/// How far a copy's loans have come.
struct Lent {
    state: CopyState,
    last: Option<LoanId>,
    /// When the last one ended; nothing while it is open.
    since: Option<Timestamp>,
    waited_for: bool,
}

impl Counter {
    pub(super) fn member(&mut self, at: At, member: &MemberLine) -> Result<(), Fault> {
        if self.members.insert(member.account) {
            Ok(())
        } else {
            Err(at.twice("member", member.account))
        }
    }

    pub(super) fn borrower(&mut self, at: At, borrower: &BorrowerLine) -> Result<(), Fault> {
        if self.borrowers.insert(borrower.id) {
            Ok(())
        } else {
            Err(at.twice("borrower", borrower.id))
        }
    }

    pub(super) fn copy(&mut self, at: At, copy: &CopyLine) -> Result<(), Fault> {
        let lent = Lent {
            state: copy.state,
            last: None,
            since: Some(Timestamp::MIN),
            waited_for: false,
        };
        match self.copies.insert(copy.id, lent) {
            None => Ok(()),
            Some(_) => Err(at.twice("copy", copy.id)),
        }
    }

    pub(super) fn loan(
        &mut self,
        at: At,
        loan: &LoanLine,
        made_at: Timestamp,
    ) -> Result<(), Fault> {
        let copy = self.copies.get_mut(&loan.copy);
        let copy = copy.ok_or_else(|| at.unknown("copy", loan.copy))?;
        if !self.borrowers.contains(&loan.borrower) {
            return Err(at.unknown("borrower", loan.borrower));
        }
        if !self.loans.insert(loan.id) {
            return Err(at.twice("loan", loan.id));
        }
        goes_together(at, loan, made_at)?;
        if copy.since.is_none_or(|since| since > loan.lent_at) {
            return Err(at.fault("out_already", "the copy was out already when it was lent"));
        }
        if loan.outcome == LoanOutcome::Open && copy.state != CopyState::Present {
            let message = format!("the copy is out and {}", copy.state.as_str());
            return Err(at.fault("not_there", message));
        }
        (copy.last, copy.since) = (Some(loan.id), loan.ended_at);
        Ok(())
    }

    pub(super) fn hold(
        &mut self,
        at: At,
        hold: &HoldLine,
        made_at: Timestamp,
    ) -> Result<(), Fault> {
        let copy = self.copies.get_mut(&hold.copy);
        let copy = copy.ok_or_else(|| at.unknown("copy", hold.copy))?;
        if !self.borrowers.contains(&hold.borrower) {
            return Err(at.unknown("borrower", hold.borrower));
        }
        if !self.holds.insert((hold.copy, hold.borrower)) {
            return Err(at.twice("place in the queue of the borrower", hold.borrower));
        }
        if hold.placed_at > made_at {
            return Err(late(at, "placed_at"));
        }
        copy.waited_for = true;
        Ok(())
    }

    pub(super) fn waited_for_since(self) -> HashMap<CopyId, LoanId> {
        let waited_for = self.copies.into_iter().filter(|(_, copy)| {
            // An open loan is waited for as it is.
            copy.waited_for && copy.since.is_some()
        });
        waited_for
            .filter_map(|(id, copy)| Some((id, copy.last?)))
            .collect()
    }
}

/// Whether a library may lend on these terms.
pub(super) fn terms(at: At, terms: &LendingTerms) -> Result<(), Fault> {
    let days = 1..=LONGEST_DAYS;
    let fine = days.contains(&terms.period_days)
        && days.contains(&terms.pick_up_days)
        && terms.renewals <= MOST
        && (1..=MOST).contains(&terms.loans_per_patron)
        && terms.holds_per_patron <= MOST;
    if fine {
        return Ok(());
    }
    let message = format!(
        "`terms` are such as no library has: days are 1 to {LONGEST_DAYS}, everything else is {MOST} at most"
    );
    Err(at.fault("bad_terms", message))
}

fn goes_together(at: At, loan: &LoanLine, made_at: Timestamp) -> Result<(), Fault> {
    if loan.lent_at > made_at || loan.ended_at.is_some_and(|ended| ended > made_at) {
        return Err(late(at, "lent_at"));
    }
    if loan.due_at <= loan.lent_at {
        return Err(at.fault("due_in_the_past", "`due_at` is not later than `lent_at`"));
    }
    if loan.ended_at.is_some_and(|ended| ended < loan.lent_at) {
        return Err(at.fault("back_before_out", "the loan ended before it began"));
    }
    if loan.ended_at.is_some() == (loan.outcome == LoanOutcome::Open) {
        let message = "a loan that is over has `ended_at`, and an open one has none";
        return Err(at.fault("bad_outcome", message));
    }
    if loan.renewals > MOST {
        let message = format!("a loan is renewed {MOST} times at most");
        return Err(at.fault("renewed_often", message));
    }
    Ok(())
}

fn late(at: At, field: &str) -> Fault {
    let message = format!("`{field}` is later than the file was made");
    at.fault("in_the_future", message)
}
