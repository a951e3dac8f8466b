//! `POST /api/v1/editions`: enter an edition under a title.
//!
//! The title is looked up and not written: titles are never deleted, so one that is there stays there.

use accession_event_log::Repository;
use accession_events::catalog::EditionFact;
use accession_events::ids::{EditionId, TitleId};
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::edition::add_edition::AddEdition;
use crate::catalog::edition::{Edition, EditionCommand};
use crate::catalog::http::parent::known_title;
use crate::catalog::http::refusals::unreadable;
use crate::catalog::reading::{Fault, Reading, edition};
use crate::catalog::title::Title;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::{CuratorCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{Subject, carry_out};

/// A new edition.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewEdition {
    /// The title it is an edition of.
    title_id: String,
    /// ISBN-10 or ISBN-13 in any spelling.
    #[serde(default)]
    #[schema(example = "978-0-439-02348-1")]
    isbn: Option<String>,
    /// The name on its title page.
    #[serde(default)]
    name: Option<String>,
    /// Who published it.
    #[serde(default)]
    publisher: Option<String>,
    /// The year it was published, -3000 to 2100.
    #[serde(default)]
    published_year: Option<i64>,
    /// Its language, any ISO 639 code or BCP 47 tag.
    #[serde(default)]
    language: Option<String>,
    /// Number of pages.
    #[serde(default)]
    page_count: Option<u32>,
    /// Form: hardcover, paperback, e-book.
    #[serde(default)]
    format: Option<String>,
    /// Address of a cover.
    #[serde(default)]
    cover: Option<String>,
}

impl NewEdition {
    fn read(&self) -> Result<(TitleId, Vec<EditionFact>), Vec<Fault>> {
        let mut reading = Reading::default();
        let title_id = reading.value("title_id", self.title_id.parse::<TitleId>());
        reading.said("isbn", self.isbn.as_deref(), edition::isbn);
        reading.said("name", self.name.as_deref(), edition::name);
        reading.said("publisher", self.publisher.as_deref(), edition::publisher);
        reading.said("published_year", self.published_year.as_ref(), |year| {
            edition::published_year(*year)
        });
        reading.said("language", self.language.as_deref(), edition::language);
        reading.said("page_count", self.page_count.as_ref(), |count| {
            edition::page_count(*count)
        });
        reading.said("format", self.format.as_deref(), edition::format);
        reading.said("cover", self.cover.as_deref(), edition::cover);
        reading.with(title_id)
    }
}

/// Enter an edition under a title.
#[utoipa::path(post, path = "/api/v1/editions", tag = "catalog", params(Conditions), request_body = NewEdition,
    responses((status = 201, description = "It is in the catalog; the body also tells its `title_id`.", body = Changed), CommandProblems))]
pub(super) async fn add_edition(
    CuratorCall(call): CuratorCall,
    State(titles): State<Repository<Title>>,
    State(editions): State<Repository<Edition>>,
    Body { value, digest }: Body<NewEdition>,
) -> Result<Answer, Problem> {
    let (title_id, facts) = value.read().map_err(unreadable)?;
    let title_id = known_title(&titles, title_id).await?;
    let id = EditionId::new(new_id()).to_string();
    let reply = Reply::created(&id, format!("/api/read/editions/{id}"))
        .with("title_id", title_id.to_string());
    let command = EditionCommand::Add(AddEdition {
        title_id,
        by: call.curator()?,
        facts,
    });
    carry_out(
        &editions,
        Subject::New(&id),
        &call,
        &digest,
        &command,
        reply,
    )
    .await
}
