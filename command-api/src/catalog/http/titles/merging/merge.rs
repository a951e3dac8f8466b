//! `POST /api/v1/titles/{id}/merge`: merge a title into another one.
//!
//! `If-Match` is about the title in the path; the winner's version, when it matters, is `into_version`.

use accession_event_log::Repository;
use accession_events::ids::TitleId;
use accession_events::values::ShortText;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Merged, answer, given, refused, reply};
use crate::catalog::edition::Edition;
use crate::catalog::episode::Episode;
use crate::catalog::http::refusals::unreadable;
use crate::catalog::merging::{Merging, NumbersTaken, TitleMerge};
use crate::catalog::reading::Unreadable;
use crate::catalog::title::Title;
use crate::http::answer::Answer;
use crate::http::body::Body;
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::keyed::answered_before;
use crate::http::paths::Id;

/// What becomes of episodes whose numbers the winner's have, too.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Clashing {
    /// The merge is refused, and the numbers are named.
    #[default]
    Refuse,
    /// They are taken off their title.
    Detach,
}

/// Into which title, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::catalog::http) struct MergeRequest {
    /// The title that stands for this one from now on.
    #[schema(value_type = Uuid)]
    into: String,
    /// The version of that title that you have seen; refused with 412 when there is a newer one.
    #[serde(default)]
    into_version: Option<u64>,
    /// `refuse` or `detach`: what becomes of episodes whose numbers episodes of that title have, too.
    #[serde(default)]
    clashing_episodes: Clashing,
    /// In your words, at most 200 characters.
    #[serde(default)]
    reason: Option<String>,
}

impl MergeRequest {
    fn read(&self, loser: TitleId, loser_version: Option<u64>) -> Result<TitleMerge, Problem> {
        let mut faults = Vec::new();
        let winner = self.into.parse::<TitleId>();
        let winner = winner.map_err(|error| faults.push(Unreadable::from(error).of("into")));
        let reason = self.reason.as_deref().map(ShortText::parse).transpose();
        let reason = reason.map_err(|error| faults.push(Unreadable::from(error).of("reason")));
        let (Ok(winner), Ok(reason)) = (winner, reason) else {
            return Err(unreadable(faults));
        };
        Ok(TitleMerge {
            loser,
            winner,
            loser_version,
            winner_version: self.into_version,
            numbers_taken: match self.clashing_episodes {
                Clashing::Refuse => NumbersTaken::Refuse,
                Clashing::Detach => NumbersTaken::Detach,
            },
            reason,
        })
    }
}

/// Merge a title into another one, which stands for it from then on: its ids, slugs and records lead there, its editions
/// and episodes stand there, and what was said of it is said of the winner, by the same speakers.
#[utoipa::path(post, path = "/api/v1/titles/{id}/merge", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = MergeRequest,
    responses((status = 200, description = "The other title stands for it.", body = Merged), CommandProblems))]
pub(in crate::catalog::http) async fn merge_title(
    CuratorCall(call): CuratorCall,
    Id(id): Id<TitleId>,
    State(titles): State<Repository<Title>>,
    State(editions): State<Repository<Edition>>,
    State(episodes): State<Repository<Episode>>,
    Body { value, digest }: Body<MergeRequest>,
) -> Result<Answer, Problem> {
    if let Some(before) = answered_before(titles.log(), &call, &digest).await? {
        return Ok(before);
    }
    let merge = value.read(id, call.expected_version)?;
    let merging = Merging::new(titles, editions, episodes);
    let reason = merge.reason.as_ref().map(ToString::to_string);
    let with = |told: &_| given(&call, &digest, reason.clone(), &reply(told));
    let done = merging.merge(&merge, &with).await;
    answer(&done.map_err(|error| refused(&error))?, reply)
}
