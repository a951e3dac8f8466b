//! `POST /api/v1/auth/verify-email` and `…/resend-verification`: prove that the address is one's own.
//!
//! Never tells whether an address is somebody's, or proven already.

use ::http::StatusCode;
use accession_events::ids::ChallengeId;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::{OpenCall, new_id};
use crate::http::describe::CommandProblems;
use crate::http::equal_time::not_before;
use crate::http::execute::answer;
use crate::http::fields::{Faults, Secret, token};
use crate::identity::accounts::{Accounts, AccountsError};

/// A token that was mailed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MailedToken {
    /// The token, from the link in the mail.
    #[schema(value_type = String)]
    pub(super) token: Secret,
}

/// Somebody's address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Address {
    /// The address.
    #[schema(example = "ana@example.org")]
    email: String,
}

impl Address {
    pub(super) fn read(&self) -> Result<accession_events::values::EmailAddress, Problem> {
        let mut faults = Faults::default();
        match faults.email("email", &self.email) {
            Some(address) => Ok(address),
            None => Err(faults.problem()),
        }
    }
}

/// Prove an address with the token that was mailed to it, within a day and once.
#[utoipa::path(post, path = "/api/v1/auth/verify-email", tag = "identity", security(()), request_body = MailedToken,
    responses((status = 200, description = "It is proven.", body = Changed), CommandProblems))]
pub(super) async fn verify_email(
    call: OpenCall,
    State(accounts): State<Accounts>,
    Body { value, .. }: Body<MailedToken>,
) -> Result<Answer, Problem> {
    let given = call.given("mailbox");
    let (account, executed) = accounts
        .verify_email(token(&value.token), call.now, &given)
        .await
        .map_err(|error| problem(error, "token"))?;
    answer(executed, Reply::changed(account))
}

/// Mail the question again. The answer is the same whether or not there is somebody to be asked.
#[utoipa::path(post, path = "/api/v1/auth/resend-verification", tag = "identity", security(()), request_body = Address,
    responses((status = 204, description = "If there is an account whose address is not proven, a mail is on its way."), CommandProblems))]
pub(super) async fn resend_verification(
    call: OpenCall,
    State(accounts): State<Accounts>,
    Body { value, .. }: Body<Address>,
) -> Result<StatusCode, Problem> {
    let address = value.read()?;
    let (id, given) = (ChallengeId::new(new_id()), call.given("anonymous"));
    let work = accounts.request_verification(&address, id, call.now, &given);
    mailed_or_not(&accounts, work).await
}

/// The same answer, after the same time, whether or not there was somebody to write to.
pub(super) async fn mailed_or_not(
    accounts: &Accounts,
    work: impl Future<Output = Result<(), AccountsError>>,
) -> Result<StatusCode, Problem> {
    not_before(accounts.options().answers_after, work)
        .await
        .map_err(|error| problem(error, "email"))?;
    Ok(StatusCode::NO_CONTENT)
}
