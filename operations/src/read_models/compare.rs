//! Comparing two generations of a read model, document by document and index entry by index entry, while events go on
//! being taken in.
//!
//! It never calls a difference what is only a difference in time: both sides have to pass the newest position seen,
//! and still to differ in the same way.

mod documents;
mod entries;
mod sides;

use std::collections::BTreeMap;
use std::time::Duration;

use accession_read_store::{ModelRef, ReadStore, ReadStoreError};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use sides::{Found, Sides, Suspect};

/// How many differences are listed; all are counted.
const LISTED: usize = 100;
/// How many suspects are kept in memory; when there are more, something is wrong at large.
const SUSPECTS: usize = 20_000;
/// How often what is in motion is looked at again.
const ROUNDS: usize = 20;

/// One side of a comparison.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The store that it lies in.
    pub store: &'a dyn ReadStore,
    /// Which generation of which model.
    pub model: &'a ModelRef,
    /// Among how many lanes its keys are shared.
    pub lanes: u16,
}

/// What a comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Comparison {
    /// The position at which both sides stood at least.
    pub position: u64,
    /// How many documents were compared.
    pub documents: u64,
    /// How many index entries were compared.
    pub entries: u64,
    /// How many documents and entries differ.
    pub different: u64,
    /// How many changed so often meanwhile, or were so many, that it was not found out whether they differ for good.
    pub unsettled: u64,
    /// The first of the differences.
    pub differences: Vec<Difference>,
}

/// Something that the two sides say differently.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// The document's key, or `index <name>: <sort> → <key>`.
    pub what: String,
    /// SHA-256 of what the live side shows, or `there` for an entry; none when it has none.
    pub live: Option<String>,
    /// The same of the other side.
    pub other: Option<String>,
}

impl Comparison {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.different == 0 && self.unsettled == 0
    }
}

/// Compares two sides, waiting at most so long for the slower of them. Both must be kept up meanwhile, or rest at the
/// same position.
pub async fn compare(
    live: Side<'_>,
    other: Side<'_>,
    patience: Duration,
) -> Result<Comparison, ReadStoreError> {
    let sides = Sides { live, other };
    let mut comparison = Comparison::default();
    let mut suspects = Suspects::default();
    let documents = sides.documents(&mut suspects).await?;
    let entries = sides.entries(&mut suspects).await?;
    (comparison.documents, comparison.entries) = (documents, entries);
    for _ in 0..ROUNDS {
        let newest = sides.newest().await?;
        if suspects.kept.is_empty() {
            break;
        }
        sides.pass(newest, patience).await?;
        settle(&sides, &mut suspects, &mut comparison).await?;
    }
    comparison.position = sides.lowest().await?.get();
    comparison.unsettled = suspects.kept.len() as u64 + suspects.beyond;
    Ok(comparison)
}

/// Looks at all suspects again: equal by now is no difference, different in the same way is one.
async fn settle(
    sides: &Sides<'_>,
    suspects: &mut Suspects,
    comparison: &mut Comparison,
) -> Result<(), ReadStoreError> {
    for (suspect, before) in std::mem::take(&mut suspects.kept) {
        let now = sides.look(&suspect).await?;
        if now.live == now.other {
            continue;
        }
        if now != before {
            suspects.kept.insert(suspect, now);
            continue;
        }
        comparison.different += 1;
        if comparison.differences.len() < LISTED {
            comparison.differences.push(Difference {
                what: suspect.to_string(),
                live: now.live,
                other: now.other,
            });
        }
    }
    Ok(())
}

/// What has to be looked at again.
#[derive(Default)]
struct Suspects {
    kept: BTreeMap<Suspect, Found>,
    /// How many more there were than are kept.
    beyond: u64,
}

impl Suspects {
    fn note(&mut self, suspect: Suspect, found: Found) {
        if self.kept.len() < SUSPECTS {
            self.kept.insert(suspect, found);
        } else {
            self.beyond += 1;
        }
    }
}

/// What a document is compared by: all that a reader may see of it.
fn digest(document: &accession_read_store::Document) -> String {
    let mut hasher = Sha256::new();
    hasher.update([u8::from(document.hidden)]);
    hasher.update(&document.body);
    hex::encode(hasher.finalize())
}
