//! What is written on the label of a copy or of a place.
//!
//! Never what is noted about a copy, how it came, or who has it.

use accession_events::ids::{CopyId, PlaceId};
use accession_events::values::PersonName;
use accession_labels::{Label, Symbol};
use accession_projector::holdings::{CopyDocument, PlacesDocument, ShelfDocument};
use accession_service::problem::Problem;

use crate::asking::bad;
use crate::holdings::joined::{CopyView, Sources};
use crate::reads::Reads;
use crate::visiting::Visit;

/// The most labels of one answer.
const MOST: usize = 1_000;

/// What labels are written from.
pub(super) struct Printing<'a> {
    pub(super) reads: &'a Reads,
    pub(super) sources: &'a Sources,
    pub(super) visit: &'a Visit,
    pub(super) tree: Option<PlacesDocument>,
    pub(super) owner: String,
    pub(super) symbol: Symbol,
}

impl Printing<'_> {
    /// The copies that stand at a place or in it, in order.
    pub(super) async fn standing_at(&self, place: PlaceId) -> Result<Vec<CopyId>, Problem> {
        let tree = self.tree.as_ref();
        let places = tree.map(|tree| tree.with_all_in_it(place));
        let places = places.unwrap_or_default();
        if places.is_empty() {
            return Err(no_place(place));
        }
        let keys: Vec<String> = places.iter().map(ToString::to_string).collect();
        let shelves: Vec<ShelfDocument> = self.reads.all(&self.sources.shelves, &keys).await?;
        let copies: Vec<CopyId> = shelves.into_iter().flat_map(|shelf| shelf.copies).collect();
        if copies.len() > MOST {
            let found = copies.len();
            let message =
                format!("{found} copies stand there; {MOST} labels at most: ask for a place in it");
            return Err(bad("place", message));
        }
        Ok(copies)
    }

    /// Labels of these copies, in this order.
    pub(super) async fn of_copies(&self, copies: &[CopyId]) -> Result<Vec<Label>, Problem> {
        let keys: Vec<String> = copies.iter().map(ToString::to_string).collect();
        let mut found: Vec<CopyDocument> = self.reads.all(&self.sources.copies, &keys).await?;
        found.retain(|copy| copy.library_id == self.visit.library);
        if let Some(unknown) = missing(copies, &found) {
            let detail = format!("this library has no copy with the id {unknown}");
            return Err(Problem::not_found(detail));
        }
        let tree = self.tree.as_ref();
        let shown = self
            .sources
            .shown(self.reads, self.visit, tree, found)
            .await?;
        Ok(shown.iter().map(|copy| self.of_copy(copy)).collect())
    }

    fn of_copy(&self, copy: &CopyView) -> Label {
        let title = copy.title.as_ref();
        let authors = title.map_or(&[][..], |title| &title.authors);
        let authors: Vec<&str> = authors.iter().map(PersonName::as_str).collect();
        let barcode = copy.barcode.as_ref().map(ToString::to_string);
        Label {
            owner: self.owner.clone(),
            title: title.map(|title| title.name.clone()).unwrap_or_default(),
            detail: authors.join(", "),
            content: barcode
                .clone()
                .unwrap_or_else(|| format!("urn:uuid:{}", copy.id)),
            readable: barcode.unwrap_or_else(|| tail(&copy.id.to_string())),
            symbol: self.symbol,
        }
    }

    /// Labels of these places, in this order.
    pub(super) fn of_places(&self, places: &[PlaceId]) -> Result<Vec<Label>, Problem> {
        let labels = places.iter().map(|place| {
            let path = self.tree.as_ref().map(|tree| tree.path(*place));
            let mut path = path.unwrap_or_default();
            let Some(own) = path.pop() else {
                return Err(no_place(*place));
            };
            let around: Vec<&str> = path.iter().map(|place| place.name.as_str()).collect();
            Ok(Label {
                owner: self.owner.clone(),
                title: own.name.to_string(),
                detail: around.join(" / "),
                content: format!("urn:uuid:{place}"),
                readable: tail(&place.to_string()),
                symbol: Symbol::Qr,
            })
        });
        labels.collect()
    }
}

/// The end of an id: enough for people to tell two labels apart.
fn tail(id: &str) -> String {
    id.rsplit('-').next().unwrap_or(id).to_owned()
}

fn missing(copies: &[CopyId], found: &[CopyDocument]) -> Option<CopyId> {
    let known = |copy: &CopyId| found.iter().any(|found| found.id == *copy);
    copies.iter().find(|copy| !known(copy)).copied()
}

fn no_place(place: PlaceId) -> Problem {
    Problem::not_found(format!("this library has no place with the id {place}"))
}
