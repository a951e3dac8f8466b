//! What do I wait for, and when is it my turn?
//!
//! Never who else waits: one's own place in the queue is enough.

use std::collections::HashMap;

use accession_events::circulation::Borrower;
use accession_events::ids::{AccountId, CopyId, HoldId, LibraryId, TitleId};
use accession_projector::circulation::AvailabilityDocument;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::shown::LentTitle;
use crate::asking::Asked;
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::Reads;
use crate::visiting::made;

/// A hold of the one who asks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MyHold {
    /// The hold's id.
    #[schema(value_type = Uuid)]
    hold_id: HoldId,
    /// In which library.
    #[schema(value_type = Uuid)]
    library_id: LibraryId,
    /// On which copy.
    #[schema(value_type = Uuid)]
    copy_id: CopyId,
    /// What it is a copy of; null while nobody may see the title.
    title: Option<LentTitle>,
    /// Your place in the queue, counted from 1.
    position: usize,
    /// How many wait for it.
    waiting: usize,
    /// Since when you wait.
    #[schema(value_type = String, format = DateTime)]
    placed_at: Timestamp,
    /// When the copy is due from whoever has it; null when it is in.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    /// Until when it is kept for you; null before it is your turn.
    #[schema(value_type = Option<String>, format = DateTime)]
    kept_until: Option<Timestamp>,
}

/// What you wait for, in all libraries, in the order in which you began to.
#[utoipa::path(get, path = "/api/read/me/holds", tag = "circulation", security(("bearer" = [])), params(Paging),
    responses((status = 200, body = Page<MyHold>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(super) async fn my_holds(
    State(reads): State<Reads>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["cursor", "limit"])?;
    let who = asked.signed_in()?;
    let standing = reads.standing(Model::Availability, &asked).await?;
    let list = List {
        index: format!("account:{}:holds", who.account),
        descending: false,
    };
    let (entries, next) = reads.entries_of(&asked, &standing, list).await?;
    let keys: Vec<String> = entries.into_iter().map(|entry| entry.key).collect();
    let copies: Vec<AvailabilityDocument> = reads.all(&standing, &keys).await?;
    let joins = reads.joins(&asked).await?;
    let titles = reads
        .lent_titles(&joins, copies.iter().map(|copy| copy.title_id))
        .await?;
    let items = copies
        .into_iter()
        .filter_map(|copy| mine(&copy, who.account, &titles))
        .collect();
    let page: Page<MyHold> = Page {
        items,
        next_cursor: next.map(|cursor| cursor.text()),
    };
    let [titles, ..] = joins.standings();
    made(&asked, &page, &[standing, titles])
}

fn mine(
    copy: &AvailabilityDocument,
    account: AccountId,
    titles: &HashMap<TitleId, LentTitle>,
) -> Option<MyHold> {
    let patron = Borrower::member(copy.library_id, account).patron;
    let (position, hold) = copy.place_of(patron)?;
    Some(MyHold {
        hold_id: hold.hold_id,
        library_id: copy.library_id,
        copy_id: copy.copy_id,
        title: titles.get(&copy.title_id).cloned(),
        position,
        waiting: copy.queue.len(),
        placed_at: hold.placed_at,
        due_at: copy.out.as_ref().map(|out| out.due_at),
        kept_until: hold.kept_until,
    })
}
