//! `POST /api/v1/users/me/password`: have another password.
//!
//! Never without the present one; every other session ends.

use accession_events::ids::PasswordId;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::{AccountCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::answer;
use crate::http::fields::{Faults, Secret, digest_without_secrets, given};
use crate::identity::accounts::{Accounts, AccountsError};

/// Another password, asked for with the present one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordChange {
    /// The present password.
    #[schema(value_type = String, format = Password)]
    current_password: Secret,
    /// 8 to 128 characters that are hard to guess.
    #[schema(value_type = String, format = Password)]
    new_password: Secret,
}

/// Change the password. Signs out everywhere but here.
#[utoipa::path(post, path = "/api/v1/users/me/password", tag = "identity", params(Conditions), request_body = PasswordChange,
    responses((status = 200, description = "The password is changed and every other session has ended.", body = Changed), CommandProblems))]
pub(super) async fn change_password(
    AccountCall {
        call,
        account,
        session,
    }: AccountCall,
    State(accounts): State<Accounts>,
    Body { value, .. }: Body<PasswordChange>,
) -> Result<Answer, Problem> {
    let mut faults = Faults::default();
    let Some(password) = faults.password("new_password", &value.new_password) else {
        return Err(faults.problem());
    };
    let reply = Reply::changed(account);
    let given_with = call.given(&digest_without_secrets(&[]), &reply);
    let new = (PasswordId::new(new_id()), password);
    let present = given(&value.current_password);
    let executed = accounts
        .change_password(account, present, new, Some(session), call.now, &given_with)
        .await
        .map_err(|error| {
            let field = match error {
                AccountsError::WrongPassword => "current_password",
                _ => "new_password",
            };
            problem(error, field)
        })?;
    answer(executed, reply)
}
