//! Can this copy be had, and if not, when? For those who may know: who has it.
//!
//! Never who has it or who waits to a borrower, but for what is their own.

use accession_events::circulation::Borrower;
use accession_events::ids::{AccountId, CopyId, HoldId, LoanId, PatronId};
use accession_events::values::PersonName;
use accession_projector::circulation::AvailabilityDocument;
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::sees_borrowers;
use super::shown::Who;
use crate::asking::{Asked, excerpt};
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;
use crate::visiting::{TwoSegments, Visit, made};

/// As views of this question are written down.
const ROUTE: &str = "/api/read/libraries/{id}/copies/{copy}/availability";

/// Whether a copy can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CopyAvailability)]
enum Status {
    /// It is in.
    Available,
    /// It is in, and kept for somebody who waited.
    Kept,
    /// It is out.
    OnLoan,
}

/// One's own place in the queue.
#[derive(Debug, Serialize, ToSchema)]
struct OwnHold {
    /// The hold's id.
    #[schema(value_type = Uuid)]
    hold_id: HoldId,
    /// Your place in the queue, counted from 1.
    position: usize,
    /// Until when the copy is kept for you; null before it is your turn.
    #[schema(value_type = Option<String>, format = DateTime)]
    kept_until: Option<Timestamp>,
}

/// Somebody who has the copy or waits for it, for those who may know.
#[derive(Debug, Serialize, ToSchema)]
struct Known {
    /// Who they are, on the library's list.
    #[schema(value_type = Uuid)]
    patron_id: PatronId,
    /// Whose account it is; null for an outside borrower.
    #[schema(value_type = Option<Uuid>)]
    account_id: Option<AccountId>,
    /// What they are called; null when they were forgotten.
    #[schema(value_type = Option<String>)]
    name: Option<PersonName>,
    /// Their hold, when they wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    hold_id: Option<HoldId>,
}

/// Whether a copy can be had, as the one who asks may know it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AvailabilityView {
    /// The copy's id.
    #[schema(value_type = Uuid)]
    copy_id: CopyId,
    /// `available`, `kept` for somebody who waited, or `on_loan`.
    status: Status,
    /// Until when it has to be back; null when it is in.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    /// How many wait for it.
    waiting: usize,
    /// Whether you have it.
    yours: bool,
    /// Your place in the queue; null when you do not wait.
    your_hold: Option<OwnHold>,
    /// The open loan, for the staff and for who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    loan_id: Option<LoanId>,
    /// Who has it, for those who may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    borrower: Option<Known>,
    /// Who waits, the first first, for those who may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<Vec<Known>>,
    /// Version of the loan and the queue, for `If-Match`.
    version: u64,
}

/// Whether a copy can be had, and when it is due. Who has it and who waits is told to the staff, at home to everyone who sees
/// the whole library. 404 also for a copy that was neither lent nor waited for as yet: it can be borrowed.
#[utoipa::path(get, path = "/api/read/libraries/{id}/copies/{copy}/availability", tag = "circulation", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), ("copy" = String, Path, description = "the copy's id"), AtLeast),
    responses((status = 200, body = AvailabilityView), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(super) async fn availability(
    State(reads): State<Reads>,
    TwoSegments(id, copy): TwoSegments,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let visit = asked.visit(&id, MemberRole::Patron)?;
    let standing = reads.standing(Model::Availability, &asked).await?;
    let found: Option<AvailabilityDocument> = reads.one(&standing, &copy).await?;
    let Some(found) = found.filter(|copy| copy.library_id == visit.library) else {
        let detail = format!(
            "no copy of this library with the id {} was lent or waited for as yet",
            excerpt(&copy)
        );
        return reads.miss(&standing, detail).await;
    };
    let mut view = own_view(&visit, &found);
    let mut standings = vec![standing];
    if sees_borrowers(&visit) {
        let joins = reads.joins(&asked).await?;
        let whose = people(&found);
        let names = reads.borrower_names(&joins, visit.library, &whose).await?;
        reads.looked_at_borrowers(&visit, ROUTE, &whose).await?;
        let known = |who: Who, hold_id| Known {
            patron_id: who.patron,
            account_id: who.account,
            name: names.get(&who.patron).cloned(),
            hold_id,
        };
        view.loan_id = found.out.as_ref().map(|out| out.loan_id);
        view.borrower = holder(&found).map(|who| known(who, None));
        let queue = found.queue.iter().map(|hold| {
            let who = Who {
                patron: hold.patron_id,
                account: hold.account_id,
            };
            known(who, Some(hold.hold_id))
        });
        view.queue = Some(queue.collect());
        standings.extend(joins.standings());
    }
    made(&asked, &view, &standings)
}

fn holder(copy: &AvailabilityDocument) -> Option<Who> {
    copy.out.as_ref().map(|out| Who {
        patron: out.patron_id,
        account: out.account_id,
    })
}

fn people(copy: &AvailabilityDocument) -> Vec<Who> {
    let waiting = copy.queue.iter().map(|hold| Who {
        patron: hold.patron_id,
        account: hold.account_id,
    });
    holder(copy).into_iter().chain(waiting).collect()
}

fn own_view(visit: &Visit, copy: &AvailabilityDocument) -> AvailabilityView {
    let own = Borrower::member(visit.library, visit.who.account).patron;
    let mine = copy.out.as_ref().filter(|out| out.patron_id == own);
    let status = match (&copy.out, copy.queue.is_empty()) {
        (Some(_), _) => Status::OnLoan,
        (None, false) => Status::Kept,
        (None, true) => Status::Available,
    };
    AvailabilityView {
        copy_id: copy.copy_id,
        status,
        due_at: copy.out.as_ref().map(|out| out.due_at),
        waiting: copy.queue.len(),
        yours: mine.is_some(),
        your_hold: copy.place_of(own).map(|(position, hold)| OwnHold {
            hold_id: hold.hold_id,
            position,
            kept_until: hold.kept_until,
        }),
        loan_id: mine.map(|out| out.loan_id),
        borrower: None,
        queue: None,
        version: copy.version,
    }
}
