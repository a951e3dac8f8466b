//! `POST /api/v1/titles/{id}/merges/{merged}/undo`: a title that was merged stands for itself again.
//!
//! `If-Match` is about the merged title, which is what comes back.

use accession_event_log::Repository;
use accession_events::ids::TitleId;
use accession_service::problem::Problem;
use axum::extract::State;

use super::{Merged, answer, given, refused, reply};
use crate::catalog::edition::Edition;
use crate::catalog::episode::Episode;
use crate::catalog::http::reason::Reason;
use crate::catalog::merging::{MergeUndo, Merging};
use crate::catalog::title::Title;
use crate::http::answer::Answer;
use crate::http::body::OptionalBody;
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::keyed::answered_before;
use crate::http::paths::IdIn;

/// Undo a merge: what came from the merged title goes back to it, wherever later merges have carried it, and nothing else
/// does; `kept` names what somebody has changed since.
#[utoipa::path(post, path = "/api/v1/titles/{id}/merges/{merged}/undo", tag = "catalog",
    params(("id" = String, Path, description = "a title that stands for it"),
        ("merged" = String, Path, description = "the title that was merged"), Conditions),
    request_body = Option<Reason>,
    responses((status = 200, description = "It stands for itself again.", body = Merged), CommandProblems))]
pub(in crate::catalog::http) async fn undo_merge(
    CuratorCall(call): CuratorCall,
    IdIn(under, merged): IdIn<TitleId, TitleId>,
    State(titles): State<Repository<Title>>,
    State(editions): State<Repository<Edition>>,
    State(episodes): State<Repository<Episode>>,
    OptionalBody { value, digest }: OptionalBody<Reason>,
) -> Result<Answer, Problem> {
    if let Some(before) = answered_before(titles.log(), &call, &digest).await? {
        return Ok(before);
    }
    let reason = value.read()?.map(|reason| reason.to_string());
    let undo = MergeUndo {
        merged,
        under,
        version: call.expected_version,
    };
    let merging = Merging::new(titles, editions, episodes);
    let with = |told: &_| given(&call, &digest, reason.clone(), &reply(told));
    let done = merging.undo(&undo, &with).await;
    answer(&done.map_err(|error| refused(&error))?, reply)
}
