//! `DELETE /api/v1/users/me`: end one's account, and be erased.
//!
//! Never without the password.

use std::sync::Arc;

use accession_events::identity::ErasureReason;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::answer;
use crate::http::fields::{Secret, digest_without_secrets, given};
use crate::identity::accounts::{Accounts, subject_of};
use crate::identity::erasure::Erase;
use crate::ties::{Orphans, Ties};

/// The proof that it is the person and not only somebody at their desk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Proof {
    /// The account's password.
    #[schema(value_type = String, format = Password)]
    current_password: Secret,
}

/// Delete one's account. Everything personal becomes unreadable, for everybody and for good; memberships end, open
/// invitations are withdrawn. 409 `last_admin` names the libraries in which nobody else may act as admin: make somebody else
/// an admin, or delete the library first.
#[utoipa::path(delete, path = "/api/v1/users/me", tag = "identity", params(Conditions), request_body = Proof,
    responses((status = 200, description = "There is no such account any more.", body = Changed), CommandProblems))]
pub(super) async fn delete_account(
    AccountCall { call, account, .. }: AccountCall,
    State(accounts): State<Accounts>,
    State(ties): State<Arc<dyn Ties>>,
    Body { value, .. }: Body<Proof>,
) -> Result<Answer, Problem> {
    let reply = Reply::changed(account);
    let given_with = call.given(&digest_without_secrets(&[]), &reply);
    accounts
        .reauthenticate(account, given(&value.current_password))
        .await
        .map_err(|error| problem(error, "current_password"))?;
    let erase = Erase {
        subject: subject_of(account),
        by: Some(account),
        reason: ErasureReason::OwnWish,
        at: call.now,
        orphans: Orphans::HoldBack,
    };
    let executed = accounts
        .erase(&erase, &*ties, &given_with)
        .await
        .map_err(|error| problem(error, "current_password"))?;
    answer(executed, reply)
}
