//! `POST /api/v1/auth/forgot-password` and `…/reset-password`: a new password for whoever reads the mailbox.
//!
//! Never tells whether an address is somebody's.

use ::http::StatusCode;
use accession_events::ids::{ChallengeId, PasswordId};
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem;
use super::verification::{Address, Link, asked_once, mailed_or_not};
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::{OpenCall, new_id};
use crate::http::describe::{CommandProblems, OpenConditions};
use crate::http::execute::answer;
use crate::http::fields::{Faults, Secret, token};
use crate::identity::accounts::Accounts;

/// Ask for a mail that lets choose a new password. The answer is always the same.
#[utoipa::path(post, path = "/api/v1/auth/forgot-password", tag = "identity", security(()), params(OpenConditions), request_body = Address,
    responses((status = 204, description = "If there is an account with this address, a mail is on its way."), CommandProblems))]
pub(super) async fn forgot_password(
    call: OpenCall,
    State(accounts): State<Accounts>,
    Body { value, .. }: Body<Address>,
) -> Result<StatusCode, Problem> {
    let address = value.read()?;
    let (id, given) = (
        ChallengeId::new(new_id()),
        asked_once(&call, &accounts, &address),
    );
    let work = accounts.request_reset(&address, id, call.now, &given);
    mailed_or_not(&accounts, work).await
}

/// A token that was mailed, and the password that is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reset {
    /// The token, from the link in the mail.
    #[schema(value_type = String)]
    token: Secret,
    /// 8 to 128 characters that are hard to guess.
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// Choose a new password with the token that was mailed, within 15 minutes and once. Signs out everywhere.
#[utoipa::path(post, path = "/api/v1/auth/reset-password", tag = "identity", security(()), params(OpenConditions), request_body = Reset,
    responses((status = 200, description = "The password is set and every session has ended.", body = Changed), CommandProblems))]
pub(super) async fn reset_password(
    call: OpenCall,
    State(accounts): State<Accounts>,
    Body { value, .. }: Body<Reset>,
) -> Result<Answer, Problem> {
    let mut faults = Faults::default();
    let Some(password) = faults.password("password", &value.password) else {
        return Err(faults.problem());
    };
    let link = Link::shown(&call, token(&value.token));
    if let Some(answer) = link.answered_before(accounts.log()).await? {
        return Ok(answer);
    }
    let new = (PasswordId::new(new_id()), password);
    // Whoever resets a password logs in next, with the address: the account's id is not needed for it.
    let reply = Reply::changed("me");
    let executed = accounts
        .reset_password(link.token, new, call.now, &link.given(&reply))
        .await
        .map_err(|error| problem(error, "password"))?;
    answer(executed, reply)
}
