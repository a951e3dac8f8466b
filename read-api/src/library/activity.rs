//! Who came, who went, who became what?
//!
//! Names are looked up when somebody asks: whoever is forgotten is named no longer.

use std::collections::HashMap;

use accession_events::ids::AccountId;
use accession_events::values::PersonName;
use accession_projector::library::{ActivityDocument, MemberDocument};
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::people::called;
use crate::asking::{Asked, Segment};
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::Reads;
use crate::visiting::made;

/// One thing that went on, with names.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ActivityView {
    #[serde(flatten)]
    activity: ActivityDocument,
    /// What they are called, or were when they were removed; null when they are forgotten.
    #[schema(value_type = Option<String>)]
    name: Option<PersonName>,
    /// What the one who did it is called.
    #[schema(value_type = Option<String>)]
    by_name: Option<PersonName>,
}

/// What went on among the members of a library, the newest first.
#[utoipa::path(get, path = "/api/read/libraries/{id}/members/activity", tag = "library", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), Paging),
    responses((status = 200, body = Page<ActivityView>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "a child or a patron"),
        Problems))]
pub(super) async fn member_activity(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["cursor", "limit"])?;
    let visit = asked.visit(&id, MemberRole::Viewer)?;
    let models = [Model::LibraryActivity, Model::Member];
    let standings = reads.standings(models, &asked).await?;
    let [activities, members] = &standings;
    let list = List {
        index: format!("library:{}", visit.library),
        descending: true,
    };
    let (entries, next) = reads.entries_of(&asked, activities, list).await?;
    let keys: Vec<String> = entries.into_iter().map(|entry| entry.key).collect();
    let found: Vec<ActivityDocument> = reads.all(activities, &keys).await?;
    let mut keys: Vec<String> = found
        .iter()
        .flat_map(|activity| [Some(activity.account_id), activity.by])
        .flatten()
        .map(|account: AccountId| account.to_string())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let people: Vec<MemberDocument> = reads.all(members, &keys).await?;
    let names: HashMap<AccountId, PersonName> = people
        .iter()
        .filter_map(|member| Some((member.account_id, called(member, visit.library)?)))
        .collect();
    let items = found
        .into_iter()
        .map(|activity| ActivityView {
            name: names.get(&activity.account_id).cloned(),
            by_name: activity.by.and_then(|by| names.get(&by).cloned()),
            activity,
        })
        .collect();
    let page: Page<ActivityView> = Page {
        items,
        next_cursor: next.map(|cursor| cursor.text()),
    };
    made(&asked, &page, &standings)
}
