//! Whom have we asked who has not answered?
//!
//! Never shown to anyone but admins of the library: it holds addresses.

use accession_projector::library::{InvitationDocument, OpenInvitation};
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::asking::{Asked, Segment};
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::{Reads, now};
use crate::viewing::Viewer;
use crate::visiting::made;

/// As views of this question are written down.
const ROUTE: &str = "/api/read/libraries/{id}/invitations";

/// An invitation, as admins see it. Whether an account has the address is not told.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InvitationView {
    /// Its id; withdraw it with DELETE /api/v1/libraries/{id}/members/{this}.
    #[schema(value_type = Uuid)]
    id: accession_events::ids::ChallengeId,
    /// Where the mail went; null when the person was erased.
    email: Option<String>,
    /// What you call them.
    #[schema(value_type = Option<String>)]
    name: Option<accession_events::values::PersonName>,
    /// What they are to be.
    #[schema(value_type = String, example = "viewer")]
    role: accession_events::library::MemberRole,
    /// When the newest mail was asked for.
    #[schema(value_type = String, format = DateTime)]
    invited_at: Timestamp,
    /// Until when they may accept.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Whether that time is over.
    expired: bool,
}

/// Invitations to a library that were not answered, in the order in which they were sent.
#[utoipa::path(get, path = "/api/read/libraries/{id}/invitations", tag = "library", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), Paging),
    responses((status = 200, body = Page<InvitationView>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not an admin of it"),
        Problems))]
pub(super) async fn invitations(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["cursor", "limit"])?;
    let visit = asked.visit(&id, MemberRole::Admin)?;
    let standing = reads.standing(Model::Invitation, &asked).await?;
    let list = List {
        index: format!("library:{}", visit.library),
        descending: false,
    };
    let (entries, next) = reads.entries_of(&asked, &standing, list).await?;
    let keys: Vec<String> = entries.into_iter().map(|entry| entry.key).collect();
    let found: Vec<InvitationDocument> = reads.all(&standing, &keys).await?;
    let of_it = found
        .into_iter()
        .flat_map(|document| document.open)
        .filter(|open| open.library_id == visit.library);
    let now = now();
    // By the subject, which is the account of whoever has one: an address is told here by virtue of an office.
    let concerned = keys.iter().filter_map(|key| Uuid::parse_str(key).ok());
    let viewer = Viewer::account(visit.who.account.as_uuid());
    reads.looked(viewer, ROUTE, concerned).await?;
    let page = Page {
        items: of_it.map(|open| view(open, now)).collect(),
        next_cursor: next.map(|cursor| cursor.text()),
    };
    made(&asked, &page, &[standing])
}

fn view(open: OpenInvitation, now: Timestamp) -> InvitationView {
    InvitationView {
        id: open.id,
        email: open.email,
        name: open.name,
        role: open.role,
        invited_at: open.invited_at,
        expires_at: open.expires_at,
        expired: open.expires_at <= now,
    }
}
