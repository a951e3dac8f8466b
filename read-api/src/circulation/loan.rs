//! One loan.
//!
//! Never another's, but to those who see who has what.

use accession_projector::circulation::LoanDocument;
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use super::sees_borrowers;
use super::shown::{LoanView, Who, shown};
use crate::asking::{Asked, excerpt};
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::{Reads, now};
use crate::visiting::{TwoSegments, made};

/// As views of this question are written down.
const ROUTE: &str = "/api/read/libraries/{id}/loans/{loan}";

/// A loan of a library. Borrowers see their own.
#[utoipa::path(get, path = "/api/read/libraries/{id}/loans/{loan}", tag = "circulation", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), ("loan" = String, Path, description = "the loan's id"), AtLeast),
    responses((status = 200, body = LoanView), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(super) async fn loan(
    State(reads): State<Reads>,
    TwoSegments(id, loan): TwoSegments,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let visit = asked.visit(&id, MemberRole::Patron)?;
    let standing = reads.standing(Model::Loan, &asked).await?;
    let found: Option<LoanDocument> = reads.one(&standing, &loan).await?;
    let own = |loan: &LoanDocument| loan.account_id == Some(visit.who.account);
    let seen = found
        .filter(|loan| loan.library_id == visit.library && (own(loan) || sees_borrowers(&visit)));
    let Some(found) = seen else {
        let detail = format!(
            "you can see no loan of this library with the id {}",
            excerpt(&loan)
        );
        return reads.miss(&standing, detail).await;
    };
    let joins = reads.joins(&asked).await?;
    let titles = reads
        .lent_titles(&joins, std::iter::once(found.title_id))
        .await?;
    let who = [Who::of(&found)];
    let names = reads.borrower_names(&joins, visit.library, &who).await?;
    reads.looked_at_borrowers(&visit, ROUTE, &who).await?;
    let view = shown(found, &titles, &names, now());
    let [titles, members, patrons] = joins.standings();
    made(&asked, &view, &[standing, titles, members, patrons])
}
