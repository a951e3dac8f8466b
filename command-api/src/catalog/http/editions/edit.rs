//! `PATCH /api/v1/editions/{id}`: say something about an edition, or take one's own word back.
//!
//! A field that is left out stays as it was said.

use accession_event_log::Repository;
use accession_events::catalog::EditionField;
use accession_events::ids::EditionId;
use accession_events::values::Provenance;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::edition::assert_facts::AssertFacts;
use crate::catalog::edition::{Edition, EditionCommand};
use crate::catalog::http::refusals::unreadable;
use crate::catalog::reading::{Fault, Reading, edition};
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Body, present};
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::paths::Id;

/// What is said about an edition. A field that is left out stands; null takes your own word back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::option_option,
    reason = "left out, null and a value are three different things in a change"
)]
pub(super) struct EditionChanges {
    /// ISBN-10 or ISBN-13 in any spelling.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    isbn: Option<Option<String>>,
    /// The name on its title page.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    name: Option<Option<String>>,
    /// Who published it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    publisher: Option<Option<String>>,
    /// The year it was published, -3000 to 2100.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    published_year: Option<Option<i64>>,
    /// Its language, any ISO 639 code or BCP 47 tag.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<String>>,
    /// Number of pages.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u32>)]
    page_count: Option<Option<u32>>,
    /// Form: hardcover, paperback, e-book.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    format: Option<Option<String>>,
    /// Address of a cover.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    cover: Option<Option<String>>,
}

impl EditionChanges {
    fn read(&self, by: Provenance) -> Result<AssertFacts, Vec<Fault>> {
        let mut reading = Reading::default();
        reading.change("isbn", EditionField::Isbn, self.isbn.as_ref(), |text| {
            edition::isbn(text)
        });
        reading.change("name", EditionField::Name, self.name.as_ref(), |text| {
            edition::name(text)
        });
        reading.change(
            "publisher",
            EditionField::Publisher,
            self.publisher.as_ref(),
            |text| edition::publisher(text),
        );
        reading.change(
            "published_year",
            EditionField::PublishedYear,
            self.published_year.as_ref(),
            |year| edition::published_year(*year),
        );
        reading.change(
            "language",
            EditionField::Language,
            self.language.as_ref(),
            |text| edition::language(text),
        );
        reading.change(
            "page_count",
            EditionField::PageCount,
            self.page_count.as_ref(),
            |count| edition::page_count(*count),
        );
        reading.change(
            "format",
            EditionField::Format,
            self.format.as_ref(),
            |text| edition::format(text),
        );
        reading.change("cover", EditionField::Cover, self.cover.as_ref(), |text| {
            edition::cover(text)
        });
        let (facts, withdrawn) = reading.done()?;
        Ok(AssertFacts {
            by,
            facts,
            withdrawn,
        })
    }
}

/// Say something about an edition, or take your own word back.
#[utoipa::path(patch, path = "/api/v1/editions/{id}", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = EditionChanges,
    responses((status = 200, description = "It is said.", body = Changed), CommandProblems))]
pub(super) async fn edit_edition(
    CuratorCall(call): CuratorCall,
    Id(id): Id<EditionId>,
    State(editions): State<Repository<Edition>>,
    Body { value, digest }: Body<EditionChanges>,
) -> Result<Answer, Problem> {
    let command = EditionCommand::AssertFacts(value.read(call.curator()?).map_err(unreadable)?);
    change(&editions, id, &call, &digest, &command).await
}
