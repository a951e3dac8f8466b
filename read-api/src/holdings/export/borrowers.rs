//! Who has the copies of an export, and whose they are, by name.
//!
//! Never tells a borrower's name before it is written down who is about to see it.

// tidy: allow wall because an export joins what the catalogue, the counter and the library say of a copy

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use accession_events::ids::{AccountId, CopyId, PatronId};
use accession_events::values::PersonName;
use accession_projector::circulation::{LoanDocument, PatronDocument};
use accession_projector::holdings::CopyDocument;
use accession_projector::library::MemberDocument;
use accession_service::problem::Problem;

use crate::asking::Asked;
use crate::cache::Standing;
use crate::library::called;
use crate::models::Model;
use crate::reads::Reads;
use crate::viewing::Viewer;
use crate::visiting::Visit;

/// As views of this question are written down.
const ROUTE: &str = "/api/read/libraries/{id}/export";

/// Where loans, members and people outside stand.
pub(super) struct Borrowers {
    loans: Arc<Standing>,
    members: Arc<Standing>,
    patrons: Arc<Standing>,
}

/// Who has some copies, and whose they are.
#[derive(Default)]
pub(super) struct People {
    loans: HashMap<CopyId, LoanDocument>,
    members: HashMap<AccountId, PersonName>,
    outside: HashMap<PatronId, PersonName>,
}

impl Borrowers {
    pub(super) async fn of(reads: &Reads, asked: &Asked) -> Result<Self, Problem> {
        let models = [Model::Loan, Model::Member, Model::Patron];
        let [loans, members, patrons] = reads.standings(models, asked).await?;
        Ok(Self {
            loans,
            members,
            patrons,
        })
    }

    pub(super) fn all(&self) -> [Arc<Standing>; 3] {
        [&self.loans, &self.members, &self.patrons].map(Arc::clone)
    }

    /// Who has these copies, and whose they are.
    pub(super) async fn people(
        &self,
        reads: &Reads,
        visit: &Visit,
        copies: &[CopyDocument],
    ) -> Result<People, Problem> {
        let out = copies
            .iter()
            .filter_map(|copy| Some(copy.loan_id?.to_string()));
        let out: Vec<String> = out.collect();
        let loans: Vec<LoanDocument> = reads.all(&self.loans, &out).await?;
        let seen = loans.iter().map(|loan| {
            let account = loan.account_id.map(|account| account.as_uuid());
            account.unwrap_or_else(|| loan.patron_id.as_uuid())
        });
        let viewer = Viewer::account(visit.who.account.as_uuid());
        reads.looked(viewer, ROUTE, seen).await?;
        let owners = copies.iter().filter_map(|copy| copy.owner);
        let accounts = loans.iter().filter_map(|loan| loan.account_id);
        let accounts: BTreeSet<AccountId> = accounts.chain(owners).collect();
        let outside = loans.iter().filter(|loan| loan.account_id.is_none());
        let outside: BTreeSet<PatronId> = outside.map(|loan| loan.patron_id).collect();
        let accounts: Vec<String> = accounts.iter().map(ToString::to_string).collect();
        let outside: Vec<String> = outside.iter().map(ToString::to_string).collect();
        let members: Vec<MemberDocument> = reads.all(&self.members, &accounts).await?;
        let patrons: Vec<PatronDocument> = reads.all(&self.patrons, &outside).await?;
        let named = |member: MemberDocument| {
            let name = called(&member, visit.library)?;
            Some((member.account_id, name))
        };
        let of_library = patrons
            .into_iter()
            .filter(|of| of.library_id == visit.library);
        Ok(People {
            loans: loans.into_iter().map(|loan| (loan.copy_id, loan)).collect(),
            members: members.into_iter().filter_map(named).collect(),
            outside: of_library
                .filter_map(|of| Some((of.id, of.name?)))
                .collect(),
        })
    }
}

impl People {
    /// The loan on which a copy is out.
    pub(super) fn loan_of(&self, copy: CopyId) -> Option<&LoanDocument> {
        self.loans.get(&copy)
    }

    /// What the one who borrowed is called.
    pub(super) fn borrower(&self, loan: &LoanDocument) -> Option<PersonName> {
        match loan.account_id {
            Some(account) => self.member(account),
            None => self.outside.get(&loan.patron_id).cloned(),
        }
    }

    /// What a member is called, or was when they were removed.
    pub(super) fn member(&self, account: AccountId) -> Option<PersonName> {
        self.members.get(&account).cloned()
    }
}
