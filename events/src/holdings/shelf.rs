//! What can happen to the order of the copies at one place. Its stream is the place's: one stream a place.
//!
//! Slots are counted from 1 and have no gaps: they are what the order says, never numbers that are kept.

use serde::{Deserialize, Serialize};

use crate::event::LoggedEvent;
use crate::ids::{CopyId, LibraryId, PlaceId};

/// A copy and its slot, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Which copy.
    pub copy_id: CopyId,
    /// Its slot, counted from 1.
    pub slot: u32,
}

/// Where a copy stands: a place, and the slot there at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The place.
    pub place_id: PlaceId,
    /// The slot there, counted from 1; it is that of the moment and moves with what comes and goes before it.
    pub slot: u32,
}

/// What happened to the order of the copies at a place. Copies that are meant hear of it in streams of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShelfEvent {
    /// Copies were put in, one after the other, each at the slot it has right after.
    CopiesSlotted {
        /// Whose place it is.
        library_id: LibraryId,
        /// Which, in the order in which they were put in.
        slots: Vec<Slot>,
    },
    /// Copies were taken out.
    CopiesUnslotted {
        /// Whose place it is.
        library_id: LibraryId,
        /// Which, with the slots that they had before any was taken out, in their order.
        slots: Vec<Slot>,
    },
    /// Two copies changed places on the same shelf.
    SlotsSwapped {
        /// Whose place it is.
        library_id: LibraryId,
        /// One of them.
        one: CopyId,
        /// The other.
        other: CopyId,
    },
    /// A copy took the very slot of another, which went elsewhere.
    SlotTakenOver {
        /// Whose place it is.
        library_id: LibraryId,
        /// Which went.
        leaves: CopyId,
        /// Which came.
        comes: CopyId,
        /// The slot.
        slot: u32,
    },
}

impl LoggedEvent for ShelfEvent {
    const AGGREGATE: &'static str = "holdings.shelf";

    fn name(&self) -> &'static str {
        match self {
            Self::CopiesSlotted { .. } => "CopiesSlotted",
            Self::CopiesUnslotted { .. } => "CopiesUnslotted",
            Self::SlotsSwapped { .. } => "SlotsSwapped",
            Self::SlotTakenOver { .. } => "SlotTakenOver",
        }
    }
}
