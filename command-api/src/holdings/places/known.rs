//! The tree as it is known: each place by its id, what is in it in order, and what went away and may come back.
//!
//! Never in a state where a place is in two places, or in itself: the commands have seen to that.

use std::collections::BTreeMap;
use std::sync::Arc;

use accession_events::holdings::{DisplacedCopy, PlaceKind, PlaceRecord, PlacesEvent};
use accession_events::ids::PlaceId;
use accession_events::values::{LongText, ShortText, WebUrl};
use serde::{Deserialize, Serialize};

use super::PlacesError;

/// One place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// What kind it is.
    pub kind: PlaceKind,
    /// What it is called.
    pub name: ShortText,
    /// The place it is in.
    pub under: Option<PlaceId>,
    /// The places in it, in order.
    pub inner: Vec<PlaceId>,
    /// How it is described.
    pub description: Option<LongText>,
    /// Address of a picture.
    pub photo: Option<WebUrl>,
}

/// What went away with a place, for bringing it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// The places, each after the one it was in.
    pub places: Arc<[PlaceRecord]>,
    /// Places that went into another when it was merged.
    pub handed_on: Arc<[PlaceId]>,
    /// Copies that stood there.
    pub copies: Arc<[DisplacedCopy]>,
    /// Where the copies went.
    pub copies_went: Option<PlaceId>,
}

/// The places of a library.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// Those that are in no other, in order.
    pub(super) outermost: Vec<PlaceId>,
    pub(super) by_id: BTreeMap<PlaceId, Place>,
    pub(super) gone: BTreeMap<PlaceId, Gone>,
}

impl Places {
    /// A place, being one that is there.
    pub fn place(&self, id: PlaceId) -> Result<&Place, PlacesError> {
        self.by_id.get(&id).ok_or(PlacesError::Unknown(id))
    }

    /// What went away with this place, if it has not come back.
    #[must_use]
    pub fn gone(&self, id: PlaceId) -> Option<&Gone> {
        self.gone.get(&id)
    }

    /// The place and every place in it, each after the one it is in.
    #[must_use]
    pub fn with_all_in_it(&self, id: PlaceId) -> Vec<PlaceId> {
        let (mut found, mut next) = (Vec::new(), vec![id]);
        while let Some(id) = next.pop() {
            if let Some(place) = self.by_id.get(&id) {
                found.push(id);
                next.extend(place.inner.iter().rev());
            }
        }
        found
    }

    /// What the places are called on the way to this one, the outermost first.
    #[must_use]
    pub fn path(&self, id: PlaceId) -> Vec<&str> {
        let (mut names, mut next) = (Vec::new(), Some(id));
        while let Some(place) = next.and_then(|id| self.by_id.get(&id)) {
            names.push(place.name.as_str());
            next = place.under;
        }
        names.reverse();
        names
    }

    /// What stands beside each other in a place, or in none.
    pub(super) fn beside(&self, under: Option<PlaceId>) -> &[PlaceId] {
        match under {
            None => &self.outermost,
            Some(under) => self
                .by_id
                .get(&under)
                .map_or(&[], |place| place.inner.as_slice()),
        }
    }

    /// Everything that is said of a place.
    pub(super) fn record(&self, id: PlaceId) -> Result<PlaceRecord, PlacesError> {
        let place = self.place(id)?;
        Ok(PlaceRecord {
            place_id: id,
            kind: place.kind,
            name: place.name.clone(),
            under: place.under,
            at: self.at(id, place.under),
            description: place.description.clone(),
            photo: place.photo.clone(),
        })
    }

    /// Which it is among those beside it, counted from 1.
    pub(super) fn at(&self, id: PlaceId, under: Option<PlaceId>) -> u32 {
        let found = self.beside(under).iter().position(|beside| *beside == id);
        found.map_or(0, |at| u32::try_from(at + 1).unwrap_or(u32::MAX))
    }

    fn row(&mut self, under: Option<PlaceId>) -> Option<&mut Vec<PlaceId>> {
        match under {
            None => Some(&mut self.outermost),
            Some(under) => self.by_id.get_mut(&under).map(|place| &mut place.inner),
        }
    }

    fn put(&mut self, id: PlaceId, under: Option<PlaceId>, at: u32) {
        let Some(row) = self.row(under) else { return };
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        row.insert(at.saturating_sub(1).min(row.len()), id);
        if let Some(place) = self.by_id.get_mut(&id) {
            place.under = under;
        }
    }

    fn take_off(&mut self, id: PlaceId) {
        let under = self.by_id.get(&id).and_then(|place| place.under);
        if let Some(row) = self.row(under) {
            row.retain(|beside| *beside != id);
        }
    }

    fn add(&mut self, record: PlaceRecord) {
        let (id, under, at) = (record.place_id, record.under, record.at);
        let place = Place {
            kind: record.kind,
            name: record.name,
            under,
            inner: Vec::new(),
            description: record.description,
            photo: record.photo,
        };
        self.by_id.insert(id, place);
        self.put(id, under, at);
    }

    fn remove(&mut self, ids: impl Iterator<Item = PlaceId>) {
        for id in ids {
            self.take_off(id);
            self.by_id.remove(&id);
        }
    }

    fn relocate(&mut self, id: PlaceId, under: Option<PlaceId>, at: u32) {
        self.take_off(id);
        self.put(id, under, at);
    }

    pub(super) fn take(&mut self, event: PlacesEvent) {
        match event {
            PlacesEvent::PlaceAdded { place } => self.add(place),
            PlacesEvent::PlaceRenamed { place_id, name, .. } => {
                self.change(place_id, |place| place.name = name);
            }
            PlacesEvent::PlaceDescribed {
                place_id,
                description,
                ..
            } => self.change(place_id, |place| place.description = description),
            PlacesEvent::PlacePhotographed {
                place_id, photo, ..
            } => self.change(place_id, |place| place.photo = photo),
            PlacesEvent::PlaceMoved {
                place_id,
                under,
                at,
                ..
            } => self.relocate(place_id, under, at),
            PlacesEvent::PlacesReordered { under, order, .. } => {
                if let Some(row) = self.row(under) {
                    *row = order;
                }
            }
            going => self.take_what_goes(going),
        }
    }

    fn take_what_goes(&mut self, event: PlacesEvent) {
        match event {
            PlacesEvent::PlaceMerged {
                place,
                into,
                places,
                copies,
            } => {
                let id = place.place_id;
                for inner in &places {
                    self.relocate(*inner, Some(into), u32::MAX);
                }
                self.remove(std::iter::once(id));
                let gone = Gone {
                    places: Arc::from([place]),
                    handed_on: places.into(),
                    copies: copies.into(),
                    copies_went: Some(into),
                };
                self.gone.insert(id, gone);
            }
            PlacesEvent::PlacesRemoved {
                place_id,
                places,
                copies,
                moved_to,
            } => {
                // The innermost first: what a place is in is looked up while it is there.
                self.remove(places.iter().rev().map(|place| place.place_id));
                let gone = Gone {
                    places: places.into(),
                    handed_on: Arc::default(),
                    copies: copies.into(),
                    copies_went: moved_to,
                };
                self.gone.insert(place_id, gone);
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
                    self.relocate(inner, Some(place_id), u32::MAX);
                }
                self.gone.remove(&place_id);
            }
            _ => {}
        }
    }

    fn change(&mut self, id: PlaceId, change: impl FnOnce(&mut Place)) {
        if let Some(place) = self.by_id.get_mut(&id) {
            change(place);
        }
    }
}
