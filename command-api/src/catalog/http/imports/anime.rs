//! `POST /api/v1/internal/import/anime`: one series, as system 004's importers send it.
//!
//! A field that is left out stands as the source said it before; nothing here shows what a curator has hidden.

use std::sync::Arc;

use accession_event_log::Repository;
use accession_events::catalog::{ReleaseStatus, TitleKind};
use accession_events::ingestion::items::TitleItem;
use accession_service::problem::{FieldError, Problem};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::intake::{Intake, Terms, problem_of};
use crate::catalog::http::refusals::unreadable;
use crate::catalog::import::Importing;
use crate::catalog::import::item::{Circumstances, Fate};
use crate::catalog::import::titles::{TitleRecord, Titles};
use crate::catalog::reading::Fault;
use crate::catalog::statement::Extent;
use crate::catalog::title::Title;
use crate::http::answer::{Answer, Reply};
use crate::http::body::Body;
use crate::http::call::{ImporterCall, new_id};
use crate::http::describe::CommandProblems;
use crate::http::keyed;
use crate::services::Policy;

/// The years that system 004 takes.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// A series, as system 004's importers send it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Anime {
    /// The source.
    source_name: String,
    /// The record's id at the source.
    source_id: String,
    /// The name to show.
    title: String,
    /// Other names.
    #[serde(default)]
    alternative_titles: Option<Vec<String>>,
    /// What it is about.
    #[serde(default)]
    description: Option<String>,
    /// Year of first release, 1900 to 2100.
    #[serde(default)]
    year: Option<i32>,
    /// `ongoing`, `completed` or `upcoming`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    status: Option<ReleaseStatus>,
    /// Address of a poster.
    #[serde(default)]
    poster: Option<String>,
    /// Genres.
    #[serde(default)]
    genres: Option<Vec<String>>,
}

/// The answer of system 004.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Imported {
    /// Whether it was imported.
    success: bool,
    /// What happened.
    message: String,
}

impl Anime {
    fn item(self) -> Result<TitleItem, Problem> {
        if let Some(year) = self.year.filter(|year| !YEARS.contains(year)) {
            let message = format!("{year} is outside 1900 to 2100");
            return Err(Problem::invalid(
                message.clone(),
                vec![FieldError::new("year", "bad_year", message)],
            ));
        }
        Ok(TitleItem {
            source: self.source_name,
            source_id: self.source_id,
            kind: Some(TitleKind::Series),
            name: self.title,
            alternative_names: self.alternative_titles.unwrap_or_default(),
            description: self.description,
            year: self.year,
            status: self.status,
            poster: self.poster,
            genres: self.genres.unwrap_or_default(),
            ..TitleItem::default()
        })
    }
}

/// Import one series.
#[utoipa::path(post, path = "/api/v1/internal/import/anime", tag = "import", request_body = Anime,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "It is imported.", body = Imported), CommandProblems))]
pub(super) async fn import_anime(
    ImporterCall(call): ImporterCall,
    State(importing): State<Importing>,
    State(policy): State<Arc<Policy>>,
    State(titles): State<Repository<Title>>,
    Body { value, digest }: Body<Anime>,
) -> Result<Answer, Problem> {
    if let Some(answer) = keyed::answered_before(titles.log(), &call, &digest).await? {
        return Ok(answer);
    }
    let item = value.item()?;
    let with = Circumstances {
        policy: &policy,
        run: None,
    };
    let record = TitleRecord::read(&item, Extent::Partial, &with)
        .map_err(|faults| unreadable(in_their_words(faults)))?;
    let intake = Intake {
        importing: &importing,
        policy: &policy,
        call: &call,
    };
    let done = intake
        .take(
            &titles,
            &Titles { ids: new_id },
            vec![Ok(record)],
            Terms::default(),
        )
        .await?;
    let reply = imported(done.fates.into_iter().next(), "title")?;
    let answer = reply.clone().unversioned(done.position);
    keyed::keep(titles.log(), &call, &digest, reply, answer).await
}

/// The answer to one item.
pub(super) fn imported(fate: Option<Fate>, what: &str) -> Result<Reply, Problem> {
    let message = match fate {
        Some(Fate::Accepted(id)) => format!("{what} {id} imported"),
        Some(Fate::Unchanged(id)) => format!("{what} {id} unchanged"),
        Some(Fate::Rejected(rejection)) => return Err(problem_of(&rejection)),
        None => return Err(Problem::internal()),
    };
    let mut body = Map::new();
    body.insert("success".to_owned(), Value::Bool(true));
    body.insert("message".to_owned(), Value::String(message));
    Ok(Reply::bare(body))
}

/// Faults under the names that system 004 gives the fields.
pub(super) fn in_their_words(mut faults: Vec<Fault>) -> Vec<Fault> {
    for fault in &mut faults {
        fault.field = match fault.field {
            "source" => "source_name",
            "name" => "title",
            "alternative_names" => "alternative_titles",
            "title_source_id" => "anime_source_id",
            other => other,
        };
    }
    faults
}
