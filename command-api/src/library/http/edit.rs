//! `PATCH /api/v1/libraries/{id}`: name, description, kids mode.
//!
//! For its admins alone.

use accession_events::ids::LibraryId;
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::fields::{description, library_name};
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Body, present};
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::fields::Faults;
use crate::http::paths::Id;
use crate::library::libraries::Libraries;
use crate::library::library::LibraryCommand;
use crate::library::library::edit_library::EditLibrary;

/// What to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::option_option,
    reason = "left out, null and a value are three different things in a change"
)]
pub(super) struct LibraryEdit {
    /// What it is to be called.
    #[serde(default)]
    name: Option<String>,
    /// How it is to be described; null takes the description away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    /// Whether children are to have accounts in it.
    #[serde(default)]
    kids_mode: Option<bool>,
}

/// Change a library.
#[utoipa::path(patch, path = "/api/v1/libraries/{id}", tag = "library", params(("id" = String, Path), Conditions),
    request_body = LibraryEdit, responses((status = 200, description = "It is so from now on.", body = Changed), CommandProblems))]
pub(super) async fn edit_library(
    AccountCall { call, account, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(libraries): State<Libraries>,
    Body { value, digest }: Body<LibraryEdit>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Admin)?;
    let mut faults = Faults::default();
    let name = match &value.name {
        Some(text) => library_name(&mut faults, text).map(Some),
        None => Some(None),
    };
    let described = match &value.description {
        Some(text) => description(&mut faults, text.as_deref()).map(Some),
        None => Some(None),
    };
    let (Some(name), Some(description)) = (name, described) else {
        return Err(faults.problem());
    };
    let command = LibraryCommand::Edit(EditLibrary {
        name,
        description,
        kids_mode: value.kids_mode,
        by: account,
    });
    change(libraries.repository(), library, &call, &digest, &command).await
}
