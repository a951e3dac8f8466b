//! `POST /api/v1/libraries/{id}/members`: ask somebody to join, by e-mail.
//!
//! The answer is the same whether or not an account has the address, and takes as long.

use accession_events::ids::{ChallengeId, LibraryId, SubjectId};
use accession_events::library::MemberRole;
use accession_service::access;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::refusals::problem;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::{AccountCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::equal_time::not_before;
use crate::http::execute::answer;
use crate::http::fields::Faults;
use crate::http::paths::Id;
use crate::library::libraries::{Libraries, NewInvitation};

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Invitee {
    /// Where the mail goes. Only this address can accept.
    #[schema(format = Email, example = "jane@example.org")]
    email: String,
    /// What you call them.
    #[serde(default)]
    full_name: Option<String>,
    /// `admin`, `editor`, `viewer`, or `patron` in a lending library.
    role: MemberRole,
}

/// Invite somebody. The invitation is good for seven days; inviting the same address again mails it anew.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/members", tag = "library", params(("id" = String, Path), Conditions),
    request_body = Invitee, responses((status = 202, description = "They are asked; `invitation_id` names the invitation.", body = Changed), CommandProblems))]
pub(super) async fn invite_member(
    AccountCall { call, account, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(libraries): State<Libraries>,
    Body { value, digest }: Body<Invitee>,
) -> Result<Answer, Problem> {
    call.member_of(library, access::MemberRole::Admin)?;
    let mut faults = Faults::default();
    let email = faults.email("email", &value.email);
    let name = match &value.full_name {
        Some(text) => faults.name("full_name", text).map(Some),
        None => Some(None),
    };
    let (Some(email), Some(name)) = (email, name) else {
        return Err(faults.problem());
    };
    let challenge = ChallengeId::new(new_id());
    let reply = Reply::changed(library)
        .with("invitation_id", challenge.to_string())
        .status(::http::StatusCode::ACCEPTED);
    let given = call.given(&digest, &reply);
    let new = NewInvitation {
        email,
        name,
        role: value.role,
        challenge,
        stranger: SubjectId::new(new_id()),
        by: account,
        now: call.now,
    };
    let work = libraries.invite(library, new, &given);
    let executed = not_before(libraries.answers_after(), work).await;
    answer(executed.map_err(|error| problem(error, "email"))?, reply)
}
