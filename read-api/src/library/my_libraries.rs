//! Which libraries do I belong to?
//!
//! Never a library of somebody else, and none that the one who asks was removed from.

use std::collections::HashMap;

use accession_events::ids::LibraryId;
use accession_events::library::{LibraryKind, MemberRole, MembershipStatus};
use accession_events::values::ShortText;
use accession_projector::library::{LibraryDocument, MemberDocument, MembershipView};
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::asking::Asked;
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::pages::Page;
use crate::reads::Reads;
use crate::visiting::made;

/// A library that the one who asks belongs to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MyLibrary {
    /// The library's id.
    #[schema(value_type = Uuid)]
    library_id: LibraryId,
    /// What it is called.
    #[schema(value_type = String, example = "Longbourn")]
    name: ShortText,
    /// `family`, `lending` or `shop`.
    #[schema(value_type = String, example = "family")]
    kind: LibraryKind,
    /// What you are there.
    #[schema(value_type = String, example = "admin")]
    role: MemberRole,
    /// `active` or `suspended`.
    #[schema(value_type = String, example = "active")]
    status: MembershipStatus,
    /// Whether children have accounts in it.
    kids_mode: bool,
    /// When you came in.
    #[schema(value_type = String, format = DateTime)]
    joined_at: Timestamp,
}

/// The libraries that you belong to, in the order in which you came in. All are on one page.
#[utoipa::path(get, path = "/api/read/me/libraries", tag = "library", security(("bearer" = [])),
    params(AtLeast), responses((status = 200, body = Page<MyLibrary>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(super) async fn my_libraries(
    State(reads): State<Reads>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let who = asked.signed_in()?;
    let standings = reads
        .standings([Model::Member, Model::Library], &asked)
        .await?;
    let [members, libraries] = &standings;
    let key = who.account.to_string();
    let member: Option<MemberDocument> = reads.one(members, &key).await?;
    let memberships: Vec<MembershipView> = member
        .map(|member| member.memberships)
        .unwrap_or_default()
        .into_iter()
        .filter(MembershipView::is_present)
        .collect();
    let keys: Vec<String> = memberships
        .iter()
        .map(|of| of.library_id.to_string())
        .collect();
    let pages: Vec<LibraryDocument> = reads.all(libraries, &keys).await?;
    let mut pages: HashMap<LibraryId, LibraryDocument> =
        pages.into_iter().map(|page| (page.id, page)).collect();
    let items = memberships
        .into_iter()
        .filter_map(|membership| Some(mine(pages.remove(&membership.library_id)?, &membership)))
        .collect();
    let page: Page<MyLibrary> = Page {
        items,
        next_cursor: None,
    };
    made(&asked, &page, &standings)
}

fn mine(page: LibraryDocument, membership: &MembershipView) -> MyLibrary {
    MyLibrary {
        library_id: page.id,
        name: page.name,
        kind: page.kind,
        role: membership.role,
        status: membership.status,
        kids_mode: page.kids_mode,
        joined_at: membership.joined_at,
    }
}
