//! What can happen to the places of a library: one stream a library, whose id is the stream's.
//!
//! All of them are in one stream, so that "a path is one chain" is decided in one place. Never holds an order of copies.

use serde::{Deserialize, Serialize};

use crate::event::LoggedEvent;
use crate::ids::{CopyId, PlaceId};
use crate::values::{LongText, ShortText, WebUrl};

/// What kind of place it is, the widest first: a place stands only in a wider one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// A room.
    Room,
    /// A bookcase.
    Bookcase,
    /// A part of a bookcase.
    Section,
    /// A shelf.
    Shelf,
}

impl PlaceKind {
    /// Every kind, the widest first.
    pub const ALL: [Self; 4] = [Self::Room, Self::Bookcase, Self::Section, Self::Shelf];

    /// The form in JSON and keys.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Bookcase => "bookcase",
            Self::Section => "section",
            Self::Shelf => "shelf",
        }
    }

    /// Whether such a place may hold one of this kind. Kinds may be left out: a shelf may be on the wall of a room.
    #[must_use]
    pub fn holds(self, inner: Self) -> bool {
        self < inner
    }
}

/// Everything that is said of a place, and where it stands in the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceRecord {
    /// Which place.
    pub place_id: PlaceId,
    /// What kind it is.
    pub kind: PlaceKind,
    /// What it is called.
    pub name: ShortText,
    /// The place it is in; none for one that is in no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<PlaceId>,
    /// Which it is among those beside it, counted from 1.
    pub at: u32,
    /// How it is described.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<LongText>,
    /// Address of a picture of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<WebUrl>,
}

/// A copy that had to leave a place which went away, and where it stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplacedCopy {
    /// Which copy.
    pub copy_id: CopyId,
    /// Where it stood.
    pub place_id: PlaceId,
    /// Its slot there, counted from 1.
    pub slot: u32,
}

/// What happened to the places of a library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlacesEvent {
    /// A place was set up.
    PlaceAdded {
        /// What is said of it.
        place: PlaceRecord,
    },
    /// A place is called something else.
    PlaceRenamed {
        /// Which.
        place_id: PlaceId,
        /// What it is called from now on.
        name: ShortText,
        /// What it was called.
        former: ShortText,
    },
    /// A place is described otherwise.
    PlaceDescribed {
        /// Which.
        place_id: PlaceId,
        /// The description; none when it was taken away.
        description: Option<LongText>,
        /// What it was.
        former: Option<LongText>,
    },
    /// A place has another picture.
    PlacePhotographed {
        /// Which.
        place_id: PlaceId,
        /// Address of the picture; none when it was taken away.
        photo: Option<WebUrl>,
        /// Which it was.
        former: Option<WebUrl>,
    },
    /// A place, with everything in it, is somewhere else in the tree, or elsewhere among those beside it.
    PlaceMoved {
        /// Which.
        place_id: PlaceId,
        /// The place it is in from now on; none for no other.
        under: Option<PlaceId>,
        /// Which it is there, counted from 1 without itself.
        at: u32,
        /// The place it was in.
        former_under: Option<PlaceId>,
        /// Which it was there.
        former_at: u32,
    },
    /// The places in one place, or those in no other, stand in another order.
    PlacesReordered {
        /// In which place; none for those that are in no other.
        under: Option<PlaceId>,
        /// All of them, in the new order.
        order: Vec<PlaceId>,
        /// All of them, in the order before.
        former: Vec<PlaceId>,
    },
    /// A place became part of another: what was in it comes behind what is there.
    PlaceMerged {
        /// What is no longer a place of its own.
        place: PlaceRecord,
        /// What it became part of.
        into: PlaceId,
        /// The places in it, which are in the other from now on, in order.
        places: Vec<PlaceId>,
        /// The copies that stood right in it, in order.
        copies: Vec<DisplacedCopy>,
    },
    /// A place was taken down with every place in it.
    PlacesRemoved {
        /// Which place was meant.
        place_id: PlaceId,
        /// It and every place in it, each after the one it is in.
        places: Vec<PlaceRecord>,
        /// The copies that stood there, place by place, in order.
        copies: Vec<DisplacedCopy>,
        /// Where they went; none when they stand nowhere since.
        moved_to: Option<PlaceId>,
    },
    /// What went away with a place is there again.
    PlacesRestored {
        /// Which place was meant.
        place_id: PlaceId,
        /// The places that are there again, each after the one it is in.
        places: Vec<PlaceRecord>,
        /// Places that had become part of another and are in the restored one again, in order.
        returned: Vec<PlaceId>,
        /// Copies that stand where they stood.
        copies: Vec<DisplacedCopy>,
    },
}

impl LoggedEvent for PlacesEvent {
    const AGGREGATE: &'static str = "holdings.places";

    fn name(&self) -> &'static str {
        match self {
            Self::PlaceAdded { .. } => "PlaceAdded",
            Self::PlaceRenamed { .. } => "PlaceRenamed",
            Self::PlaceDescribed { .. } => "PlaceDescribed",
            Self::PlacePhotographed { .. } => "PlacePhotographed",
            Self::PlaceMoved { .. } => "PlaceMoved",
            Self::PlacesReordered { .. } => "PlacesReordered",
            Self::PlaceMerged { .. } => "PlaceMerged",
            Self::PlacesRemoved { .. } => "PlacesRemoved",
            Self::PlacesRestored { .. } => "PlacesRestored",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_holds_only_narrower_ones_and_so_never_itself() {
        for outer in PlaceKind::ALL {
            assert!(!outer.holds(outer));
            assert_eq!(serde_json::to_value(outer).unwrap(), outer.as_str());
        }
        assert!(PlaceKind::Room.holds(PlaceKind::Shelf));
        assert!(!PlaceKind::Shelf.holds(PlaceKind::Room));
    }
}
