//! The loans and holds of a file, carried out at the counter in its order, at the times that it tells.
//!
//! Never a loan twice: each step has a key of its own, under which the log knows it. A copy that is in and waited for is given
//! back only when everybody waits who began to while it was out.

// tidy: allow wall because a library is kept as a whole: its places, its copies, what they are copies of, and who has them

use std::sync::Arc;

use accession_backup::{HoldLine, LoanLine, LoanOutcome};
use accession_event_log::{Given, Keyed};
use accession_events::circulation::LendingEvent;
use accession_events::ids::{CopyId, PatronId};
use accession_service::problem::Problem;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::going::Going;
use super::opening::given;
use super::scope;
use crate::circulation::counter::{Deed, What, Who};
use crate::circulation::error::{CirculationError, LONGEST_LOAN_DAYS};
use crate::holdings::copy::CopyCommand;
use crate::http::failure::{from_repository, from_seal};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// One step of a loan or a hold.
struct Step<'a> {
    line: u64,
    what: &'static str,
    copy: CopyId,
    /// Of what it is a step, and which.
    of: Uuid,
    called: &'a str,
    deed: What,
    at: Timestamp,
}

impl Going<'_> {
    /// Lends a copy as it was lent, and takes it back as it came back.
    pub(super) async fn lend(&mut self, line: u64, loan: LoanLine) -> Result<(), Problem> {
        let Some(to) = self.served(line, "loan", loan.copy, loan.borrower) else {
            return Ok(());
        };
        if self.lost.remove(&loan.copy) {
            self.tell_copy(line, loan.copy, &CopyCommand::Find).await?;
        }
        let lent = What::Lend {
            loan: self.ids.loan(loan.id),
            to,
            due_at: Some(first_due(&loan)),
            how: loan.how,
        };
        if !self
            .step(of_loan(line, &loan, "lend", lent, loan.lent_at))
            .await?
        {
            return Ok(());
        }
        self.renew(line, &loan).await?;
        self.report.restored.loans += 1;
        match (loan.outcome, loan.ended_at) {
            (LoanOutcome::Open, _) | (_, None) => {}
            (LoanOutcome::Lost, Some(at)) => {
                self.step(of_loan(line, &loan, "lost", What::ReportLost, at))
                    .await?;
                self.lost.insert(loan.copy);
            }
            (LoanOutcome::Returned, Some(at)) => {
                let since = self.asked.file.waited_for_since.get(&loan.copy);
                if since == Some(&loan.id) {
                    self.returns.push((line, loan));
                } else {
                    self.step(of_loan(line, &loan, "return", What::TakeBack(None), at))
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// Renews it as often as it was: a day later each time, up to the day on which it was due at last.
    async fn renew(&mut self, line: u64, loan: &LoanLine) -> Result<(), Problem> {
        let period = i32::from(self.asked.file.library.terms.period_days);
        for time in 1..=loan.renewals {
            let before = i32::from(loan.renewals - time);
            let due = loan.due_at - DAY * before;
            let step = format!("renewal {time}");
            let renewed = of_loan(line, loan, &step, What::Renew(None), due - DAY * period);
            if !self.step(renewed).await? {
                break;
            }
        }
        Ok(())
    }

    /// Has somebody wait as they waited.
    pub(super) async fn queue(&mut self, line: u64, hold: &HoldLine) -> Result<(), Problem> {
        let Some(who) = self.served(line, "hold", hold.copy, hold.borrower) else {
            return Ok(());
        };
        let waits = Step {
            line,
            what: "hold",
            copy: hold.copy,
            of: hold.id.as_uuid(),
            called: "wait",
            deed: What::PlaceHold(self.ids.hold(hold.id), who),
            at: hold.placed_at,
        };
        if self.step(waits).await? {
            self.report.restored.holds += 1;
        }
        Ok(())
    }

    /// Ends the loans that had to wait for those who wait.
    pub(super) async fn end_loans(&mut self) -> Result<(), Problem> {
        for (line, loan) in std::mem::take(&mut self.returns) {
            if let Some(at) = loan.ended_at {
                self.step(of_loan(line, &loan, "return", What::TakeBack(None), at))
                    .await?;
            }
        }
        Ok(())
    }

    /// Who borrows a copy that is there.
    fn served(
        &mut self,
        line: u64,
        what: &'static str,
        copy: CopyId,
        borrower: PatronId,
    ) -> Option<Who> {
        if !self.copy_ids.contains_key(&copy) {
            let message = format!("the copy {copy} of the file could not be restored");
            self.report.reject(line, what, "no_such_copy", message);
            return None;
        }
        self.borrowers.get(&borrower).cloned()
    }

    /// Takes a step at the counter, unless it was taken before; whether it was.
    async fn step(&mut self, step: Step<'_>) -> Result<bool, Problem> {
        let Some(copy) = self.copy_ids.get(&step.copy).copied() else {
            return Ok(false);
        };
        let deed = Deed {
            library: self.ids.library(),
            copy,
            what: step.deed,
            at: step.at,
            by: Some(self.asked.account),
        };
        let keyed = Keyed {
            scope: scope(self.ids.library()),
            key: format!("{} {}", step.of, step.called),
            fingerprint: self.asked.digest.clone(),
            answer: Arc::new(|version| version.to_string()),
        };
        let given = given(self.asked);
        let given = |_: &[LendingEvent]| Given {
            idempotency: Some(keyed.clone()),
            ..given.clone()
        };
        match self.to.counter.carry_out(&deed, &given).await {
            Ok(_) => Ok(true),
            Err(error) if is_trouble(&error) => Err(trouble(&error)),
            Err(refusal) => {
                let message = format!("{}: {refusal}", step.called);
                self.report.reject(step.line, step.what, "refused", message);
                Ok(false)
            }
        }
    }
}

const fn of_loan<'a>(
    line: u64,
    loan: &LoanLine,
    called: &'a str,
    deed: What,
    at: Timestamp,
) -> Step<'a> {
    Step {
        line,
        what: "loan",
        copy: loan.copy,
        of: loan.id.as_uuid(),
        called,
        deed,
        at,
    }
}

/// Until when a copy was lent before it was renewed: that is not kept, so it is any time before the renewals.
fn first_due(loan: &LoanLine) -> Timestamp {
    if loan.renewals > 0 {
        return loan.lent_at + SignedDuration::from_secs(1);
    }
    let longest = loan.lent_at + SignedDuration::from_hours(24 * LONGEST_LOAN_DAYS);
    loan.due_at.min(longest)
}

/// Whether it is not the counter that says no.
const fn is_trouble(error: &CirculationError) -> bool {
    matches!(
        error,
        CirculationError::Overtaken
            | CirculationError::KeyReused
            | CirculationError::Libraries(_)
            | CirculationError::Library(_)
            | CirculationError::Repository(_)
            | CirculationError::Seal(_)
    )
}

/// The problem for what went wrong, so that the restore stops: it goes on when the same file is sent again.
pub(super) fn trouble(error: &CirculationError) -> Problem {
    match error {
        CirculationError::Repository(error) => from_repository(error),
        CirculationError::Seal(error) => from_seal(error),
        CirculationError::Library(error) => Problem::new(
            http::StatusCode::CONFLICT,
            "library_changed",
            error.to_string(),
        ),
        CirculationError::Overtaken => {
            Problem::new(http::StatusCode::CONFLICT, "conflict", error.to_string())
                .retry_after(std::time::Duration::from_secs(1))
        }
        error => {
            tracing::error!(%error, "a loan could not be restored");
            Problem::internal()
        }
    }
}
