//! `POST /api/v1/users/me/email/change` and `POST /api/v1/auth/confirm-email-change`: have another address.
//!
//! Never changes it before the new mailbox has confirmed it.

use accession_events::ids::ChallengeId;
use accession_secrets::challenges::ChallengePurpose;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem;
use super::verification::{Link, MailedToken};
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::{AccountCall, OpenCall, new_id};
use crate::http::describe::{CommandProblems, Conditions, OpenConditions};
use crate::http::execute::answer;
use crate::http::fields::{Faults, Secret, digest_without_secrets, given, token};
use crate::identity::accounts::Accounts;

/// Another address, asked for with the password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EmailChange {
    /// The new address.
    #[schema(example = "ana@example.com")]
    new_email: String,
    /// The account's password.
    #[schema(value_type = String, format = Password)]
    current_password: Secret,
}

/// Ask for another address: a mail to it asks for confirmation within 30 minutes, a notice goes to the present one.
#[utoipa::path(post, path = "/api/v1/users/me/email/change", tag = "identity", params(Conditions), request_body = EmailChange,
    responses((status = 200, description = "A mail is on its way to the new address.", body = Changed), CommandProblems))]
pub(super) async fn request_email_change(
    AccountCall { call, account, .. }: AccountCall,
    State(accounts): State<Accounts>,
    Body { value, .. }: Body<EmailChange>,
) -> Result<Answer, Problem> {
    let mut faults = Faults::default();
    let Some(address) = faults.email("new_email", &value.new_email) else {
        return Err(faults.problem());
    };
    let reply = Reply::changed(account);
    let index = accounts.indexer().email(&address).to_string();
    let given_with = call.given(&digest_without_secrets(&[&index]), &reply);
    let id = ChallengeId::new(new_id());
    let password = given(&value.current_password);
    let executed = accounts
        .request_email_change(account, password, &address, id, call.now, &given_with)
        .await
        .map_err(|error| problem(error, "current_password"))?;
    answer(executed, reply)
}

/// Confirm another address with the token that was mailed to it, once. 409 when somebody else has it by now.
#[utoipa::path(post, path = "/api/v1/auth/confirm-email-change", tag = "identity", security(()), params(OpenConditions), request_body = MailedToken,
    responses((status = 200, description = "It is the account's address.", body = Changed), CommandProblems))]
pub(super) async fn confirm_email_change(
    call: OpenCall,
    State(accounts): State<Accounts>,
    Body { value, .. }: Body<MailedToken>,
) -> Result<Answer, Problem> {
    let link = Link::shown(&call, token(&value.token));
    if let Some(answer) = link.answered_before(accounts.log()).await? {
        return Ok(answer);
    }
    let told = |error| problem(error, "token");
    let purpose = ChallengePurpose::ChangeEmail;
    let answered = accounts.answered(link.token, purpose).await.map_err(told)?;
    let reply = Reply::changed(answered.0);
    let given = link.given(&reply);
    let executed = accounts
        .confirm_email_change(answered, call.now, &given)
        .await;
    answer(executed.map_err(told)?, reply)
}
