//! Which member did I begin to type?
//!
//! Never more than three, so that nobody reads a roster through it.

use accession_projector::sort_name::sort_name;
use accession_read_store::IndexRange;
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use super::people::MemberView;
use crate::asking::{Asked, Segment, bad};
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::pages::Page;
use crate::reads::Reads;
use crate::visiting::made;

/// The fewest characters that are looked for.
const SHORTEST: usize = 2;
/// The most members that are shown.
const MOST: usize = 3;
/// A name is found by up to eight of its words, so a member may be met that often.
const WORDS: usize = 8;

/// As views of this question are written down.
const ROUTE: &str = "/api/read/libraries/{id}/members/search";

/// Members whose name has words that begin like this, at most three.
#[utoipa::path(get, path = "/api/read/libraries/{id}/members/search", tag = "library", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"),
        ("q" = String, Query, description = "what a name, or a word of it, begins with; at least two characters", min_length = 2),
        ("limit" = Option<usize>, Query, description = "3 unless told, 3 at most", minimum = 1, maximum = 3), AtLeast),
    responses((status = 200, body = Page<MemberView>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "a child or a patron"),
        Problems))]
pub(super) async fn search_members(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["q", "limit"])?;
    let visit = asked.visit(&id, MemberRole::Viewer)?;
    let text = asked.one("q").unwrap_or_default().trim();
    let wanted = sort_name(text);
    if text.chars().count() < SHORTEST || wanted.is_empty() {
        return Err(bad(
            "q",
            "`q` needs at least two characters of a name".into(),
        ));
    }
    let limit = asked.number("limit", 1..=MOST, MOST)?;
    let standing = reads.standing(Model::Member, &asked).await?;
    let range = IndexRange {
        index: format!("library:{}:words", visit.library),
        prefix: wanted,
        after: None,
        descending: false,
        skip: 0,
        // Some may be suspended, which is for admins alone.
        limit: MOST * WORDS * 2,
    };
    let mut keys: Vec<String> = Vec::new();
    for entry in reads.entries(&standing, &range).await? {
        if !keys.contains(&entry.key) {
            keys.push(entry.key);
        }
    }
    let mut items: Vec<MemberView> = reads.members_shown(&visit, &standing, &keys).await?;
    items.truncate(limit);
    reads.looked_at_members(&visit, ROUTE, &items).await?;
    let page = Page {
        items,
        next_cursor: None,
    };
    made(&asked, &page, &[standing])
}
