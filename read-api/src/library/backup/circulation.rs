//! Who has had the copies of a backup, who has them, and who waits: each borrower before what they borrow.
//!
//! Never a loan or a hold of somebody who was forgotten, or of a copy that the library lists no longer.

use std::collections::{BTreeSet, HashMap};

use accession_backup::{BorrowerLine, HoldLine, Line, LoanLine, LoanOutcome};
use accession_events::ids::{AccountId, PatronId};
use accession_events::values::PersonName;
use accession_projector::circulation::{
    AvailabilityDocument, LoanDocument, LoanState, PatronDocument,
};
use accession_projector::library::MemberDocument;

use super::{Backup, ROUTE, keys};
use crate::library::called;
use crate::streaming::BrokenOff;
use crate::viewing::Viewer;

/// A borrower, and the account that they have.
type Whose = (PatronId, Option<AccountId>);

impl Backup {
    /// All loans of the copies that were told, in the order in which they began.
    pub(super) async fn loans(&mut self) -> Result<(), BrokenOff> {
        let mut after = None;
        loop {
            let loans = self.sources.loans.clone();
            let (entries, next) = self.stretch(&loans, ":all", after).await?;
            let mut found: Vec<LoanDocument> = self.reads.all(&loans, &keys(entries)).await?;
            found.retain(|loan| self.told.copies.contains(&loan.copy_id));
            let whose = found.iter().map(|loan| (loan.patron_id, loan.account_id));
            self.borrowers(whose.collect()).await?;
            for loan in found {
                if self.told.borrowers.contains(&loan.patron_id) {
                    self.line(&Line::Loan(loan_line(&loan))).await?;
                }
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Whoever waits for copies that were told, queue by queue.
    pub(super) async fn holds(&mut self) -> Result<(), BrokenOff> {
        let mut after = None;
        loop {
            let queues = self.sources.queues.clone();
            let (entries, next) = self.stretch(&queues, ":holds", after).await?;
            let mut found: Vec<AvailabilityDocument> =
                self.reads.all(&queues, &keys(entries)).await?;
            found.retain(|copy| self.told.copies.contains(&copy.copy_id));
            let waiting = found.iter().flat_map(|copy| &copy.queue);
            let whose = waiting.map(|hold| (hold.patron_id, hold.account_id));
            self.borrowers(whose.collect()).await?;
            for copy in found {
                for hold in copy.queue {
                    if !self.told.borrowers.contains(&hold.patron_id) {
                        continue;
                    }
                    let line = Line::Hold(HoldLine {
                        id: hold.hold_id,
                        copy: copy.copy_id,
                        borrower: hold.patron_id,
                        placed_at: hold.placed_at,
                        kept_until: hold.kept_until,
                    });
                    self.line(&line).await?;
                }
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// These borrowers, as far as they were not told before and are called something.
    async fn borrowers(&mut self, mut whose: Vec<Whose>) -> Result<(), BrokenOff> {
        let mut seen = BTreeSet::new();
        whose.retain(|(patron, _)| !self.told.borrowers.contains(patron) && seen.insert(*patron));
        if whose.is_empty() {
            return Ok(());
        }
        let seen = whose.iter().map(|(patron, account)| {
            let account = account.map(|account| account.as_uuid());
            account.unwrap_or_else(|| patron.as_uuid())
        });
        let viewer = Viewer::account(self.visit.who.account.as_uuid());
        self.reads.looked(viewer, ROUTE, seen).await?;
        let names = self.names_of(&whose).await?;
        for (id, account) in whose {
            let Some(name) = names.get(&id).cloned() else {
                continue;
            };
            self.told.borrowers.insert(id);
            let line = Line::Borrower(BorrowerLine { id, name, account });
            self.line(&line).await?;
        }
        Ok(())
    }

    async fn names_of(&self, whose: &[Whose]) -> Result<HashMap<PatronId, PersonName>, BrokenOff> {
        let library = self.visit.library;
        let accounts: BTreeSet<AccountId> =
            whose.iter().filter_map(|(_, account)| *account).collect();
        let accounts: Vec<String> = accounts.iter().map(ToString::to_string).collect();
        let outside = whose.iter().filter(|(_, account)| account.is_none());
        let outside: Vec<String> = outside.map(|(patron, _)| patron.to_string()).collect();
        let members: Vec<MemberDocument> = self.reads.all(&self.sources.members, &accounts).await?;
        let patrons: Vec<PatronDocument> = self.reads.all(&self.sources.patrons, &outside).await?;
        let members: HashMap<AccountId, PersonName> = members
            .into_iter()
            .filter_map(|member| Some((member.account_id, called(&member, library)?)))
            .collect();
        let patrons: HashMap<PatronId, PersonName> = patrons
            .into_iter()
            .filter(|patron| patron.library_id == library)
            .filter_map(|patron| Some((patron.id, patron.name?)))
            .collect();
        let name = |(patron, account): &Whose| {
            let name = match account {
                Some(account) => members.get(account),
                None => patrons.get(patron),
            };
            Some((*patron, name?.clone()))
        };
        Ok(whose.iter().filter_map(name).collect())
    }
}

const fn loan_line(loan: &LoanDocument) -> LoanLine {
    LoanLine {
        id: loan.id,
        copy: loan.copy_id,
        borrower: loan.patron_id,
        lent_at: loan.lent_at,
        due_at: loan.due_at,
        how: loan.how,
        renewals: loan.renewals,
        outcome: match loan.state {
            LoanState::Open => LoanOutcome::Open,
            LoanState::Returned => LoanOutcome::Returned,
            LoanState::Lost => LoanOutcome::Lost,
        },
        ended_at: loan.ended_at,
    }
}
