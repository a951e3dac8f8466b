//! `POST /api/v1/internal/import/{titles,editions,episodes,sources}:batch`.
//!
//! Each answers one result an item, in the batch's order.

use std::sync::Arc;

use accession_event_log::Repository;
use accession_events::ingestion::items::{
    Batch, EditionItem, EpisodeItem, FieldChange, FieldConflict, SourceItem, TitleItem,
};
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::intake::Intake;
use crate::catalog::edition::Edition;
use crate::catalog::episode::Episode;
use crate::catalog::import::Importing;
use crate::catalog::import::editions::{EditionRecord, Editions};
use crate::catalog::import::episodes::{EpisodeRecord, Episodes};
use crate::catalog::import::sources::{SourceRecord, Sources};
use crate::catalog::import::titles::{TitleRecord, Titles};
use crate::catalog::statement::Extent;
use crate::catalog::title::Title;
use crate::http::answer::Answer;
use crate::http::body::RawBody;
use crate::http::call::{ImporterCall, new_id};
use crate::http::describe::CommandProblems;
use crate::services::Policy;

/// One result an item, in the batch's order.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ItemResults {
    /// The results.
    results: Vec<OneResult>,
    /// The last position that the batch wrote, or the log's head when it wrote nothing.
    position: u64,
}

/// What became of one item.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OneResult {
    /// Its place in the batch, counted from 0.
    index: usize,
    /// `accepted`, `unchanged` or `rejected`.
    status: String,
    /// The id of what it is about.
    id: Option<String>,
    /// Machine-readable reason of a rejection.
    code: Option<String>,
    /// What is wrong, for a person.
    detail: Option<String>,
    /// In a preview of what is accepted: whether nothing of it is in the catalog. Left out when it is.
    new: Option<bool>,
    /// In a preview: the fields that would be shown otherwise.
    changes: Option<Vec<FieldChange>>,
    /// In a preview: what it says in vain, because another's word counts more or the field is locked.
    conflicts: Option<Vec<FieldConflict>>,
}

/// Import titles. A field that a record left out is no longer said by it.
#[utoipa::path(post, path = "/api/v1/internal/import/titles:batch", tag = "import",
    request_body = Batch<TitleItem>,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "Each item has its result.", body = ItemResults), CommandProblems))]
pub(super) async fn import_titles(
    ImporterCall(call): ImporterCall,
    State(importing): State<Importing>,
    State(policy): State<Arc<Policy>>,
    State(titles): State<Repository<Title>>,
    body: RawBody,
) -> Result<Answer, Problem> {
    let intake = Intake {
        importing: &importing,
        policy: &policy,
        call: &call,
    };
    let kind = Titles { ids: new_id };
    intake
        .batch(&titles, &kind, &body, |item: &TitleItem, with| {
            TitleRecord::read(item, Extent::Full, with)
        })
        .await
}

/// Import editions. Titles have to be imported first.
#[utoipa::path(post, path = "/api/v1/internal/import/editions:batch", tag = "import",
    request_body = Batch<EditionItem>,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "Each item has its result.", body = ItemResults), CommandProblems))]
pub(super) async fn import_editions(
    ImporterCall(call): ImporterCall,
    State(importing): State<Importing>,
    State(policy): State<Arc<Policy>>,
    State(editions): State<Repository<Edition>>,
    body: RawBody,
) -> Result<Answer, Problem> {
    let intake = Intake {
        importing: &importing,
        policy: &policy,
        call: &call,
    };
    let kind = Editions { ids: new_id };
    intake
        .batch(&editions, &kind, &body, |item: &EditionItem, with| {
            EditionRecord::read(item, with)
        })
        .await
}

/// Import episodes. Titles have to be imported first.
#[utoipa::path(post, path = "/api/v1/internal/import/episodes:batch", tag = "import",
    request_body = Batch<EpisodeItem>,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "Each item has its result.", body = ItemResults), CommandProblems))]
pub(super) async fn import_episodes(
    ImporterCall(call): ImporterCall,
    State(importing): State<Importing>,
    State(policy): State<Arc<Policy>>,
    State(episodes): State<Repository<Episode>>,
    body: RawBody,
) -> Result<Answer, Problem> {
    let intake = Intake {
        importing: &importing,
        policy: &policy,
        call: &call,
    };
    let kind = Episodes { ids: new_id };
    intake
        .batch(&episodes, &kind, &body, |item: &EpisodeItem, with| {
            EpisodeRecord::read(item, Extent::Full, with)
        })
        .await
}

/// Import video sources. Episodes have to be imported first.
#[utoipa::path(post, path = "/api/v1/internal/import/sources:batch", tag = "import",
    request_body = Batch<SourceItem>,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "Each item has its result.", body = ItemResults), CommandProblems))]
pub(super) async fn import_sources(
    ImporterCall(call): ImporterCall,
    State(importing): State<Importing>,
    State(policy): State<Arc<Policy>>,
    State(episodes): State<Repository<Episode>>,
    body: RawBody,
) -> Result<Answer, Problem> {
    let intake = Intake {
        importing: &importing,
        policy: &policy,
        call: &call,
    };
    let kind = Sources { ids: new_id };
    intake
        .batch(&episodes, &kind, &body, |item: &SourceItem, with| {
            SourceRecord::read(item, with)
        })
        .await
}
