//! `PATCH` and `DELETE /api/v1/libraries/{id}/members/{account}`: role, suspension, removal; an invitation is taken back by
//! its own id.
//!
//! For its admins alone.

use accession_events::ids::{AccountId, ChallengeId, LibraryId, SubjectId};
use accession_events::library::MemberRole;
use accession_service::access;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::refusals::problem;
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Body, NoBody};
use crate::http::call::{AccountCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::paths::IdIn;
use crate::library::libraries::Libraries;
use crate::library::library::LibraryCommand;
use crate::library::library::change_member::ChangeMember;
use crate::library::library::remove_member::{RemoveMember, Removed};

/// Where a member may be put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// May act.
    Active,
    /// May not act for now.
    Suspended,
}

/// What to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberEdit {
    /// What they are to be: not `child`, which comes with a child's account.
    #[serde(default)]
    role: Option<MemberRole>,
    /// `active` or `suspended`.
    #[serde(default)]
    status: Option<Status>,
}

/// Give a member another role, suspend or reinstate them. It counts from their next request on.
#[utoipa::path(patch, path = "/api/v1/libraries/{id}/members/{account}", tag = "library",
    params(("id" = String, Path), ("account" = String, Path), Conditions), request_body = MemberEdit,
    responses((status = 200, description = "It is so from now on.", body = Changed), CommandProblems))]
pub(super) async fn change_member(
    AccountCall { call, account, .. }: AccountCall,
    IdIn(library, member): IdIn<LibraryId, AccountId>,
    State(libraries): State<Libraries>,
    Body { value, digest }: Body<MemberEdit>,
) -> Result<Answer, Problem> {
    call.member_of(library, access::MemberRole::Admin)?;
    let command = LibraryCommand::ChangeMember(ChangeMember {
        account: member,
        role: value.role,
        suspended: value.status.map(|status| status == Status::Suspended),
        by: account,
    });
    change(libraries.repository(), library, &call, &digest, &command).await
}

/// Remove a member, or take an invitation back: then `account` is the invitation's id.
#[utoipa::path(delete, path = "/api/v1/libraries/{id}/members/{account}", tag = "library",
    params(("id" = String, Path), ("account" = String, Path), Conditions),
    responses((status = 200, description = "They belong to it no longer.", body = Changed), CommandProblems))]
pub(super) async fn remove_member(
    AccountCall { call, account, .. }: AccountCall,
    IdIn(library, member): IdIn<LibraryId, AccountId>,
    State(libraries): State<Libraries>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    call.member_of(library, access::MemberRole::Admin)?;
    let told = |error| problem(error, "account");
    let known = libraries.find(library).await.map_err(told)?;
    let challenge = ChallengeId::new(member.as_uuid());
    let who = if known.invitation(challenge).is_some() {
        Removed::Invitation(challenge)
    } else {
        let record = match known.member(member) {
            Some(_) => {
                let subject = SubjectId::new(new_id());
                libraries.record_of_leaver(library, member, subject).await
            }
            None => Ok(None),
        };
        Removed::Member {
            account: member,
            record: record.map_err(told)?,
        }
    };
    let command = LibraryCommand::Remove(RemoveMember { who, by: account });
    change(libraries.repository(), library, &call, &digest, &command).await
}
