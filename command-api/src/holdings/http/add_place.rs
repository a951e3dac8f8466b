//! `POST /api/v1/libraries/{id}/places`: set up a room, a bookcase, a section or a shelf.
//!
//! For its editors.

use accession_events::holdings::PlaceKind;
use accession_events::ids::{LibraryId, PlaceId};
use accession_events::values::{LongText, ShortText, WebUrl};
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::holdings::desk::Holdings;
use crate::holdings::places::PlacesCommand;
use crate::holdings::places::add_place::AddPlace;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::{AccountCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{Subject, carry_out};
use crate::http::fields::Faults;
use crate::http::paths::Id;

/// A new place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPlace {
    /// `room`, `bookcase`, `section` or `shelf`; it stays what it is.
    kind: PlaceKind,
    /// What it is called, 1 to 200 characters.
    #[schema(example = "By the window")]
    name: String,
    /// The place it is in: a wider one. None for no other.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    under: Option<PlaceId>,
    /// Which it is to be among those beside it, counted from 1; the last when it is left out.
    #[serde(default)]
    position: Option<u32>,
    /// How it is described.
    #[serde(default)]
    description: Option<String>,
    /// Address of a picture of it.
    #[serde(default)]
    photo: Option<String>,
}

/// Set up a place. `version` in the answer is that of all places of the library together.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/places", tag = "holdings", params(("id" = String, Path), Conditions),
    request_body = NewPlace, responses((status = 201, description = "It is there.", body = Changed), CommandProblems))]
pub(super) async fn add_place(
    AccountCall { call, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(holdings): State<Holdings>,
    Body { value, digest }: Body<NewPlace>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let mut faults = Faults::default();
    let name = faults.shown("name", "bad_name", &value.name, ShortText::parse);
    let description = description(&mut faults, value.description.as_deref());
    let photo = photo(&mut faults, value.photo.as_deref());
    let (Some(name), Some(description), Some(photo)) = (name, description, photo) else {
        return Err(faults.problem());
    };
    let place_id = PlaceId::new(new_id());
    let command = PlacesCommand::Add(AddPlace {
        place_id,
        kind: value.kind,
        name,
        under: value.under,
        at: value.position,
        description,
        photo,
    });
    let reply = Reply::created(place_id, format!("/api/read/libraries/{library}/places"));
    let id = library.to_string();
    let subject = Subject::Existing(&id);
    carry_out(holdings.places(), subject, &call, &digest, &command, reply).await
}

/// A description; nothing but blanks is none.
#[expect(
    clippy::option_option,
    reason = "a fault, no description and a description are three different things"
)]
pub(super) fn description(faults: &mut Faults, text: Option<&str>) -> Option<Option<LongText>> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        None => Some(None),
        Some(text) => faults
            .take("description", "bad_text", LongText::parse(text))
            .map(Some),
    }
}

/// Address of a picture.
#[expect(
    clippy::option_option,
    reason = "a fault, no picture and a picture are three different things"
)]
pub(super) fn photo(faults: &mut Faults, text: Option<&str>) -> Option<Option<WebUrl>> {
    match text {
        None => Some(None),
        Some(text) => faults
            .take("photo", "bad_url", WebUrl::parse(text))
            .map(Some),
    }
}
