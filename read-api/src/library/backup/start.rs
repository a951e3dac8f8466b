//! How a backup begins: the library, its terms, its places, and in which slots its copies stand.
//!
//! Never tells a place before the one it is in.

use std::collections::HashMap;

use accession_backup::{LibraryLine, Line, PlaceLine, SCHEMA, VERSION};
use accession_events::circulation::LendingTerms;
use accession_events::ids::CopyId;
use accession_projector::circulation::PolicyDocument;
use accession_projector::holdings::{PlacesDocument, ShelfDocument};
use accession_projector::library::LibraryDocument;
use accession_service::problem::Problem;
use jiff::Timestamp;

use super::Sources;
use crate::reads::Reads;
use crate::streaming;
use crate::visiting::Visit;

/// How many shelves are read at a time.
const SHELVES: usize = 200;

/// The first line.
pub(super) async fn first_line(
    reads: &Reads,
    sources: &Sources,
    visit: &Visit,
    made_at: Timestamp,
) -> Result<Line, Problem> {
    let key = visit.library.to_string();
    let page: Option<LibraryDocument> = reads.one(&sources.library, &key).await?;
    let Some(page) = page else {
        return Err(Problem::not_found(format!(
            "the library {key} is not there (any more)"
        )));
    };
    let policy: Option<PolicyDocument> = reads.one(&sources.policies, &key).await?;
    let terms = policy.map_or_else(|| LendingTerms::usual(page.kind), |policy| policy.terms);
    Ok(Line::Library(LibraryLine {
        schema: SCHEMA.to_owned(),
        version: VERSION,
        made_at,
        position: streaming::least(&sources.all()),
        id: page.id,
        name: page.name,
        kind: page.kind,
        description: page.description,
        terms,
    }))
}

/// The places, each after the one it is in and those before it there.
pub(super) fn places(tree: Option<&PlacesDocument>) -> Vec<PlaceLine> {
    let Some(tree) = tree else {
        return Vec::new();
    };
    let outermost = tree.outermost.iter();
    let all = outermost.flat_map(|place| tree.with_all_in_it(*place));
    let lines = all.filter_map(|id| {
        let place = tree.places.get(&id)?;
        Some(PlaceLine {
            id,
            kind: place.kind,
            name: place.name.clone(),
            under: place.under,
            description: place.description.clone(),
            photo: place.photo.clone(),
        })
    });
    lines.collect()
}

/// The slot of each copy that stands somewhere.
pub(super) async fn slots(
    reads: &Reads,
    sources: &Sources,
    tree: Option<&PlacesDocument>,
) -> Result<HashMap<CopyId, u32>, Problem> {
    let places = tree.into_iter().flat_map(|tree| tree.places.keys());
    let keys: Vec<String> = places.map(ToString::to_string).collect();
    let mut slots = HashMap::new();
    for keys in keys.chunks(SHELVES) {
        let shelves: Vec<ShelfDocument> = reads.all(&sources.shelves, keys).await?;
        for shelf in shelves {
            slots.extend(shelf.copies.into_iter().zip(1..));
        }
    }
    Ok(slots)
}
