//! `PATCH /api/v1/users/me`: be shown otherwise.
//!
//! Never the address or the password: they have routes of their own, with proof.

use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem;
use crate::http::answer::{Answer, Changed};
use crate::http::body::Body;
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::fields::Faults;
use crate::identity::account::AccountCommand;
use crate::identity::account::change_profile::ChangeProfile;
use crate::identity::accounts::{Accounts, subject_of};

/// What others see of a person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    /// The name that others see.
    #[schema(example = "Ana Petrović")]
    name: String,
}

/// Change one's name.
#[utoipa::path(patch, path = "/api/v1/users/me", tag = "identity", params(Conditions), request_body = Profile,
    responses((status = 200, description = "It is changed.", body = Changed), CommandProblems))]
pub(super) async fn change_profile(
    AccountCall { call, account, .. }: AccountCall,
    State(accounts): State<Accounts>,
    Body { value, digest }: Body<Profile>,
) -> Result<Answer, Problem> {
    let mut faults = Faults::default();
    let Some(name) = faults.name("name", &value.name) else {
        return Err(faults.problem());
    };
    let stream = accounts.repository().stream(&account.to_string());
    let name = accounts
        .sealer()
        .seal(subject_of(account), &stream, "name", &name)
        .await
        .map_err(|error| problem(error.into(), "name"))?;
    let command = AccountCommand::ChangeProfile(ChangeProfile { name });
    change(accounts.repository(), account, &call, &digest, &command).await
}
