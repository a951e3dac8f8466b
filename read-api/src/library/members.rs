//! Who belongs to this library?
//!
//! Never answered to children and patrons, who see what is their own.

use std::collections::HashMap;

use accession_projector::library::MemberDocument;
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use super::people::{MemberView, shown};
use crate::asking::{Asked, Segment};
use crate::cache::Standing;
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::Reads;
use crate::viewing::Viewer;
use crate::visiting::{Visit, made};

/// As views of this question are written down.
const ROUTE: &str = "/api/read/libraries/{id}/members";

/// Who belongs to a library, by name. Addresses and standing are for its admins; others see who is active, so a page may
/// be shorter than asked for.
#[utoipa::path(get, path = "/api/read/libraries/{id}/members", tag = "library", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), Paging),
    responses((status = 200, body = Page<MemberView>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "a child or a patron"),
        Problems))]
pub(super) async fn members(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["cursor", "limit"])?;
    let visit = asked.visit(&id, MemberRole::Viewer)?;
    let standing = reads.standing(Model::Member, &asked).await?;
    let list = List {
        index: format!("library:{}:by_name", visit.library),
        descending: false,
    };
    let (entries, next) = reads.roster(&asked, visit.library, &standing, list).await?;
    let keys: Vec<String> = entries.into_iter().map(|entry| entry.key).collect();
    let items = reads.members_shown(&visit, &standing, &keys).await?;
    reads.looked_at_members(&visit, ROUTE, &items).await?;
    let page = Page {
        items,
        next_cursor: next.map(|cursor| cursor.text()),
    };
    made(&asked, &page, &[standing])
}

impl Reads {
    /// The members with these keys whom the one who asks may see, in this order.
    pub(super) async fn members_shown(
        &self,
        visit: &Visit,
        standing: &Standing,
        keys: &[String],
    ) -> Result<Vec<MemberView>, Problem> {
        let found: Vec<MemberDocument> = self.all(standing, keys).await?;
        let mut found: HashMap<String, MemberDocument> = found
            .into_iter()
            .map(|member| (member.account_id.to_string(), member))
            .collect();
        let in_order = keys.iter().filter_map(|key| found.remove(key));
        Ok(in_order.filter_map(|member| shown(visit, member)).collect())
    }
    /// Writes down that an admin of the library is about to be shown what of these members others do not see.
    pub(super) async fn looked_at_members(
        &self,
        visit: &Visit,
        route: &'static str,
        members: &[MemberView],
    ) -> Result<(), Problem> {
        if !visit.administers() {
            return Ok(());
        }
        let viewer = Viewer::account(visit.who.account.as_uuid());
        let shown = members.iter().filter(|member| member.is_private());
        let shown = shown.map(|member| member.account_id.as_uuid());
        self.looked(viewer, route, shown).await
    }
}
