//! What can be said about an episode and about a video source, and the names of the fields.
//!
//! Never who says it: that stands beside a fact.

use serde::{Deserialize, Serialize};

use crate::values::{Fact, TitleName};

/// How a video source is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlayerKind {
    /// A page to be shown in a frame.
    Iframe,
    /// A player to be embedded.
    Embed,
    /// An HLS playlist.
    M3u8,
    /// A file.
    Mp4,
}

/// One thing that somebody says about an episode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "field", content = "value", rename_all = "snake_case")]
pub enum EpisodeFact {
    /// Whether it can be watched at all.
    Available(bool),
    /// Its own name.
    Name(TitleName),
}

/// The fields of an episode, one for each fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each is documented at the fact of the same name"
)]
pub enum EpisodeField {
    Available,
    Name,
}

impl Fact for EpisodeFact {
    type Field = EpisodeField;

    fn field(&self) -> EpisodeField {
        match self {
            Self::Available(_) => EpisodeField::Available,
            Self::Name(_) => EpisodeField::Name,
        }
    }
}

/// One thing that somebody says about a video source. Its address and name are its identity and never change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "field", content = "value", rename_all = "snake_case")]
pub enum SourceFact {
    /// Whether it may be offered.
    Active(bool),
    /// How it is played.
    Kind(PlayerKind),
    /// Rank among the episode's sources: the highest comes first.
    Priority(i32),
}

/// The fields of a video source, one for each fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each is documented at the fact of the same name"
)]
pub enum SourceField {
    Active,
    Kind,
    Priority,
}

impl Fact for SourceFact {
    type Field = SourceField;

    fn field(&self) -> SourceField {
        match self {
            Self::Active(_) => SourceField::Active,
            Self::Kind(_) => SourceField::Kind,
            Self::Priority(_) => SourceField::Priority,
        }
    }
}
