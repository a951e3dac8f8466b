//! On which terms does this library lend?
//!
//! Answered to every member: who borrows has to know for how long.

use accession_events::circulation::LendingTerms;
use accession_events::library::LibraryKind;
use accession_projector::circulation::PolicyDocument;
use accession_service::access::{self, MemberRole};
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use crate::asking::{Asked, Segment};
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;
use crate::visiting::made;

/// The lending policy of a library; the usual one when it has not said anything, with `set_at` null.
#[utoipa::path(get, path = "/api/read/libraries/{id}/loan-policy", tag = "circulation", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), AtLeast),
    responses((status = 200, body = PolicyDocument), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(super) async fn lending_policy(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let visit = asked.visit(&id, MemberRole::Patron)?;
    let standing = reads.standing(Model::LendingPolicy, &asked).await?;
    let found: Option<PolicyDocument> = reads.one(&standing, &visit.library.to_string()).await?;
    let policy = found.unwrap_or_else(|| PolicyDocument {
        library_id: visit.library,
        terms: LendingTerms::usual(kind_of(visit.membership.kind)),
        set_at: None,
        version: 0,
        position: standing.position,
    });
    made(&asked, &policy, &[standing])
}

const fn kind_of(kind: access::LibraryKind) -> LibraryKind {
    match kind {
        access::LibraryKind::Family => LibraryKind::Family,
        access::LibraryKind::Lending => LibraryKind::Lending,
        access::LibraryKind::Shop => LibraryKind::Shop,
    }
}
