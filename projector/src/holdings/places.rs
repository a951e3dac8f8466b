//! The places of a library as one tree.
//!
//! Never counts copies: the tally does, and who asks is told both.

use std::collections::BTreeMap;

use accession_events::holdings::{PlaceKind, PlaceRecord, PlacesEvent};
use accession_events::ids::{LibraryId, PlaceId};
use accession_events::values::{LongText, ShortText, WebUrl};
use accession_events::{Event, Position, RecordedEvent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{FoldError, ReadModel, Rendered, json, own_id};

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlaceView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: PlaceId,
    /// `room`, `bookcase`, `section` or `shelf`.
    #[schema(value_type = String, example = "shelf")]
    pub kind: PlaceKind,
    /// What it is called.
    #[schema(value_type = String)]
    pub name: ShortText,
    /// The place it is in; null for no other.
    #[schema(value_type = Option<Uuid>)]
    pub under: Option<PlaceId>,
    /// How it is described.
    #[schema(value_type = Option<String>)]
    pub description: Option<LongText>,
    /// Address of a picture of it.
    #[schema(value_type = Option<String>)]
    pub photo: Option<WebUrl>,
    /// The places in it, in order.
    #[schema(value_type = Vec<Uuid>)]
    pub inner: Vec<PlaceId>,
}

/// The places of a library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacesDocument {
    /// Whose they are.
    pub library_id: LibraryId,
    /// Version of the stream, for `If-Match`.
    pub version: u64,
    /// Those that are in no other, in order.
    pub outermost: Vec<PlaceId>,
    /// All of them, by id.
    pub places: BTreeMap<PlaceId, PlaceView>,
    /// Position of the last event in it.
    pub position: Position,
}

/// Places by library id.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlacesModel;

impl ReadModel for PlacesModel {
    type State = Option<PlacesDocument>;

    const NAME: &'static str = "places";
    const FOLD_VERSION: &'static str = "1";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Places(_) => vec![recorded.stream.aggregate_id.to_string()],
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        _key: &str,
        state: &mut Option<PlacesDocument>,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let Event::Places(event) = event else {
            return Ok(());
        };
        let library_id = own_id(recorded)?;
        let places = state.get_or_insert_with(|| PlacesDocument {
            library_id,
            version: 0,
            outermost: Vec::new(),
            places: BTreeMap::new(),
            position: recorded.position,
        });
        places.version = places.version.max(recorded.sequence);
        places.position = places.position.max(recorded.position);
        places.take(event);
        Ok(())
    }

    fn render(&self, _key: &str, state: &Option<PlacesDocument>) -> Rendered {
        Rendered {
            body: state.as_ref().and_then(|places| json(places).ok()),
            hidden: true,
            entries: Vec::new(),
        }
    }
}

impl PlacesDocument {
    /// The place and every place in it, each after the one it is in.
    #[must_use]
    pub fn with_all_in_it(&self, id: PlaceId) -> Vec<PlaceId> {
        let (mut found, mut next) = (Vec::new(), vec![id]);
        while let Some(id) = next.pop() {
            if let Some(place) = self.places.get(&id) {
                found.push(id);
                next.extend(place.inner.iter().rev());
            }
        }
        found
    }

    /// The way to a place, the outermost first.
    #[must_use]
    pub fn path(&self, id: PlaceId) -> Vec<&PlaceView> {
        let (mut path, mut next) = (Vec::new(), Some(id));
        // Kinds get narrower on the way in, so no path is longer than there are kinds.
        while let Some(place) = next.and_then(|id| self.places.get(&id)) {
            path.push(place);
            next = place.under.filter(|_| path.len() < PlaceKind::ALL.len());
        }
        path.reverse();
        path
    }

    fn row(&mut self, under: Option<PlaceId>) -> Option<&mut Vec<PlaceId>> {
        match under {
            None => Some(&mut self.outermost),
            Some(under) => self.places.get_mut(&under).map(|place| &mut place.inner),
        }
    }

    fn take_off(&mut self, id: PlaceId) {
        let under = self.places.get(&id).and_then(|place| place.under);
        if let Some(row) = self.row(under) {
            row.retain(|beside| *beside != id);
        }
    }

    fn put(&mut self, id: PlaceId, under: Option<PlaceId>, at: u32) {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        if let Some(row) = self.row(under) {
            row.insert(at.saturating_sub(1).min(row.len()), id);
        }
        if let Some(place) = self.places.get_mut(&id) {
            place.under = under;
        }
    }

    fn relocate(&mut self, id: PlaceId, under: Option<PlaceId>, at: u32) {
        self.take_off(id);
        self.put(id, under, at);
    }

    fn add(&mut self, record: &PlaceRecord) {
        let id = record.place_id;
        let view = PlaceView {
            id,
            kind: record.kind,
            name: record.name.clone(),
            under: record.under,
            description: record.description.clone(),
            photo: record.photo.clone(),
            inner: Vec::new(),
        };
        self.places.insert(id, view);
        self.put(id, record.under, record.at);
    }

