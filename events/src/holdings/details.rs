//! What a library says about a copy of its own: its condition, how it came, whose it is, its tags.
//!
//! Never what a catalogue says about the title or the edition.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, EditionId};
use crate::values::{Barcode, LongText, Money, ShortText};

/// What a copy looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CopyCondition))]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Nobody has read it.
    New,
    /// Read, and whole.
    Good,
    /// Worn.
    Fair,
    /// Something is missing or loose.
    Poor,
}

impl Condition {
    /// The form in JSON and keys.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Good => "good",
            Self::Fair => "fair",
            Self::Poor => "poor",
        }
    }
}

/// Where a copy is in its life. Being lent is no such state: a lent copy is present, or was reported lost.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CopyState {
    /// The library has it.
    #[default]
    Present,
    /// Nobody knows where it is.
    Lost,
    /// It is there and cannot be used.
    Damaged,
    /// The library has given it up.
    Withdrawn,
}

impl CopyState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Present, Self::Lost, Self::Damaged, Self::Withdrawn];

    /// The form in JSON, URLs and keys.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Lost => "lost",
            Self::Damaged => "damaged",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// In which way a copy came to the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AcquisitionKind {
    /// For money.
    Purchased,
    /// As a present.
    Gift,
    /// It belongs to somebody else, who lends it.
    Borrowed,
    /// In some other way.
    Other,
}

/// How a copy came to the library; every part may be unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acquisition {
    /// On which day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// For how much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// In which way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<AcquisitionKind>,
    /// From where, in the library's words: a shop, a sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<ShortText>,
}

impl Acquisition {
    /// Whether nothing is known.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        self.date.is_none() && self.price.is_none() && self.kind.is_none() && self.source.is_none()
    }
}

/// A library's own word for copies, such as `reading room`; compared as it is written.
pub type CopyTag = ShortText;

/// One thing that a library says about a copy. A change tells what was said before in the same shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "detail", content = "value", rename_all = "snake_case")]
pub enum CopyDetail {
    /// How it came.
    Acquisition(Acquisition),
    /// The number on it.
    Barcode(Option<Barcode>),
    /// What it looks like.
    Condition(Option<Condition>),
    /// Which edition it is a copy of, as far as that is known.
    Edition(Option<EditionId>),
    /// What the library notes about it.
    Notes(Option<LongText>),
    /// Whose it is, when it is a member's and not the library's own.
    Owner(Option<AccountId>),
    /// The library's words for it, each once, in order.
    Tags(Arc<[CopyTag]>),
}

impl CopyDetail {
    /// Its name, as stored.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Acquisition(_) => "acquisition",
            Self::Barcode(_) => "barcode",
            Self::Condition(_) => "condition",
            Self::Edition(_) => "edition",
            Self::Notes(_) => "notes",
            Self::Owner(_) => "owner",
            Self::Tags(_) => "tags",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_json_are_the_words_everywhere() {
        for state in CopyState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        for condition in [
            Condition::New,
            Condition::Good,
            Condition::Fair,
            Condition::Poor,
        ] {
            assert_eq!(serde_json::to_value(condition).unwrap(), condition.as_str());
        }
        let detail = CopyDetail::Condition(Some(Condition::Fair));
        assert_eq!(
            serde_json::to_string(&detail).unwrap(),
            r#"{"detail":"condition","value":"fair"}"#
        );
        assert_eq!(detail.name(), "condition");
    }
}
