//! What an edition takes over from another one that it stands for, exactly: so that it can be given back, and nothing else.
//!
//! Never the other's place under its title: both stay where they are.

use serde::{Deserialize, Serialize};

use super::EditionFact;
use crate::claims::{ClaimChange, ClaimKey, ClaimKind};
use crate::ids::EditionId;
use crate::values::{Isbn, Provenance};

/// What came from one edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TakenEdition {
    /// Which edition.
    pub edition_id: EditionId,
    /// What was said of it and is said of the winner from now on, each statement with its speaker, in the order it was
    /// said. What the same speaker had said of the winner already is not in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<(Provenance, EditionFact)>,
    /// The source records that described it, each as it was last read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Provenance>,
    /// The ISBNs that it kept from other editions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub isbns: Vec<Isbn>,
}

/// The claims by which records and ISBNs lead to an edition.
pub(super) fn claims<'a>(
    records: impl IntoIterator<Item = &'a Provenance>,
    isbns: impl IntoIterator<Item = &'a Isbn>,
    change: fn(ClaimKey) -> ClaimChange,
) -> Vec<ClaimChange> {
    let records = records.into_iter();
    let records = records.filter_map(|by| ClaimKey::of_provenance("edition", by));
    let isbns = isbns.into_iter();
    let isbns = isbns.map(|isbn| ClaimKey::new(ClaimKind::Isbn, isbn.to_string()));
    records.chain(isbns).map(change).collect()
}
