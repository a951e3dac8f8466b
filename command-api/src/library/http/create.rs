//! `POST /api/v1/libraries`: make a library.
//!
//! Whoever is signed in may; they are its first admin.

use accession_events::ids::LibraryId;
use accession_events::library::LibraryKind;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::fields::{description, library_name};
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::{AccountCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{Subject, carry_out};
use crate::http::fields::Faults;
use crate::library::libraries::Libraries;
use crate::library::library::LibraryCommand;
use crate::library::library::create_library::CreateLibrary;

/// A new library.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLibrary {
    /// What it is called, 1 to 200 characters.
    #[schema(example = "Longbourn")]
    name: String,
    /// `family`, `lending` or `shop`; it stays what it is.
    kind: LibraryKind,
    /// How it is described.
    #[serde(default)]
    description: Option<String>,
}

/// Make a library. You are its first admin.
#[utoipa::path(post, path = "/api/v1/libraries", tag = "library", params(Conditions), request_body = NewLibrary,
    responses((status = 201, description = "It is there, and you are its admin.", body = Changed), CommandProblems))]
pub(super) async fn create_library(
    AccountCall { call, account, .. }: AccountCall,
    State(libraries): State<Libraries>,
    Body { value, digest }: Body<NewLibrary>,
) -> Result<Answer, Problem> {
    let mut faults = Faults::default();
    let name = library_name(&mut faults, &value.name);
    let described = description(&mut faults, value.description.as_deref());
    let (Some(name), Some(description)) = (name, described) else {
        return Err(faults.problem());
    };
    let command = LibraryCommand::Create(CreateLibrary {
        name,
        description,
        kind: value.kind,
        by: account,
    });
    let id = LibraryId::new(new_id()).to_string();
    let reply = Reply::created(&id, format!("/api/read/libraries/{id}"));
    let subject = Subject::New(&id);
    carry_out(
        libraries.repository(),
        subject,
        &call,
        &digest,
        &command,
        reply,
    )
    .await
}
