//! `POST /api/v1/libraries/{id}/members/{account}/password`: a grown-up chooses a child's password, for a child has no mailbox
//! to be sent a link to.
//!
//! Never anybody's but a child's, and never without the grown-up's own password.

use accession_events::ids::{AccountId, LibraryId, PasswordId};
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::refusals::problem;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::{AccountCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::fields::{Faults, Secret, digest_without_secrets, given};
use crate::http::paths::IdIn;
use crate::library::libraries::Libraries;

/// A child's new password, with the grown-up's own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChildsPassword {
    /// Your own password.
    #[schema(value_type = String, format = Password)]
    current_password: Secret,
    /// What the child signs in with from now on: 8 to 128 characters that are hard to guess.
    #[schema(value_type = String, format = Password)]
    new_password: Secret,
}

/// Choose a child's password: for whoever answers for the child, and for admins of the library. The child is signed out
/// everywhere; whoever answers for it is told by mail.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/members/{account}/password", tag = "library",
    params(("id" = String, Path), ("account" = String, Path), Conditions), request_body = ChildsPassword,
    responses((status = 200, description = "The child signs in with it from now on.", body = Changed), CommandProblems))]
pub(super) async fn choose_childs_password(
    AccountCall { call, account, .. }: AccountCall,
    IdIn(library, child): IdIn<LibraryId, AccountId>,
    State(libraries): State<Libraries>,
    Body { value, .. }: Body<ChildsPassword>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let mut faults = Faults::default();
    let Some(password) = faults.password("new_password", &value.new_password) else {
        return Err(faults.problem());
    };
    let reply = Reply::changed(child);
    let given_with = call.given(&digest_without_secrets(&[]), &reply);
    libraries
        .looks_after(library, child, account, given(&value.current_password))
        .await
        .map_err(|error| problem(error, "current_password"))?;
    let new = (PasswordId::new(new_id()), password);
    let noted = libraries
        .choose_childs_password(child, new, call.now, &given_with)
        .await
        .map_err(|error| problem(error, "new_password"))?;
    match noted.replayed {
        Some(stored) => Answer::replayed(&stored),
        None => Ok(reply.at(noted.version, noted.position)),
    }
}
