//! `POST /api/v1/editions/{id}/merge` and `…/merges/{merged}/undo`: two editions of a title are the same.
//!
//! `If-Match` is about the edition that is merged or comes back; the winner's version, when it matters, is `into_version`.

use accession_event_log::Repository;
use accession_events::ids::EditionId;
use accession_events::values::ShortText;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::catalog::edition::Edition;
use crate::catalog::episode::Episode;
use crate::catalog::http::reason::Reason;
use crate::catalog::http::refusals::unreadable;
use crate::catalog::http::titles::merging::{given, refused};
use crate::catalog::merging::{Done, EditionMerge, EditionMergeUndo, MergeError, Merging, Told};
use crate::catalog::reading::Unreadable;
use crate::catalog::title::Title;
use crate::http::answer::{Answer, Reply};
use crate::http::body::{Body, OptionalBody};
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::keyed::answered_before;
use crate::http::paths::{Id, IdIn};

/// Into which edition, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EditionMergeRequest {
    /// The edition of the same title that stands for this one from now on.
    #[schema(value_type = Uuid)]
    into: String,
    /// The version of that edition that you have seen; refused with 412 when there is a newer one.
    #[serde(default)]
    into_version: Option<u64>,
    /// In your words, at most 200 characters.
    #[serde(default)]
    reason: Option<String>,
}

/// The answer to a merge of editions or its undo.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MergedEdition {
    /// The edition that stands after it.
    id: String,
    /// Its version from now on; send it as `If-Match`.
    version: u64,
    /// Where it stands in the log.
    position: u64,
    /// What stayed as it is, because somebody has changed it since; each with `what` and `why`.
    #[schema(value_type = Vec<Object>)]
    kept: Vec<Value>,
}

impl EditionMergeRequest {
    fn read(&self) -> Result<(EditionId, Option<ShortText>), Problem> {
        let mut faults = Vec::new();
        let into = self.into.parse::<EditionId>();
        let into = into.map_err(|error| faults.push(Unreadable::from(error).of("into")));
        let reason = self.reason.as_deref().map(ShortText::parse).transpose();
        let reason = reason.map_err(|error| faults.push(Unreadable::from(error).of("reason")));
        match (into, reason) {
            (Ok(into), Ok(reason)) => Ok((into, reason)),
            _ => Err(unreadable(faults)),
        }
    }
}

fn reply(told: &Told) -> Reply {
    let id = told.edition.map_or_else(String::new, |id| id.to_string());
    let kept = told.kept.iter();
    let kept: Vec<Value> = kept
        .map(|kept| json!({ "what": kept.what, "why": kept.why }))
        .collect();
    Reply::changed(id).with("kept", kept)
}

fn answer(done: Result<Done, MergeError>) -> Result<Answer, Problem> {
    let done = done.map_err(|error| refused(&error))?;
    match &done.replayed {
        Some(stored) => Answer::replayed(stored),
        None => Ok(reply(&done.told).at(done.told.version, done.position)),
    }
}

/// Merge an edition into another one of the same title: its id, its ISBNs and its records lead there, and what was said of
/// it is said of the winner, by the same speakers.
#[utoipa::path(post, path = "/api/v1/editions/{id}/merge", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = EditionMergeRequest,
    responses((status = 200, description = "The other edition stands for it.", body = MergedEdition), CommandProblems))]
pub(super) async fn merge_edition(
    CuratorCall(call): CuratorCall,
    Id(id): Id<EditionId>,
    State(titles): State<Repository<Title>>,
    State(editions): State<Repository<Edition>>,
    State(episodes): State<Repository<Episode>>,
    Body { value, digest }: Body<EditionMergeRequest>,
) -> Result<Answer, Problem> {
    if let Some(before) = answered_before(titles.log(), &call, &digest).await? {
        return Ok(before);
    }
    let (winner, reason) = value.read()?;
    let why = reason.as_ref().map(ToString::to_string);
    let merge = EditionMerge {
        loser: id,
        winner,
        loser_version: call.expected_version,
        winner_version: value.into_version,
        reason,
    };
    let merging = Merging::new(titles, editions, episodes);
    let with = |told: &_| given(&call, &digest, why.clone(), &reply(told));
    answer(merging.merge_editions(&merge, &with).await)
}

/// Undo the merge of an edition: what came from it goes back to it, and nothing else does.
#[utoipa::path(post, path = "/api/v1/editions/{id}/merges/{merged}/undo", tag = "catalog",
    params(("id" = String, Path, description = "an edition that stands for it"),
        ("merged" = String, Path, description = "the edition that was merged"), Conditions),
    request_body = Option<Reason>,
    responses((status = 200, description = "It stands for itself again.", body = MergedEdition), CommandProblems))]
pub(super) async fn undo_edition_merge(
    CuratorCall(call): CuratorCall,
    IdIn(under, merged): IdIn<EditionId, EditionId>,
    State(titles): State<Repository<Title>>,
    State(editions): State<Repository<Edition>>,
    State(episodes): State<Repository<Episode>>,
    OptionalBody { value, digest }: OptionalBody<Reason>,
) -> Result<Answer, Problem> {
    if let Some(before) = answered_before(titles.log(), &call, &digest).await? {
        return Ok(before);
    }
    let reason = value.read()?.map(|reason| reason.to_string());
    let undo = EditionMergeUndo {
        merged,
        under,
        version: call.expected_version,
    };
    let merging = Merging::new(titles, editions, episodes);
    let with = |told: &_| given(&call, &digest, reason.clone(), &reply(told));
    answer(merging.undo_editions(&undo, &with).await)
}
