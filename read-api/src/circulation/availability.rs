//! Can this copy be had, and if not, when?
//!
//! Never tells a borrower who has a copy or who waits for it, but for what is their own.

pub(super) mod of_title;
mod view;

use accession_projector::circulation::AvailabilityDocument;
use accession_projector::holdings::CopyDocument;
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use self::view::{AvailabilityView, Seen};
use crate::asking::{Asked, excerpt};
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;
use crate::visiting::{TwoSegments, made};

/// As views of this question are written down.
const ROUTE: &str = "/api/read/libraries/{id}/copies/{copy}/availability";

/// Whether a copy can be had, and when it is due. Who has it and who waits is told to the staff, at home to everyone who sees
/// the whole library.
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
    let [copies, lendings] = reads
        .standings([Model::Copy, Model::Availability], &asked)
        .await?;
    let found: Option<CopyDocument> = reads.one(&copies, &copy).await?;
    let Some(found) = found.filter(|copy| copy.library_id == visit.library) else {
        let detail = format!("this library has no copy with the id {}", excerpt(&copy));
        return reads.miss(&copies, detail).await;
    };
    let lending: Option<AvailabilityDocument> = reads.one(&lendings, &copy).await?;
    let seen = [Seen {
        copy: &found,
        lending: lending.as_ref(),
    }];
    let mut standings = vec![copies, lendings];
    let views = view::told(&reads, &asked, &visit, ROUTE, &seen).await?;
    standings.extend(views.standings);
    let view = views.views.first().ok_or_else(Problem::internal)?;
    made(&asked, view, &standings)
}
