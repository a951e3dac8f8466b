//! What a stock-taking found, in one order: what is missing, then what was scanned, as it was scanned.
//!
//! While it goes on, what is missing changes with every scan, loan and move; when it is closed, it is told as it was.

use std::collections::{BTreeMap, BTreeSet};

use accession_events::holdings::{CopyState, Finding};
use accession_events::ids::{CopyId, PlaceId};
use accession_projector::holdings::{
    CopyDocument, NotedScan, ShelfDocument, StocktakingDocument, StocktakingStage,
};
use accession_service::problem::Problem;

use crate::asking::{Asked, bad, excerpt};
use crate::holdings::joined::Sources;
use crate::reads::Reads;

/// A kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    Missing,
    Misplaced,
    Unexpected,
    Present,
}

impl Sort {
    pub(super) const ALL: [Self; 4] = [
        Self::Missing,
        Self::Misplaced,
        Self::Unexpected,
        Self::Present,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Misplaced => "misplaced",
            Self::Unexpected => "unexpected",
            Self::Present => "present",
        }
    }

    const fn of(found: &Finding) -> Self {
        match found {
            Finding::Present { .. } => Self::Present,
            Finding::Misplaced { .. } => Self::Misplaced,
            Finding::Unexpected { .. } => Self::Unexpected,
        }
    }

    /// Those that are asked for: all unless told.
    pub(super) fn asked(asked: &Asked) -> Result<BTreeSet<Self>, Problem> {
        let mut wanted = BTreeSet::new();
        for word in asked.each("finding").flat_map(|words| words.split(',')) {
            let known = Self::ALL.into_iter().find(|sort| sort.as_str() == word);
            wanted.insert(known.ok_or_else(|| {
                bad(
                    "finding",
                    format!(
                        "`finding` is {}; expected missing, misplaced, unexpected or present",
                        excerpt(word)
                    ),
                )
            })?);
        }
        if wanted.is_empty() {
            wanted.extend(Self::ALL);
        }
        Ok(wanted)
    }
}

/// One thing that was found, or was not.
pub(super) enum Found<'a> {
    /// A copy that was not scanned, and where it ought to stand.
    Missing(CopyId, Option<PlaceId>),
    /// A scan.
    Scanned(&'a NotedScan),
}

impl Found<'_> {
    /// What kind of finding it is.
    pub(super) const fn sort(&self) -> Sort {
        match self {
            Self::Missing(..) => Sort::Missing,
            Self::Scanned(noted) => Sort::of(&noted.scan.found),
        }
    }

    pub(super) const fn copy(&self) -> Option<CopyId> {
        match self {
            Self::Missing(copy, _) => Some(*copy),
            Self::Scanned(noted) => noted.scan.found.copy_id(),
        }
    }
}

/// Everything of these kinds, kind by kind; scans by the scanner's clock.
pub(super) async fn found<'a>(
    reads: &Reads,
    sources: &Sources,
    document: &'a StocktakingDocument,
    wanted: &BTreeSet<Sort>,
) -> Result<Vec<Found<'a>>, Problem> {
    let mut all = Vec::new();
    if wanted.contains(&Sort::Missing) {
        let missing = missing(reads, sources, document).await?;
        all.extend(
            missing
                .into_iter()
                .map(|(copy, place)| Found::Missing(copy, place)),
        );
    }
    let mut scans: Vec<&NotedScan> = document.scans.iter().collect();
    scans.sort_by_key(|noted| noted.scan.at);
    for sort in Sort::ALL.into_iter().filter(|sort| wanted.contains(sort)) {
        let of_it = scans
            .iter()
            .filter(|noted| Sort::of(&noted.scan.found) == sort);
        all.extend(of_it.map(|noted| Found::Scanned(noted)));
    }
    Ok(all)
}

async fn missing(
    reads: &Reads,
    sources: &Sources,
    document: &StocktakingDocument,
) -> Result<Vec<(CopyId, Option<PlaceId>)>, Problem> {
    let expected = expected(document);
    if document.stage != StocktakingStage::Open {
        let expected: BTreeMap<CopyId, PlaceId> = expected.into_iter().collect();
        let missing = document.missing.iter();
        return Ok(missing
            .map(|copy| (*copy, expected.get(copy).copied()))
            .collect());
    }
    let there = still_there(reads, sources, document).await?;
    let seen: BTreeSet<CopyId> = document
        .scans
        .iter()
        .filter_map(|noted| noted.scan.found.copy_id())
        .collect();
    let unseen: Vec<(CopyId, PlaceId)> = expected
        .into_iter()
        .filter(|(copy, _)| there.contains(copy) && !seen.contains(copy))
        .collect();
    let keys: Vec<String> = unseen.iter().map(|(copy, _)| copy.to_string()).collect();
    let copies: Vec<CopyDocument> = reads.all(&sources.copies, &keys).await?;
    let ought: BTreeSet<CopyId> = copies
        .iter()
        .filter(|copy| ought(copy))
        .map(|copy| copy.id)
        .collect();
    let missing = unseen.into_iter().filter(|(copy, _)| ought.contains(copy));
    Ok(missing.map(|(copy, place)| (copy, Some(place))).collect())
}

/// What ought to be found, each with its place.
fn expected(document: &StocktakingDocument) -> Vec<(CopyId, PlaceId)> {
    let mut expected = Vec::new();
    for there in &document.expected {
        expected.extend(there.copies.iter().map(|copy| (*copy, there.place_id)));
    }
    expected
}

/// Whether nobody knows why it should not be there.
const fn ought(copy: &CopyDocument) -> bool {
    copy.loan_id.is_none() && matches!(copy.state, CopyState::Present | CopyState::Damaged)
}

/// What stands now where the stock-taking goes.
async fn still_there(
    reads: &Reads,
    sources: &Sources,
    document: &StocktakingDocument,
) -> Result<BTreeSet<CopyId>, Problem> {
    let places: Vec<String> = document
        .expected
        .iter()
        .map(|there| there.place_id.to_string())
        .collect();
    let shelves: Vec<ShelfDocument> = reads.all(&sources.shelves, &places).await?;
    Ok(shelves.into_iter().flat_map(|shelf| shelf.copies).collect())
}
