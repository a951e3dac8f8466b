//! What is this copy, where does it stand, is it there?
//!
//! Never told of another library's copy: there it is one that there is not.

use accession_projector::holdings::CopyDocument;
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use super::joined::{CopyView, Sources};
use crate::asking::{Asked, excerpt};
use crate::described::{AtLeast, NotModified, Problems};
use crate::reads::Reads;
use crate::visiting::{TwoSegments, made};

/// A copy with its title and where it stands.
#[utoipa::path(get, path = "/api/read/libraries/{id}/copies/{copy}", tag = "holdings", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), ("copy" = String, Path, description = "the copy's id"), AtLeast),
    responses((status = 200, body = CopyView), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "suspended"), Problems))]
pub(super) async fn copy(
    State(reads): State<Reads>,
    TwoSegments(id, copy): TwoSegments,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let visit = asked.visit(&id, MemberRole::Patron)?;
    let sources = Sources::of(&reads, &asked).await?;
    let found: Option<CopyDocument> = reads.one(&sources.copies, &copy).await?;
    let Some(found) = found.filter(|copy| copy.library_id == visit.library) else {
        let detail = format!("this library has no copy with the id {}", excerpt(&copy));
        return reads.miss(&sources.copies, detail).await;
    };
    let tree = sources.tree(&reads, &visit).await?;
    let shown = sources
        .shown(&reads, &visit, tree.as_ref(), vec![found])
        .await?;
    let view: &CopyView = shown.first().ok_or_else(Problem::internal)?;
    made(&asked, view, &sources.all())
}
