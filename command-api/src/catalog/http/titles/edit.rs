//! `PATCH /api/v1/titles/{id}`: say something about a title, or take one's own word back.
//!
//! A field that is left out stays as it was said.

use accession_event_log::Repository;
use accession_events::catalog::{ReleaseStatus, TitleFact, TitleField};
use accession_events::ids::TitleId;
use accession_events::ingestion::items::RatingItem;
use accession_events::values::Provenance;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::http::refusals::unreadable;
use crate::catalog::reading::{Fault, Reading, Unreadable, title};
use crate::catalog::title::assert_facts::AssertFacts;
use crate::catalog::title::{Title, TitleCommand};
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Body, present};
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::paths::Id;

/// What is said about a title. A field that is left out stands; null takes your own word back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::option_option,
    reason = "left out, null and a value are three different things in a change"
)]
pub(super) struct TitleChanges {
    /// The name to show.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    name: Option<Option<String>>,
    /// The name in its original language.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    original_name: Option<Option<String>>,
    /// Other names.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<String>>)]
    alternative_names: Option<Option<Vec<String>>>,
    /// Authors, in order.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<String>>)]
    authors: Option<Option<Vec<String>>>,
    /// Genres, in order.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<String>>)]
    genres: Option<Option<Vec<String>>>,
    /// What it is about.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    /// Year of its first release, -3000 to 2100.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    year: Option<Option<i64>>,
    /// `ongoing`, `completed` or `upcoming`.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    status: Option<Option<ReleaseStatus>>,
    /// Original language, any ISO 639 code or BCP 47 tag.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<String>>,
    /// Address of a cover or poster.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    poster: Option<Option<String>>,
    /// Number of episodes in all.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u32>)]
    episode_count: Option<Option<u32>>,
    /// How an audience rates it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Object>)]
    rating: Option<Option<RatingItem>>,
}

/// How one field is read.
type Read<T> = fn(&T) -> Result<TitleFact, Unreadable>;

impl TitleChanges {
    fn read(&self, by: Provenance) -> Result<AssertFacts, Vec<Fault>> {
        let mut reading = Reading::default();
        self.read_texts(&mut reading);
        self.read_the_rest(&mut reading);
        let (facts, withdrawn) = reading.done()?;
        Ok(AssertFacts {
            by,
            facts,
            withdrawn,
        })
    }

    fn read_texts(&self, reading: &mut Reading<TitleFact>) {
        let texts: [(_, _, _, Read<str>); 5] = [
            ("name", TitleField::Name, &self.name, title::name),
            (
                "original_name",
                TitleField::OriginalName,
                &self.original_name,
                title::original_name,
            ),
            (
                "description",
                TitleField::Description,
                &self.description,
                title::description,
            ),
            (
                "language",
                TitleField::Language,
                &self.language,
                title::language,
            ),
            ("poster", TitleField::Poster, &self.poster, title::poster),
        ];
        for (field, name, value, read) in texts {
            reading.change(field, name, value.as_ref(), |text| read(text));
        }
        let lists: [(_, _, _, Read<[String]>); 3] = [
            (
                "alternative_names",
                TitleField::AlternativeNames,
                &self.alternative_names,
                title::alternative_names,
            ),
            (
                "authors",
                TitleField::Authors,
                &self.authors,
                title::authors,
            ),
            ("genres", TitleField::Genres, &self.genres, title::genres),
        ];
        for (field, name, value, read) in lists {
            reading.change(field, name, value.as_ref(), |texts| read(texts));
        }
    }

    fn read_the_rest(&self, reading: &mut Reading<TitleFact>) {
        reading.change(
            "year",
            TitleField::ReleaseYear,
            self.year.as_ref(),
            |year| title::year(*year),
        );
        reading.change(
            "status",
            TitleField::Status,
            self.status.as_ref(),
            |status| title::status(*status),
        );
        reading.change(
            "episode_count",
            TitleField::EpisodeCount,
            self.episode_count.as_ref(),
            |count| title::episode_count(*count),
        );
        reading.change(
            "rating",
            TitleField::AudienceRating,
            self.rating.as_ref(),
            |rating| title::rating(*rating),
        );
    }
}

/// Say something about a title, or take your own word back.
#[utoipa::path(patch, path = "/api/v1/titles/{id}", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = TitleChanges,
    responses((status = 200, description = "It is said.", body = Changed), CommandProblems))]
pub(super) async fn edit_title(
    CuratorCall(call): CuratorCall,
    Id(id): Id<TitleId>,
    State(titles): State<Repository<Title>>,
    Body { value, digest }: Body<TitleChanges>,
) -> Result<Answer, Problem> {
    let command = TitleCommand::AssertFacts(value.read(call.curator()?).map_err(unreadable)?);
    change(&titles, id, &call, &digest, &command).await
}
