//! How many copies and titles does this library have?
//!
//! Never counted copy by copy: the tally keeps the figures, its shares of titles are added up, and what is overdue, which time
//! changes without an event, is a range of the index of due dates.

use accession_events::holdings::CopyState;
use accession_events::ids::PlaceId;
use accession_projector::holdings::{TallyDocument, shards_of};
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use crate::asking::{Asked, Segment};
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;
use crate::visiting::made;

/// How many there are.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatisticsView {
    /// Copies that are listed.
    copies: u64,
    /// Titles of which there are copies.
    titles: u64,
    /// Copies that are out.
    lent: u64,
    /// Copies that are out and should be back by now.
    overdue: u64,
    /// Copies that stand nowhere.
    unshelved: u64,
    /// Copies by state.
    #[schema(value_type = BTreeMap<String, u64>)]
    by_state: BTreeMap<CopyState, u64>,
    /// Copies by the place that they stand right at.
    #[schema(value_type = BTreeMap<String, u64>)]
    by_place: BTreeMap<PlaceId, u64>,
}

/// How many copies and titles a library has.
#[utoipa::path(get, path = "/api/read/libraries/{id}/statistics", tag = "holdings", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), AtLeast),
    responses((status = 200, body = StatisticsView), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "suspended"), Problems))]
pub(super) async fn statistics(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let visit = asked.visit(&id, MemberRole::Patron)?;
    let [standing, loans] = reads
        .standings([Model::HoldingsTally, Model::Loan], &asked)
        .await?;
    let tally: Option<TallyDocument> = reads.one(&standing, &visit.library.to_string()).await?;
    let tally = tally.unwrap_or_default();
    let keys: Vec<String> = shards_of(visit.library).collect();
    let shares: Vec<TallyDocument> = reads.all(&standing, &keys).await?;
    let shelved: u64 = tally.by_place.values().sum();
    let view = StatisticsView {
        copies: tally.copies,
        titles: shares.iter().map(|share| share.titles).sum(),
        lent: tally.lent,
        overdue: reads.overdue_in(&loans, visit.library).await?,
        unshelved: tally.copies.saturating_sub(shelved),
        by_state: tally.by_state,
        by_place: tally.by_place,
    };
    made(&asked, &view, &[standing, loans])
}
