//! What a loan looks like to whoever may see it: with what was lent, and who has it.
//!
//! Never joins a name to a loan for somebody who may not see it.

// tidy: allow wall because what a visitor of a library may see is decided and shown as there

use std::collections::HashMap;
use std::sync::Arc;

use accession_events::ids::{AccountId, LibraryId, PatronId, TitleId};
use accession_events::values::{PersonName, WebUrl};
use accession_projector::circulation::{LoanDocument, PatronDocument};
use accession_projector::library::MemberDocument;
use accession_service::problem::Problem;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::asking::Asked;
use crate::cache::Standing;
use crate::library::called;
use crate::models::Model;
use crate::reads::Reads;

/// What was lent, as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct LentTitle {
    /// The title's id.
    #[schema(value_type = Uuid)]
    id: TitleId,
    /// What it is called.
    #[schema(example = "Emma")]
    name: String,
    /// Who wrote it.
    #[schema(value_type = Vec<String>)]
    authors: Vec<PersonName>,
    /// Address of a cover.
    #[schema(value_type = Option<String>)]
    cover: Option<WebUrl>,
}

impl LentTitle {
    /// What it is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// A loan, with what was lent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LoanView {
    /// The loan.
    #[serde(flatten)]
    pub(super) loan: LoanDocument,
    /// Whether the copy is out and should be back.
    pub(super) overdue: bool,
    /// What was lent; null while nobody may see the title.
    pub(super) title: Option<LentTitle>,
    /// What the borrower is called; null for one's own loans, and when they were forgotten.
    #[schema(value_type = Option<String>)]
    pub(super) borrower_name: Option<PersonName>,
}

/// Who borrows: on which list, and with which account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Who {
    pub(super) patron: PatronId,
    pub(super) account: Option<AccountId>,
}

impl Who {
    pub(super) const fn of(loan: &LoanDocument) -> Self {
        Self {
            patron: loan.patron_id,
            account: loan.account_id,
        }
    }

    /// As whom a view of them is written down.
    pub(super) fn viewed(self) -> Uuid {
        self.account
            .map_or(self.patron.as_uuid(), |account| account.as_uuid())
    }
}

/// The models that names and titles come from.
pub(super) struct Joins {
    titles: Arc<Standing>,
    members: Arc<Standing>,
    patrons: Arc<Standing>,
}

impl Joins {
    /// Where they stand, for an answer that names them.
    pub(super) fn standings(self) -> [Arc<Standing>; 3] {
        [self.titles, self.members, self.patrons]
    }
}

impl Reads {
    /// Where titles, members and patrons stand.
    pub(super) async fn joins(&self, asked: &Asked) -> Result<Joins, Problem> {
        let [titles, members, patrons] = self
            .standings([Model::TitleCard, Model::Member, Model::Patron], asked)
            .await?;
        Ok(Joins {
            titles,
            members,
            patrons,
        })
    }

    /// Titles by id, as lists show them; without those that readers do not see.
    pub(super) async fn lent_titles(
        &self,
        joins: &Joins,
        ids: impl Iterator<Item = TitleId>,
    ) -> Result<HashMap<TitleId, LentTitle>, Problem> {
        let cards = self.standing_cards(&joins.titles, ids).await?;
        let seen = cards.into_iter().filter(|(_, card)| card.active);
        Ok(seen
            .map(|(id, card)| {
                let title = LentTitle {
                    id: card.id,
                    name: card.name,
                    authors: card.authors,
                    cover: card.poster,
                };
                (id, title)
            })
            .collect())
    }

    /// What these borrowers are called in a library.
    pub(super) async fn borrower_names(
        &self,
        joins: &Joins,
        library: LibraryId,
        whose: &[Who],
    ) -> Result<HashMap<PatronId, PersonName>, Problem> {
        let accounts: Vec<String> = whose
            .iter()
            .filter_map(|who| who.account.map(|account| account.to_string()))
            .collect();
        let outside: Vec<String> = whose
            .iter()
            .filter(|who| who.account.is_none())
            .map(|who| who.patron.to_string())
            .collect();
        let members: Vec<MemberDocument> = self.all(&joins.members, &accounts).await?;
        let patrons: Vec<PatronDocument> = self.all(&joins.patrons, &outside).await?;
        let members: HashMap<AccountId, PersonName> = members
            .iter()
            .filter_map(|member| Some((member.account_id, called(member, library)?)))
            .collect();
        let mut names: HashMap<PatronId, PersonName> = patrons
            .into_iter()
            .filter(|patron| patron.library_id == library)
            .filter_map(|patron| Some((patron.id, patron.name?)))
            .collect();
        for who in whose {
            let name = who.account.and_then(|account| members.get(&account));
            if let Some(name) = name {
                names.insert(who.patron, name.clone());
            }
        }
        Ok(names)
    }
}

/// A loan as it is shown at this time.
pub(super) fn shown(
    loan: LoanDocument,
    titles: &HashMap<TitleId, LentTitle>,
    names: &HashMap<PatronId, PersonName>,
    now: Timestamp,
) -> LoanView {
    LoanView {
        overdue: loan.ended_at.is_none() && loan.due_at < now,
        title: titles.get(&loan.title_id).cloned(),
        borrower_name: names.get(&loan.patron_id).cloned(),
        loan,
    }
}
