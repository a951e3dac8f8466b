//! Merging and splitting titles: how a call becomes a plan, and how what came of it is told.
//!
//! Never decides anything: `crate::catalog::merging` does.

mod merge;
mod split;
mod undo_merge;

use accession_event_log::Given;
use accession_service::problem::Problem;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::time::Duration;
use utoipa::ToSchema;

pub(super) use merge::{__path_merge_title, merge_title};
pub(super) use split::{__path_split_title, split_title};
pub(super) use undo_merge::{__path_undo_merge, undo_merge};

use crate::catalog::http::refusals::at;
use crate::catalog::merging::{Done, MergeError, Told};
use crate::http::answer::{Answer, Reply};
use crate::http::body::BodyDigest;
use crate::http::call::Call;
use crate::http::failure::{Refusal, claimed, from_log, from_repository, key_reused};

/// The answer to a merge, its undo or a split.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Merged {
    /// The title that stands after it: the winner of a merge, the title that came back, the new title of a split.
    id: String,
    /// Its version from now on; send it as `If-Match`.
    version: u64,
    /// Where it stands in the log.
    position: u64,
    /// The editions that came along.
    editions: Vec<String>,
    /// The episodes that came along.
    episodes: Vec<String>,
    /// The episodes that were taken off, because the winner has others with their numbers.
    detached: Vec<String>,
    /// What stayed as it is, because somebody has changed it since.
    kept: Vec<KeptPart>,
}

/// Something that stayed as it is.
#[derive(Debug, Serialize, ToSchema)]
struct KeptPart {
    /// `edition …`, `episode …`, or the name of a field.
    what: String,
    /// Why it stays.
    why: String,
}

/// The lists of an answer.
fn lists(told: &Told) -> Map<String, Value> {
    let texts = |ids: Vec<String>| Value::from(ids);
    let kept = told.kept.iter();
    let kept: Vec<Value> = kept
        .map(|kept| json!({ "what": kept.what, "why": kept.why }))
        .collect();
    let of = |ids: &[accession_events::ids::EpisodeId]| {
        texts(ids.iter().map(ToString::to_string).collect())
    };
    let editions = told.editions.iter().map(ToString::to_string).collect();
    [
        ("editions".to_owned(), texts(editions)),
        ("episodes".to_owned(), of(&told.episodes)),
        ("detached".to_owned(), of(&told.detached)),
        ("kept".to_owned(), Value::from(kept)),
    ]
    .into_iter()
    .collect()
}

/// The answer as far as it is known before it is written.
fn reply(told: &Told) -> Reply {
    let id = told.title.map_or_else(String::new, |id| id.to_string());
    Reply::changed(id).with_all(lists(told))
}

/// What goes with the append: the call, and why it was made.
pub(in crate::catalog::http) fn given(
    call: &Call,
    body: &BodyDigest,
    reason: Option<String>,
    reply: &Reply,
) -> Given {
    let mut given = call.given(body, reply);
    given.metadata.reason = reason;
    given
}

/// The answer to what was done now or before.
fn answer(done: &Done, reply: impl FnOnce(&Told) -> Reply) -> Result<Answer, Problem> {
    match &done.replayed {
        Some(stored) => Answer::replayed(stored),
        None => Ok(reply(&done.told).at(done.told.version, done.position)),
    }
}

/// The problem that a caller reads.
pub(in crate::catalog::http) fn refused(error: &MergeError) -> Problem {
    let words = || error.to_string();
    let conflict = |code| Problem::new(StatusCode::CONFLICT, code, error.to_string());
    match error {
        MergeError::Title { refusal, .. } => refusal.problem(),
        MergeError::Edition { refusal, .. } => refusal.problem(),
        MergeError::Episode { refusal, .. } => refusal.problem(),
        MergeError::Itself => at("into", "same_title", words()),
        MergeError::OtherTitle { .. } => at("into", "other_title", words()),
        MergeError::KindsDiffer { .. } => at("into", "kinds_differ", words()),
        MergeError::NumbersTaken(_) => conflict("episode_numbers_taken"),
        MergeError::TooMany(_) => conflict("too_many_parts"),
        MergeError::NotMerged(_) | MergeError::EditionNotMerged(_) => conflict("not_merged"),
        MergeError::MergedElsewhere { .. } => conflict("merged_elsewhere"),
        MergeError::NothingToSplit => at("editions", "nothing_to_split", words()),
        MergeError::NotOfTitle { field, .. } => at(field, "not_of_title", words()),
        MergeError::Stale { .. } => {
            Problem::new(StatusCode::PRECONDITION_FAILED, "stale_version", words())
        }
        MergeError::Claimed { key, owner } => claimed(key, owner),
        MergeError::KeyReused => key_reused(),
        MergeError::Busy => conflict("conflict").retry_after(Duration::from_secs(1)),
        MergeError::Log(error) => from_log(error),
        MergeError::Repository(error) => from_repository(error),
    }
}
