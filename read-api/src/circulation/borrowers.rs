//! Who outside has borrowed from this library?
//!
//! Never answered but to the staff; members are in the roster.

use accession_projector::circulation::PatronDocument;
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use super::shown::Who;
use crate::asking::{Asked, Segment};
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::Reads;
use crate::visiting::made;

/// As views of this question are written down.
const ROUTE: &str = "/api/read/libraries/{id}/borrowers";

/// People who borrow without belonging to the library, by name.
#[utoipa::path(get, path = "/api/read/libraries/{id}/borrowers", tag = "circulation", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), Paging),
    responses((status = 200, body = Page<PatronDocument>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not of the staff"),
        Problems))]
pub(super) async fn borrowers(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["cursor", "limit"])?;
    let visit = asked.visit(&id, MemberRole::Editor)?;
    let standing = reads.standing(Model::Patron, &asked).await?;
    let list = List {
        index: format!("library:{}:outside", visit.library),
        descending: false,
    };
    let (entries, next) = reads.entries_of(&asked, &standing, list).await?;
    let keys: Vec<String> = entries.into_iter().map(|entry| entry.key).collect();
    let items: Vec<PatronDocument> = reads.all(&standing, &keys).await?;
    let whose: Vec<Who> = items
        .iter()
        .map(|patron| Who {
            patron: patron.id,
            account: patron.account_id,
        })
        .collect();
    reads.looked_at_borrowers(&visit, ROUTE, &whose).await?;
    let page = Page {
        items,
        next_cursor: next.map(|cursor| cursor.text()),
    };
    made(&asked, &page, &[standing])
}
