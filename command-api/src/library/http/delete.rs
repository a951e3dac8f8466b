//! `POST /api/v1/libraries/{id}/confirm-deletion` and `DELETE /api/v1/libraries/{id}`: two steps, so that no slip and no
//! stolen session takes a library down.
//!
//! What follows the second step is done by the server itself, also when it is restarted meanwhile.

use accession_events::ids::{ChallengeId, LibraryId};
use accession_events::values::ShortText;
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refusals::problem;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::{AccountCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::answer;
use crate::http::fields::{Faults, Secret, composed, digest_without_secrets, given, token};
use crate::http::keyed::answered_before;
use crate::http::paths::Id;
use crate::library::libraries::{Confirming, Libraries};
use crate::library::library::LibraryCommand;
use crate::library::library::take_down::StartDeletion;

/// What shows that it is you and that you mean it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeletionProof {
    /// Your password.
    #[schema(value_type = String, format = Password)]
    current_password: Secret,
    /// The library's name, as it is written.
    #[schema(example = "Longbourn")]
    name: String,
}

/// What to send with the deletion.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Confirmation {
    /// Send it with DELETE.
    confirmation: String,
    /// It is good until then, once.
    expires_at: String,
}

/// The confirmation, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Deletion {
    /// What confirm-deletion has answered.
    #[schema(value_type = String)]
    confirmation: Secret,
    /// Why, for the record.
    #[serde(default)]
    reason: Option<String>,
}

/// Confirm that a library is to be deleted, by your password and its name. Changes nothing; the answer is good for five
/// minutes, for you and this library.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/confirm-deletion", tag = "library", params(("id" = String, Path)),
    request_body = DeletionProof, responses((status = 200, description = "Send it with DELETE.", body = Confirmation), CommandProblems))]
pub(super) async fn confirm_deletion(
    AccountCall { call, account, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(libraries): State<Libraries>,
    Body { value, .. }: Body<DeletionProof>,
) -> Result<Json<Confirmation>, Problem> {
    call.member_of(library, MemberRole::Admin)?;
    let (confirmation, expires_at) = libraries
        .confirm_deletion(Confirming {
            library,
            account,
            password: given(&value.current_password),
            name: composed(&value.name),
            challenge: ChallengeId::new(new_id()),
            now: call.now,
        })
        .await
        .map_err(|error| problem(error, "current_password"))?;
    Ok(Json(Confirmation {
        confirmation,
        expires_at: expires_at.to_string(),
    }))
}

/// Delete a library. From now on nothing else can be done with it; the server ends its invitations and memberships and
/// clears what other parts of the product hold for it.
#[utoipa::path(delete, path = "/api/v1/libraries/{id}", tag = "library", params(("id" = String, Path), Conditions),
    request_body = Deletion, responses((status = 202, description = "It is being deleted.", body = Changed), CommandProblems))]
pub(super) async fn delete_library(
    AccountCall { call, account, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(libraries): State<Libraries>,
    Body { value, .. }: Body<Deletion>,
) -> Result<Answer, Problem> {
    let digest = digest_without_secrets(&[value.reason.as_deref().unwrap_or_default()]);
    // A repeat is told what the first was told, before anything is looked at that the first has used up.
    let log = libraries.repository().log();
    if let Some(answer) = answered_before(log, &call, &digest).await? {
        return Ok(answer);
    }
    call.member_of(library, MemberRole::Admin)?;
    let reason = match value.reason.as_deref() {
        None => None,
        Some(text) => {
            let mut faults = Faults::default();
            let read = faults.take("reason", "bad_text", ShortText::parse(text));
            Some(read.ok_or_else(|| faults.problem())?)
        }
    };
    let reply = Reply::changed(library).status(::http::StatusCode::ACCEPTED);
    let told = |error| problem(error, "confirmation");
    let confirmation = libraries
        .confirmed(library, account, token(&value.confirmation), call.now)
        .await
        .map_err(told)?;
    let command = LibraryCommand::StartDeletion(StartDeletion {
        by: account,
        reason,
    });
    let executed = libraries
        .execute(library, &call.given(&digest, &reply), &command)
        .await
        .map_err(told)?;
    libraries.use_up(confirmation).await.map_err(told)?;
    answer(executed, reply)
}
