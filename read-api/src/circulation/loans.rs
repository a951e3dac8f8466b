//! What has this library lent, and to whom?
//!
//! Never answered to borrowers, who see what is their own; each view of others' loans is written down.

use accession_events::ids::LibraryId;
use accession_projector::circulation::LoanDocument;
use accession_read_store::{IndexRange, ListedEntry};
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use super::filter::{LoanFilter, Which};
use super::must_see_borrowers;
use super::shown::{LoanView, Who, shown};
use crate::asking::{Asked, Cursor, Segment};
use crate::cache::Standing;
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::{Reads, now, unavailable};
use crate::viewing::Viewer;
use crate::visiting::{Visit, made};

/// As views of this question are written down.
const ROUTE: &str = "/api/read/libraries/{id}/loans";

/// The loans of a library: for its staff, at home for everyone who sees the whole library. Each comes with its title and
/// with what the borrower is called.
#[utoipa::path(get, path = "/api/read/libraries/{id}/loans", tag = "circulation", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), LoanFilter, Paging),
    responses((status = 200, body = Page<LoanView>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not of the staff"),
        Problems))]
pub(super) async fn loans(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["state", "cursor", "limit"])?;
    let visit = asked.visit(&id, MemberRole::Viewer)?;
    must_see_borrowers(&visit)?;
    let which = Which::asked(&asked)?;
    let standing = reads.standing(Model::Loan, &asked).await?;
    let whose = format!("library:{}", visit.library);
    let (found, next) = reads.loans_of(&asked, &standing, &whose, which).await?;
    let joins = reads.joins(&asked).await?;
    let titles = reads
        .lent_titles(&joins, found.iter().map(|loan| loan.title_id))
        .await?;
    let borrowers: Vec<Who> = found.iter().map(Who::of).collect();
    let names = reads
        .borrower_names(&joins, visit.library, &borrowers)
        .await?;
    reads.looked_at_borrowers(&visit, ROUTE, &borrowers).await?;
    let now = now();
    let items: Vec<LoanView> = found
        .into_iter()
        .map(|loan| shown(loan, &titles, &names, now))
        .collect();
    let page = Page {
        items,
        next_cursor: next.map(|cursor| cursor.text()),
    };
    let [titles, members, patrons] = joins.standings();
    made(&asked, &page, &[standing, titles, members, patrons])
}

/// This moment, as due dates are sorted.
fn present() -> String {
    format!("{:020}", now().as_microsecond().max(0))
}

impl Reads {
    /// A page of somebody's loans: `whose` is the first part of an index of loans.
    pub(super) async fn loans_of(
        &self,
        asked: &Asked,
        standing: &Standing,
        whose: &str,
        which: Which,
    ) -> Result<(Vec<LoanDocument>, Option<Cursor>), Problem> {
        let (entries, next) = match which {
            Which::Overdue => self.overdue(asked, standing, whose).await?,
            Which::Active => {
                let index = format!("{whose}:open");
                let list = List {
                    index,
                    descending: false,
                };
                self.entries_of(asked, standing, list).await?
            }
            Which::All => {
                let index = format!("{whose}:all");
                let list = List {
                    index,
                    descending: true,
                };
                self.entries_of(asked, standing, list).await?
            }
        };
        let keys: Vec<String> = entries.into_iter().map(|entry| entry.key).collect();
        Ok((self.all(standing, &keys).await?, next))
    }

    /// Open loans that are due before now. They are the first of those that are open, which are sorted by due date.
    async fn overdue(
        &self,
        asked: &Asked,
        standing: &Standing,
        whose: &str,
    ) -> Result<(Vec<ListedEntry>, Option<Cursor>), Problem> {
        let limit = asked.limit()?;
        let question = format!("{}:{whose}:overdue", standing.model.name());
        let range = IndexRange {
            after: asked.cursor(&question)?,
            index: format!("{whose}:open"),
            prefix: String::new(),
            descending: false,
            skip: 0,
            limit: limit + 1,
        };
        let present = present();
        let mut entries = self.entries(standing, &range).await?;
        entries.retain(|entry| entry.sort < present);
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| more);
        let next = next.map(|last| Cursor::behind(question, last));
        Ok((entries, next))
    }

    /// How many copies of a library are out and should be back: counted in the index of those that are out, where they are
    /// sorted by due date.
    pub(crate) async fn overdue_in(
        &self,
        standing: &Standing,
        library: LibraryId,
    ) -> Result<u64, Problem> {
        let index = format!("library:{library}:open");
        let counted = self.hot().count_below(standing, &index, &present()).await;
        counted.map_err(|trouble| unavailable(&trouble))
    }

    /// Writes down that somebody is about to be shown what others have borrowed.
    pub(super) async fn looked_at_borrowers(
        &self,
        visit: &Visit,
        route: &'static str,
        borrowers: &[Who],
    ) -> Result<(), Problem> {
        let viewer = Viewer::account(visit.who.account.as_uuid());
        let subjects = borrowers.iter().map(|who| who.viewed());
        self.looked(viewer, route, subjects).await
    }
}