    fn take(&mut self, event: &PlacesEvent) {
        match event {
            PlacesEvent::PlaceAdded { place } => self.add(place),
            PlacesEvent::PlaceRenamed { place_id, name, .. } => {
                self.change(*place_id, |place| place.name = name.clone());
            }
            PlacesEvent::PlaceDescribed {
                place_id,
                description,
                ..
            } => self.change(*place_id, |place| {
                place.description.clone_from(description);
            }),
            PlacesEvent::PlacePhotographed {
                place_id, photo, ..
            } => self.change(*place_id, |place| place.photo.clone_from(photo)),
            PlacesEvent::PlaceMoved {
                place_id,
                under,
                at,
                ..
            } => self.relocate(*place_id, *under, *at),
            PlacesEvent::PlacesReordered { under, order, .. } => {
                if let Some(row) = self.row(*under) {
                    row.clone_from(order);
                }
            }
            going => self.take_what_goes(going),
        }
    }

    fn take_what_goes(&mut self, event: &PlacesEvent) {
        match event {
            PlacesEvent::PlaceMerged {
                place,
                into,
                places,
                ..
            } => {
                for inner in places {
                    self.relocate(*inner, Some(*into), u32::MAX);
                }
                self.take_off(place.place_id);
                self.places.remove(&place.place_id);
            }
            PlacesEvent::PlacesRemoved { places, .. } => {
                for place in places.iter().rev() {
                    self.take_off(place.place_id);
                    self.places.remove(&place.place_id);
                }
            }
            PlacesEvent::PlacesRestored {
                place_id,
                places,
                returned,
                ..
            } => {
                for place in places {
                    self.add(place);
                }
                for inner in returned {
                    self.relocate(*inner, Some(*place_id), u32::MAX);
                }
            }
            _ => {}
        }
    }

    fn change(&mut self, id: PlaceId, change: impl FnOnce(&mut PlaceView)) {
        if let Some(place) = self.places.get_mut(&id) {
            change(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{History, given, id};

    fn record(number: u64, kind: &str, under: Option<u64>, at: u32) -> Value {
        let mut record = json!({ "place_id": id(number), "kind": kind, "name": format!("place {number}"), "at": at });
        if let Some(under) = under {
            record["under"] = json!(id(under));
        }
        record
    }

    fn added(number: u64, kind: &str, under: Option<u64>, at: u32) -> Value {
        json!({ "PlaceAdded": { "place": record(number, kind, under, at) } })
    }

    fn furnished() -> History {
        History::new()
            .places(50, added(1, "room", None, 1))
            .places(50, added(2, "bookcase", Some(1), 1))
            .places(50, added(3, "bookcase", Some(1), 1))
            .places(50, added(4, "shelf", Some(2), 1))
    }

    fn tree(history: &History) -> PlacesDocument {
        let then = given(PlacesModel, history).then(&id(50));
        assert!(then.hidden);
        serde_json::from_value(then.body).unwrap()
    }

    fn place(number: u64) -> PlaceId {
        id(number).parse().unwrap()
    }

    #[test]
    fn places_stand_in_each_other_in_order() {
        let tree = tree(&furnished());
        assert_eq!(
            tree.with_all_in_it(place(1)),
            [1, 3, 2, 4].map(place).to_vec()
        );
        let path: Vec<&str> = tree
            .path(place(4))
            .iter()
            .map(|place| place.name.as_str())
            .collect();
        assert_eq!(path, ["place 1", "place 2", "place 4"]);
        assert_eq!(tree.version, 4);
    }

    #[test]
    fn what_is_taken_down_and_brought_back_stands_where_it_stood() {
        let records = [
            record(2, "bookcase", Some(1), 2),
            record(4, "shelf", Some(2), 1),
        ];
        let removed = json!({ "PlacesRemoved": { "place_id": id(2), "places": records, "copies": [], "moved_to": null } });
        let gone = furnished().places(50, removed);
        assert_eq!(
            tree(&gone).with_all_in_it(place(1)),
            [1, 3].map(place).to_vec()
        );
        let restored = json!({ "PlacesRestored": { "place_id": id(2), "places": records, "returned": [], "copies": [] } });
        let back = tree(&gone.places(50, restored));
        assert_eq!(back.places, tree(&furnished()).places);
    }

    #[test]
    fn a_merged_place_hands_on_what_is_in_it() {
        let merged = json!({ "PlaceMerged": { "place": record(2, "bookcase", Some(1), 2), "into": id(3), "places": [id(4)], "copies": [] } });
        let tree = tree(&furnished().places(50, merged));
        assert_eq!(tree.with_all_in_it(place(1)), [1, 3, 4].map(place).to_vec());
        assert_eq!(tree.places[&place(4)].under, Some(place(3)));
    }
}
