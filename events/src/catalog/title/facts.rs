//! What can be said about a title, field by field.
//!
//! Never who says it: that stands beside each statement.

use serde::{Deserialize, Serialize};

use crate::values::{Fact, LanguageTag, LongText, PersonName, ShortText, TitleName, WebUrl, Year};

/// Where the work stands in its release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReleaseStatus {
    /// Still coming out.
    Ongoing,
    /// All of it is out.
    Completed,
    /// Announced.
    Upcoming,
}

/// One thing that somebody says about a title.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "field", content = "value", rename_all = "snake_case")]
pub enum TitleFact {
    /// Other names it is known by, in the source's order.
    AlternativeNames(Vec<TitleName>),
    /// How an audience rates it: mean in hundredths of a five-star scale, and how many voted.
    AudienceRating {
        /// Mean, 0..=500.
        hundredths: u16,
        /// Number of votes.
        votes: u64,
    },
    /// Who wrote it, in the source's order.
    Authors(Vec<PersonName>),
    /// What it is about.
    Description(LongText),
    /// How many episodes it has in all.
    EpisodeCount(u32),
    /// Genres, in the source's words and order.
    Genres(Vec<ShortText>),
    /// The language it was made in.
    Language(LanguageTag),
    /// The name to show.
    Name(TitleName),
    /// The name in its original language.
    OriginalName(TitleName),
    /// Address of a cover or poster.
    Poster(WebUrl),
    /// The year of its first release; negative before our era.
    ReleaseYear(Year),
    /// Where it stands in its release.
    Status(ReleaseStatus),
}

/// The fields of a title, one for each fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each is documented at the fact of the same name"
)]
pub enum TitleField {
    AlternativeNames,
    AudienceRating,
    Authors,
    Description,
    EpisodeCount,
    Genres,
    Language,
    Name,
    OriginalName,
    Poster,
    ReleaseYear,
    Status,
}

impl Fact for TitleFact {
    type Field = TitleField;

    fn field(&self) -> TitleField {
        match self {
            Self::AlternativeNames(_) => TitleField::AlternativeNames,
            Self::AudienceRating { .. } => TitleField::AudienceRating,
            Self::Authors(_) => TitleField::Authors,
            Self::Description(_) => TitleField::Description,
            Self::EpisodeCount(_) => TitleField::EpisodeCount,
            Self::Genres(_) => TitleField::Genres,
            Self::Language(_) => TitleField::Language,
            Self::Name(_) => TitleField::Name,
            Self::OriginalName(_) => TitleField::OriginalName,
            Self::Poster(_) => TitleField::Poster,
            Self::ReleaseYear(_) => TitleField::ReleaseYear,
            Self::Status(_) => TitleField::Status,
        }
    }
}
