//! `POST /api/v1/admin/accounts/{id}/{disable,enable,role}`: what an administrator does with other people's accounts.
//!
//! Never one's own: the last administrator cannot shut the door from outside.

use ::http::StatusCode;
use ::http::request::Parts;
use accession_events::identity::PlatformRole;
use accession_events::ids::{AccountId, IdError};
use accession_service::problem::Problem;
use axum::extract::{FromRequestParts, Path, State};
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::{Body, BodyDigest, NoBody};
use crate::http::call::{AdminCall, Call};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{answer, change};
use crate::http::fields::Faults;
use crate::identity::account::AccountCommand;
use crate::identity::account::disable::Disable;
use crate::identity::account::set_role::SetRole;
use crate::identity::accounts::{Accounts, subject_of};

/// An account's id from the path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whose(AccountId);

impl<S: Send + Sync> FromRequestParts<S> for Whose {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|error| Problem::malformed(format!("the path cannot be read: {error}")))?;
        text.parse()
            .map(Self)
            .map_err(|error: IdError| Problem::not_found(error.to_string()))
    }
}

/// Why somebody is shut out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// In the administrator's words, 1 to 200 characters. Sealed: it is about a person.
    reason: String,
}

/// Shut a person out. Every session ends. 409 `last_administrator` when no other administrator could act.
#[utoipa::path(post, path = "/api/v1/admin/accounts/{id}/disable", tag = "identity", params(("id" = String, Path), Conditions),
    request_body = Reason, responses((status = 200, description = "The account is disabled.", body = Changed), CommandProblems))]
pub(super) async fn disable_account(
    AdminCall(call): AdminCall,
    Whose(account): Whose,
    State(accounts): State<Accounts>,
    Body { value, digest }: Body<Reason>,
) -> Result<Answer, Problem> {
    refuse_own(&call, account)?;
    let mut faults = Faults::default();
    let Some(reason) = faults.short("reason", &value.reason) else {
        return Err(faults.problem());
    };
    known(&accounts, account).await?;
    let stream = accounts.repository().stream(&account.to_string());
    let reason = accounts
        .sealer()
        .seal(subject_of(account), &stream, "reason", &reason)
        .await
        .map_err(|error| problem(error.into(), "reason"))?;
    let command = AccountCommand::Disable(Disable { reason });
    change_kept(&accounts, account, &call, &digest, &command).await
}

/// Let a person in again.
#[utoipa::path(post, path = "/api/v1/admin/accounts/{id}/enable", tag = "identity", params(("id" = String, Path), Conditions),
    responses((status = 200, description = "The account is enabled.", body = Changed), CommandProblems))]
pub(super) async fn enable_account(
    AdminCall(call): AdminCall,
    Whose(account): Whose,
    State(accounts): State<Accounts>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    change(
        accounts.repository(),
        account,
        &call,
        &digest,
        &AccountCommand::Enable,
    )
    .await
}

/// A role on the platform.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRole {
    /// `curator`, `admin`, or null for none.
    #[schema(value_type = Option<String>, example = "curator")]
    #[serde(deserialize_with = "Option::deserialize")]
    role: Option<PlatformRole>,
}

/// Give a person a role on the platform, or none. 409 `last_administrator` when no other administrator could act.
#[utoipa::path(post, path = "/api/v1/admin/accounts/{id}/role", tag = "identity", params(("id" = String, Path), Conditions),
    request_body = NewRole, responses((status = 200, description = "The person has this role.", body = Changed), CommandProblems))]
pub(super) async fn set_role(
    AdminCall(call): AdminCall,
    Whose(account): Whose,
    State(accounts): State<Accounts>,
    Body { value, digest }: Body<NewRole>,
) -> Result<Answer, Problem> {
    refuse_own(&call, account)?;
    let command = AccountCommand::SetRole(SetRole { role: value.role });
    change_kept(&accounts, account, &call, &digest, &command).await
}

/// Carries out what may take an administrator away.
async fn change_kept(
    accounts: &Accounts,
    account: AccountId,
    call: &Call,
    digest: &BodyDigest,
    command: &AccountCommand,
) -> Result<Answer, Problem> {
    let reply = Reply::changed(account);
    let given = call.given(digest, &reply);
    let executed = accounts.execute_kept(account, &given, command).await;
    answer(executed.map_err(|error| problem(error, "id"))?, reply)
}

fn refuse_own(call: &Call, account: AccountId) -> Result<(), Problem> {
    let own = call
        .caller
        .person()
        .is_some_and(|person| person.subject == account.to_string());
    if own {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "own_account",
            "this is your own account: another administrator has to do it, so that one is always left",
        ));
    }
    Ok(())
}

/// Nothing is sealed for somebody who is not there.
async fn known(accounts: &Accounts, account: AccountId) -> Result<(), Problem> {
    let found = accounts
        .find(account)
        .await
        .map_err(|error| problem(error, "id"))?;
    found
        .map(|_| ())
        .ok_or_else(|| Problem::not_found("there is no such account"))
}
