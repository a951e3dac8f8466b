//! `POST /api/v1/libraries/{id}/copies`: take a copy in.
//!
//! For the library's editors. 409 `duplicate_copy` when the library has the title already, unless they say that they know.

// tidy: allow wall because who belongs to a library is known there alone

use std::sync::Arc;

use accession_events::holdings::CopyDetail;
use accession_events::ids::{CopyId, EditionId, LibraryId, PlaceId, TitleId};
use accession_events::values::{Isbn, PersonName, TitleName};
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::comparing::Comparing;
use super::details::DetailsBody;
use super::ownership::is_a_members;
use super::work::{Catalogue, Wanted};
use crate::holdings::desk::Holdings;
use crate::holdings::desk::entering::Enter;
use crate::holdings::desk::moving::Destination;
use crate::holdings::drafts;
use crate::holdings::lookalikes::Lookalikes;
use crate::http::answer::{Answer, Changed};
use crate::http::body::Body;
use crate::http::call::{AccountCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::refuse_version_of_new;
use crate::http::fields::Faults;
use crate::http::keyed::answered_before;
use crate::http::paths::Id;
use crate::library::libraries::Libraries;
use crate::services::Works;

/// A new copy. Say what it is a copy of by `edition_id`, `isbn`, `title_id`, or `title` and `authors`; what the catalogue does
/// not know by name is entered there.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCopy {
    /// The edition it is a copy of.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    edition_id: Option<EditionId>,
    /// ISBN-10 or ISBN-13 in any spelling.
    #[serde(default)]
    #[schema(example = "978-0-439-02348-1")]
    isbn: Option<String>,
    /// The title it is a copy of.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    title_id: Option<TitleId>,
    /// What the title is called.
    #[serde(default)]
    title: Option<String>,
    /// Who wrote it.
    #[serde(default)]
    authors: Vec<String>,
    /// Where it is to stand; nowhere when it is left out.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    place_id: Option<PlaceId>,
    /// Its slot there, counted from 1; behind the last when it is left out.
    #[serde(default)]
    slot: Option<u32>,
    /// Take it in also when the library has a copy of the title, or of one that looks the same.
    #[serde(default)]
    duplicate: bool,
    /// What is said of it.
    #[serde(default)]
    details: DetailsBody,
}

impl NewCopy {
    fn read(&self) -> Result<(Wanted, Vec<CopyDetail>), Problem> {
        let mut faults = Faults::default();
        let isbn = self.isbn.as_deref();
        let isbn = isbn.map(Isbn::parse).transpose();
        let isbn = faults.take("isbn", "bad_isbn", isbn);
        let name = self
            .title
            .as_deref()
            .map(|text| faults.shown("title", "bad_name", text, TitleName::parse));
        let authors: Option<Vec<PersonName>> = self
            .authors
            .iter()
            .map(|text| faults.shown("authors", "bad_name", text, PersonName::parse))
            .collect();
        let details = self.details.read(&mut faults);
        faults.none()?;
        let wanted = Wanted {
            edition: self.edition_id,
            isbn: isbn.flatten(),
            title: self.title_id,
            name: name.flatten(),
            authors: authors.unwrap_or_default(),
        };
        Ok((wanted, details))
    }
}

/// Take a copy in. 409 `duplicate_copy` names the one that the library has, and where it stands; `match` in `errors[]` tells how it
/// is known: `isbn_match`, `title_author_match`, or `fuzzy_match` for a title that is 0.92 alike or more. From 0.60 on `resembles` in
/// the answer names what may be the same: nothing is refused for it.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/copies", tag = "holdings", params(("id" = String, Path), Conditions),
    request_body = NewCopy,
    responses((status = 201, description = "The library has it; the body also tells its `title_id`.", body = Changed), CommandProblems))]
pub(super) async fn add_copy(
    AccountCall { call, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(holdings): State<Holdings>,
    State(libraries): State<Libraries>,
    State(works): State<Works>,
    State(lookalikes): State<Arc<dyn Lookalikes>>,
    Body { value, digest }: Body<NewCopy>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    refuse_version_of_new(&call)?;
    if let Some(answer) = answered_before(holdings.log(), &call, &digest).await? {
        return Ok(answer);
    }
    let (mut wanted, mut details) = value.read()?;
    is_a_members(&libraries, library, value.details.owner(), "details.owner").await?;
    if let Some(place) = value.place_id {
        let known = holdings.known_place(library, place).await;
        known.map_err(|error| error.problem())?;
    }
    let catalogue = Catalogue {
        titles: &works.titles,
        editions: &works.editions,
        call: &call,
        library,
    };
    let found = catalogue.find(&mut wanted).await?;
    let comparing = Comparing {
        catalogue: &catalogue,
        holdings: &holdings,
        lookalikes: &*lookalikes,
    };
    let resembles = if value.duplicate {
        Vec::new()
    } else {
        comparing.what_it_resembles(&wanted, found.as_ref()).await?
    };
    let work = catalogue.enter(found, &wanted).await?;
    if work.edition.is_some() {
        details.push(CopyDetail::Edition(work.edition));
    }
    let plan = Enter {
        library,
        copy: CopyId::new(new_id()),
        title: work.title,
        stands_for: work.stands_for,
        details,
        to: value.place_id.map(|place| Destination {
            place,
            slot: value.slot,
        }),
        welcome_twice: value.duplicate,
        resembles,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}
