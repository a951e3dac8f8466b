//! `PATCH /api/v1/libraries/{id}/places/{place}`: name, description, picture.
//!
//! For the library's editors. Where a place stands is changed by moving it.

use accession_events::ids::{LibraryId, PlaceId};
use accession_events::values::ShortText;
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::add_place::{description, photo};
use crate::holdings::desk::Holdings;
use crate::holdings::places::PlacesCommand;
use crate::holdings::places::edit_place::EditPlace;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::{Body, present};
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{Subject, carry_out};
use crate::http::fields::Faults;
use crate::http::paths::IdIn;

/// What to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::option_option,
    reason = "left out, null and a value are three different things in a change"
)]
pub(super) struct PlaceEdit {
    /// What it is to be called.
    #[serde(default)]
    name: Option<String>,
    /// How it is to be described; null takes the description away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    /// Address of its picture; null takes the picture away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    photo: Option<Option<String>>,
}

/// Change what is said of a place.
#[utoipa::path(patch, path = "/api/v1/libraries/{id}/places/{place}", tag = "holdings",
    params(("id" = String, Path), ("place" = String, Path), Conditions), request_body = PlaceEdit,
    responses((status = 200, description = "It is so from now on.", body = Changed), CommandProblems))]
pub(super) async fn edit_place(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, place_id): IdIn<LibraryId, PlaceId>,
    State(holdings): State<Holdings>,
    Body { value, digest }: Body<PlaceEdit>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let mut faults = Faults::default();
    let name = match &value.name {
        Some(text) => faults
            .shown("name", "bad_name", text, ShortText::parse)
            .map(Some),
        None => Some(None),
    };
    let described = match &value.description {
        Some(text) => description(&mut faults, text.as_deref()).map(Some),
        None => Some(None),
    };
    let pictured = match &value.photo {
        Some(text) => photo(&mut faults, text.as_deref()).map(Some),
        None => Some(None),
    };
    let (Some(name), Some(description), Some(photo)) = (name, described, pictured) else {
        return Err(faults.problem());
    };
    let command = PlacesCommand::Edit(EditPlace {
        place_id,
        name,
        description,
        photo,
    });
    let (id, reply) = (library.to_string(), Reply::changed(place_id));
    let subject = Subject::Existing(&id);
    carry_out(holdings.places(), subject, &call, &digest, &command, reply).await
}
