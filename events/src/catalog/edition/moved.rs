//! An edition as it comes to another title, whose page has never heard of it.
//!
//! Never less than everything: what is left out here would be lost to the page.

use serde::{Deserialize, Serialize};

use super::EditionFact;
use crate::ids::EditionId;
use crate::values::{FieldStatements, Provenance};

/// An edition as it is when it comes to another title.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MovedEdition {
    /// Everything that is said about its fields that are not locked, each statement with its speaker.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<(Provenance, EditionFact)>,
    /// Locked fields with all that stands about them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pinned: Vec<FieldStatements<EditionFact>>,
    /// Whether readers do not see it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// The edition that stands for it, while it is merged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<EditionId>,
}
