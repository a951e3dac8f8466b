//! What a title takes over from another one that it stands for, exactly: so that it can be given back, and nothing else.
//!
//! Never what the other title said of itself: its slugs and its own stream stay where they are.

use serde::{Deserialize, Serialize};

use super::TitleFact;
use crate::claims::{ClaimChange, ClaimKey};
use crate::ids::{EditionId, EpisodeId, TitleId};
use crate::values::Provenance;

/// What came from one title.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TakenTitle {
    /// Which title.
    pub title_id: TitleId,
    /// What was said of it and is said of the winner from now on, each statement with its speaker, in the order it was
    /// said. What the same speaker had said of the winner already is not in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<(Provenance, TitleFact)>,
    /// The source records that described it, each as it was last read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Provenance>,
    /// The editions that came along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub editions: Vec<EditionId>,
    /// The episodes that came along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub episodes: Vec<EpisodeId>,
    /// The episodes that were taken off their title, because the winner has others with their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub detached: Vec<EpisodeId>,
}

/// These records describe the title of this event from now on.
pub(super) fn made<'a>(
    records: impl IntoIterator<Item = &'a Provenance>,
) -> impl Iterator<Item = ClaimChange> {
    let keys = records
        .into_iter()
        .filter_map(|by| ClaimKey::of_provenance("title", by));
    keys.map(ClaimChange::Make)
}

/// These records describe it no longer.
pub(super) fn released<'a>(
    records: impl IntoIterator<Item = &'a Provenance>,
) -> impl Iterator<Item = ClaimChange> {
    let keys = records
        .into_iter()
        .filter_map(|by| ClaimKey::of_provenance("title", by));
    keys.map(ClaimChange::Release)
}
