//! One pass over the lines of a file: each kind is taken together as far as it goes, and each line after those it refers to.
//!
//! Never holds more than the ids of what was restored, and a few lines that are taken together.

// tidy: allow wall because a library is kept as a whole: its places, its copies, what they are copies of, and who has them

use std::collections::{HashMap, HashSet};

use accession_backup::{
    BorrowerLine, CopyLine, EditionLine, Line, LoanLine, MemberLine, PlaceLine, TitleLine, lines,
};
use accession_events::holdings::CopyState;
use accession_events::ids::{AccountId, CopyId, EditionId, PatronId, PlaceId, TitleId};
use accession_service::problem::Problem;
use http::StatusCode;

use super::ids::Ids;
use super::{Report, Restore, Restoring};
use crate::circulation::counter::Who;

/// How many places are set up by one step.
const PLACES: usize = 200;
/// How many copies are taken in by one step.
pub(super) const COPIES: usize = 50;

/// A line and its number.
pub(super) type Numbered<T> = (u64, T);

/// A restore that is going on.
pub(super) struct Going<'a> {
    pub(super) to: &'a Restoring,
    pub(super) asked: &'a Restore<'a>,
    pub(super) ids: Ids,
    pub(super) report: Report,
    pub(super) places: Vec<Numbered<PlaceLine>>,
    pub(super) titles: Vec<TitleLine>,
    pub(super) editions: Vec<EditionLine>,
    pub(super) copies: Vec<Numbered<CopyLine>>,
    /// The catalogue's titles by those of the file.
    pub(super) title_ids: HashMap<TitleId, TitleId>,
    /// The catalogue's editions by those of the file, and whose they are.
    pub(super) edition_ids: HashMap<EditionId, (EditionId, TitleId)>,
    /// The slots in the file of copies that stand at a place already, in order.
    pub(super) slots: HashMap<PlaceId, Vec<u32>>,
    pub(super) borrowers: HashMap<PatronId, Who>,
    /// The library's copies by those of the file, as far as they could be taken in.
    pub(super) copy_ids: HashMap<CopyId, CopyId>,
    /// Copies of the file that were lost on a loan.
    pub(super) lost: HashSet<CopyId>,
    /// Loans that end when everybody waits who began to while they were open.
    pub(super) returns: Vec<Numbered<LoanLine>>,
    /// What becomes of copies when everything was lent.
    pub(super) states: Vec<(u64, CopyId, CopyState)>,
}

impl<'a> Going<'a> {
    pub(super) fn new(to: &'a Restoring, asked: &'a Restore<'a>, ids: Ids) -> Self {
        Self {
            to,
            asked,
            ids,
            report: Report::default(),
            places: Vec::new(),
            titles: Vec::new(),
            editions: Vec::new(),
            copies: Vec::new(),
            title_ids: HashMap::new(),
            edition_ids: HashMap::new(),
            slots: HashMap::new(),
            borrowers: HashMap::new(),
            copy_ids: HashMap::new(),
            lost: HashSet::new(),
            returns: Vec::new(),
            states: Vec::new(),
        }
    }

    pub(super) fn into_report(self) -> Report {
        self.report
    }

    /// Takes every line of the file.
    pub(super) async fn take_all(&mut self) -> Result<(), Problem> {
        for line in lines(self.asked.file.body) {
            // It was checked as a whole before.
            let (number, line) = line.map_err(|_| Problem::internal())?;
            self.take(number, line).await?;
        }
        self.flush().await?;
        self.end_loans().await?;
        self.set_states().await
    }

    async fn take(&mut self, number: u64, line: Line) -> Result<(), Problem> {
        match line {
            Line::Library(_) | Line::End(_) => {}
            Line::Place(place) => {
                self.places.push((number, place));
                if self.places.len() == PLACES {
                    self.set_up_places().await?;
                }
            }
            Line::Title(title) => self.titles.push(title),
            Line::Edition(edition) => self.editions.push(edition),
            Line::Copy(copy) => {
                self.set_up_places().await?;
                self.enter_works().await?;
                self.copies.push((number, copy));
                if self.copies.len() == COPIES {
                    self.take_in_copies().await?;
                }
            }
            Line::Member(member) => self.member(number, &member),
            Line::Borrower(borrower) => self.borrower(borrower).await?,
            Line::Loan(loan) => {
                self.flush().await?;
                self.lend(number, loan).await?;
            }
            Line::Hold(hold) => {
                self.flush().await?;
                self.queue(number, &hold).await?;
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Problem> {
        self.set_up_places().await?;
        self.enter_works().await?;
        self.take_in_copies().await
    }

    /// Members come by invitation: a file makes nobody one.
    fn member(&mut self, number: u64, member: &MemberLine) {
        if member.account != self.asked.me {
            let message = "nobody becomes a member by a file: invite them";
            self.report
                .reject(number, "member", "members_are_invited", message);
        }
    }

    /// A borrower of the file: the one who restores it, or somebody outside by name.
    async fn borrower(&mut self, borrower: BorrowerLine) -> Result<(), Problem> {
        let who = if borrower.account == Some(self.asked.me) {
            Who::Member(self.asked.account)
        } else {
            let patron = self.ids.patron(borrower.id);
            let name = self.to.counter.seal_name(patron, &borrower.name).await;
            Who::Newcomer(patron, name.map_err(|error| super::loans::trouble(&error))?)
        };
        self.borrowers.insert(borrower.id, who);
        Ok(())
    }

    /// The account here of a member of the file.
    pub(super) fn account(&self, of_file: AccountId) -> Option<AccountId> {
        (of_file == self.asked.me).then_some(self.asked.account)
    }
}

/// Whether a problem is about what was asked for, so that everything else can go on.
pub(super) fn is_refusal(problem: &Problem) -> bool {
    let status = problem.status();
    status.is_client_error()
        && status != StatusCode::TOO_MANY_REQUESTS
        && problem.code() != "conflict"
}
