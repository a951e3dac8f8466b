//! The shape of a title page, as it is stored and sent.
//!
//! Never computed here: the model beside it fills it in.

use std::collections::BTreeMap;

use accession_events::Position;
use accession_events::catalog::{ReleaseStatus, TitleField, TitleKind};
use accession_events::ids::{EditionId, EpisodeId, TitleId};
use accession_events::values::{
    Isbn, LanguageTag, LongText, PersonName, ShortText, Slug, TitleName, WebUrl, Year,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalog::{Rating, SourceOf, VideoSourceView};

/// The page of a title. Fields are named in `sources_of` and `locked` as events, locks and the trail name them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TitlePageDocument {
    /// The title's id.
    #[schema(value_type = Uuid)]
    pub id: TitleId,
    /// `book`, `series` or `film`.
    #[schema(value_type = String, example = "book")]
    pub kind: TitleKind,
    /// The present slug.
    pub slug: String,
    /// All slugs that lead here, the present one first, then the newest.
    #[schema(value_type = Vec<String>)]
    pub slugs: Vec<Slug>,
    /// Whether readers see it.
    pub active: bool,
    /// Version of the title's own stream, for `If-Match`.
    pub version: u64,
    /// The name to show; the slug when nobody says a name.
    pub name: String,
    /// The name in its original language.
    #[schema(value_type = Option<String>)]
    pub original_name: Option<TitleName>,
    /// Other names.
    #[schema(value_type = Vec<String>)]
    pub alternative_names: Vec<TitleName>,
    /// Authors, in order.
    #[schema(value_type = Vec<String>)]
    pub authors: Vec<PersonName>,
    /// Genres, in order.
    #[schema(value_type = Vec<String>)]
    pub genres: Vec<ShortText>,
    /// What it is about.
    #[schema(value_type = Option<String>)]
    pub description: Option<LongText>,
    /// Year of first release.
    #[schema(value_type = Option<i16>)]
    pub year: Option<Year>,
    /// `ongoing`, `completed` or `upcoming`.
    #[schema(value_type = Option<String>)]
    pub status: Option<ReleaseStatus>,
    /// Original language.
    #[schema(value_type = Option<String>)]
    pub language: Option<LanguageTag>,
    /// Address of a cover or poster.
    #[schema(value_type = Option<String>)]
    pub poster: Option<WebUrl>,
    /// How many episodes it has in all, as sources say; the list below may hold fewer.
    pub episode_count: Option<u32>,
    /// How an audience rates it.
    pub rating: Option<Rating>,
    /// Who says the value that counts, by field.
    #[schema(value_type = BTreeMap<String, SourceOf>)]
    pub sources_of: BTreeMap<TitleField, SourceOf>,
    /// Fields that a curator pinned.
    #[schema(value_type = Vec<String>)]
    pub locked: Vec<TitleField>,
    /// The title that stands for it, while it is merged; left out for all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub merged_into: Option<TitleId>,
    /// The titles for which it stands: their ids and slugs lead here. Left out when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Uuid>)]
    pub stands_for: Vec<TitleId>,
    /// Its editions, in the order in which they were added.
    pub editions: Vec<TitlePageEdition>,
    /// Its episodes that can be watched, by number.
    pub episodes: Vec<TitlePageEpisode>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub added_at: Timestamp,
    /// When anything on this page last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Position of the last event on this page.
    #[schema(value_type = u64)]
    pub position: Position,
}

/// An edition on its title's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TitlePageEdition {
    /// The edition's id.
    #[schema(value_type = Uuid)]
    pub id: EditionId,
    /// ISBN in thirteen digits.
    #[schema(value_type = Option<String>, example = "9780439023481")]
    pub isbn13: Option<Isbn>,
    /// The same ISBN in ten digits, where it has that form.
    #[schema(example = "0439023483")]
    pub isbn10: Option<String>,
    /// The name on its title page.
    #[schema(value_type = Option<String>)]
    pub name: Option<TitleName>,
    /// Publisher.
    #[schema(value_type = Option<String>)]
    pub publisher: Option<ShortText>,
    /// Year of publication.
    #[schema(value_type = Option<i16>)]
    pub published_year: Option<Year>,
    /// Language.
    #[schema(value_type = Option<String>)]
    pub language: Option<LanguageTag>,
    /// Pages.
    pub page_count: Option<u32>,
    /// Form: hardcover, paperback, e-book.
    #[schema(value_type = Option<String>)]
    pub format: Option<ShortText>,
    /// Address of a cover.
    #[schema(value_type = Option<String>)]
    pub cover: Option<WebUrl>,
}

/// An episode on its title's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TitlePageEpisode {
    /// The episode's id.
    #[schema(value_type = Uuid)]
    pub id: EpisodeId,
    /// Its number within the title.
    pub number: u32,
    /// Its own name.
    #[schema(value_type = Option<String>)]
    pub name: Option<TitleName>,
    /// Whether it can be watched: true for all that are listed.
    pub available: bool,
    /// Where it can be watched, the highest priority first.
    pub video_sources: Vec<VideoSourceView>,
}
