//! Who is this member?
//!
//! Never more than the roster would show the one who asks; a child sees itself.

use accession_events::ids::AccountId;
use accession_projector::library::MemberDocument;
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use super::people::{MemberView, shown};
use crate::asking::{Asked, excerpt};
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;
use crate::visiting::{TwoSegments, made};

/// As views of this question are written down.
const ROUTE: &str = "/api/read/libraries/{id}/members/{account}";

/// One member of a library. Children and patrons see themselves only.
#[utoipa::path(get, path = "/api/read/libraries/{id}/members/{account}", tag = "library", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"),
        ("account" = String, Path, description = "the member's account id"), AtLeast),
    responses((status = 200, body = MemberView), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "a child or a patron asks about another"),
        Problems))]
pub(super) async fn member(
    State(reads): State<Reads>,
    TwoSegments(id, account): TwoSegments,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let visit = asked.visit(&id, MemberRole::Patron)?;
    let who: Option<AccountId> = account.parse().ok();
    if who != Some(visit.who.account) {
        visit.membership.of_rank(MemberRole::Viewer)?;
    }
    let standing = reads.standing(Model::Member, &asked).await?;
    let found: Option<MemberDocument> = match who {
        Some(who) => reads.one(&standing, &who.to_string()).await?,
        None => None,
    };
    let Some(view) = found.and_then(|member| shown(&visit, member)) else {
        let detail = format!("no member of this library has the id {}", excerpt(&account));
        return reads.miss(&standing, detail).await;
    };
    reads
        .looked_at_members(&visit, ROUTE, std::slice::from_ref(&view))
        .await?;
    made(&asked, &view, &[standing])
}
