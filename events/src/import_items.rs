//! What an importer sends: one item a record, in batches of at most [`MAX_ITEMS`], and what it gets back.
//!
//! Texts are raw here on purpose: they are parsed item by item, so that one bad record rejects itself and not its batch.

use serde::{Deserialize, Serialize};

use crate::catalog::{PlayerKind, ReleaseStatus, TitleKind};
use crate::envelope::Position;
use crate::ids::ImportRunId;

/// The most items that one batch may hold.
pub const MAX_ITEMS: usize = 1000;

/// A batch of items of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Batch<I> {
    /// The run that sends it, if there is one; rejected items are then noted on the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub run_id: Option<ImportRunId>,
    /// Only tell what would become of each item; nothing is written and nothing is noted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub preview: bool,
    /// 1 to 1000 items.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 1000))]
    pub items: Vec<I>,
}

/// Everything that a source's record says about a title. A field left out is not asserted; one that the
/// same record asserted before and leaves out now is withdrawn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TitleItem {
    /// The source, for example `goodbooks`.
    pub source: String,
    /// The record's id at the source.
    pub source_id: String,
    /// Book, series or film.
    pub kind: Option<TitleKind>,
    /// The name to show.
    pub name: String,
    /// The name in its original language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_name: Option<String>,
    /// Other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternative_names: Vec<String>,
    /// Authors, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// Genres, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub genres: Vec<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Year of first release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// Where it stands in its release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ReleaseStatus>,
    /// Original language, any ISO 639 code or BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Address of a cover or poster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poster: Option<String>,
    /// Number of episodes in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub episode_count: Option<u32>,
    /// How an audience rates it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<RatingItem>,
}

/// An audience's rating.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RatingItem {
    /// Mean in hundredths of a five-star scale, 0..=500.
    pub hundredths: u16,
    /// Number of votes.
    pub votes: u64,
}

/// Everything that a source's record says about an edition.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditionItem {
    /// The source.
    pub source: String,
    /// The edition record's id at the source.
    pub source_id: String,
    /// The title record's id at the same source.
    pub title_source_id: String,
    /// ISBN-10 or ISBN-13 in any spelling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isbn: Option<String>,
    /// Something that was given as an ISBN and could not be verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unverified_isbn: Option<String>,
    /// The name on its title page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Publisher.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Year of publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_year: Option<i32>,
    /// Language, any ISO 639 code or BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_count: Option<u32>,
    /// Form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Address of a cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<String>,
}

/// Everything that a source's record says about an episode.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EpisodeItem {
    /// The source.
    pub source: String,
    /// The title record's id at the same source.
    pub title_source_id: String,
    /// The episode's id at the source, by convention `<title source id>:<number>`.
    pub source_episode_id: String,
    /// Number within the title.
    pub number: u32,
    /// Its own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it can be watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_available: Option<bool>,
}

/// Everything that a source's record says about a video source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SourceItem {
    /// The source.
    pub source: String,
    /// The episode's id at the same source.
    pub source_episode_id: String,
    /// The title record's id at the same source; part of an episode's identity.
    pub title_source_id: String,
    /// How it is played.
    pub kind: PlayerKind,
    /// Its address.
    pub url: String,
    /// Its name, for example a translation or a mirror.
    pub name: String,
    /// Rank among the episode's sources: the highest comes first.
    #[serde(default)]
    pub priority: i32,
    /// Whether it may be offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
}

/// What became of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    /// It changed the catalog.
    Accepted,
    /// It said nothing new; no event was made.
    Unchanged,
    /// It was refused.
    Rejected,
}

/// What became of one item, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemResult {
    /// Its place in the batch, counted from 0.
    pub index: usize,
    /// Accepted, unchanged or rejected.
    pub status: ItemStatus,
    /// The id of the title, edition or episode it is about, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Machine-readable reason of a rejection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What is wrong, for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// In a preview of what is accepted: whether nothing of it is in the catalog.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
    /// In a preview: what would be shown otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// In a preview: what it says and would not be shown, because another's word counts more or the field is locked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<FieldConflict>,
}

/// A field that would be shown otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ForeseenChange))]
pub struct FieldChange {
    /// Which.
    pub field: String,
    /// What is shown now; null for nothing.
    pub from: serde_json::Value,
    /// What would be shown; null for nothing.
    pub to: serde_json::Value,
}

/// A field of which something is said that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldConflict {
    /// Which.
    pub field: String,
    /// What the record says.
    pub says: serde_json::Value,
    /// What is shown.
    pub stands: serde_json::Value,
}

/// The answer to a batch: one result an item, in the batch's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchResult {
    /// The results.
    pub results: Vec<ItemResult>,
    /// The last position that the batch wrote, or the log's head when it wrote nothing.
    pub position: Position,
}
