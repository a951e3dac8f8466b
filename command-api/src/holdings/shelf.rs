//! The shelf aggregate: in which order the copies stand at one place. A shelf nobody has used is an empty one.
//!
//! Never asks whether there is such a place or such a copy: the use case has made sure, in the same append.

mod put;
mod swap;

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::holdings::{ShelfEvent, Slot};
use accession_events::ids::{CopyId, LibraryId};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

/// The most copies that one place takes.
pub const MOST_COPIES: usize = 10_000;

/// The copies at a place, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    order: Vec<CopyId>,
}

/// What can be asked of a shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShelfCommand {
    /// Take these out, as far as they stand there.
    TakeOut {
        /// Whose shelf it is.
        library_id: LibraryId,
        /// Which.
        copies: Vec<CopyId>,
    },
    /// Put these in, in this order.
    PutIn {
        /// Whose shelf it is.
        library_id: LibraryId,
        /// Which.
        copies: Vec<CopyId>,
        /// The slot that the first of them gets; behind the last when it is left out.
        at: Option<u32>,
    },
    /// Put these back, each in the slot it had, or the last when there are fewer by now.
    PutBack {
        /// Whose shelf it is.
        library_id: LibraryId,
        /// Which, by rising slots.
        slots: Vec<Slot>,
    },
    /// Let two that stand here change places.
    Swap {
        /// Whose shelf it is.
        library_id: LibraryId,
        /// One.
        one: CopyId,
        /// The other.
        other: CopyId,
    },
    /// Let a copy from elsewhere take the slot of one that goes.
    TakeOver {
        /// Whose shelf it is.
        library_id: LibraryId,
        /// Which goes.
        leaves: CopyId,
        /// Which comes.
        comes: CopyId,
    },
}

/// Why a shelf refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShelfError {
    /// There is no such slot.
    #[error("there is no slot {wanted}: this place has room at the slots 1 to {last}")]
    SlotOutOfRange {
        /// The slot asked for.
        wanted: u32,
        /// The last that can be taken.
        last: usize,
    },
    /// It is full.
    #[error("a place takes {MOST_COPIES} copies at most: divide it")]
    Full,
    /// The copy stands here already.
    #[error("the copy {0} stands here already")]
    StandsHere(CopyId),
    /// The copy does not stand here.
    #[error("the copy {0} does not stand here")]
    StandsElsewhere(CopyId),
}

impl Shelf {
    /// The copies, in order.
    #[must_use]
    pub fn order(&self) -> &[CopyId] {
        &self.order
    }

    /// The slot of a copy, counted from 1.
    #[must_use]
    pub fn slot_of(&self, copy: CopyId) -> Option<u32> {
        let at = self.order.iter().position(|standing| *standing == copy)?;
        u32::try_from(at + 1).ok()
    }

    fn insert(&mut self, slot: Slot) {
        let at = usize::try_from(slot.slot).unwrap_or(usize::MAX);
        let at = at.saturating_sub(1).min(self.order.len());
        self.order.insert(at, slot.copy_id);
    }
}

impl Decider for Shelf {
    const SCHEMA: &'static str = "shelf/1";

    fn decide(&self, command: &ShelfCommand) -> Result<Vec<ShelfEvent>, ShelfError> {
        match command {
            ShelfCommand::TakeOut { library_id, copies } => {
                Ok(put::take_out(self, *library_id, copies))
            }
            ShelfCommand::PutIn {
                library_id,
                copies,
                at,
            } => put::put_in(self, *library_id, copies, *at),
            ShelfCommand::PutBack { library_id, slots } => put::put_back(self, *library_id, slots),
            ShelfCommand::Swap {
                library_id,
                one,
                other,
            } => swap::swap(self, *library_id, *one, *other),
            ShelfCommand::TakeOver {
                library_id,
                leaves,
                comes,
            } => swap::take_over(self, *library_id, *leaves, *comes),
        }
    }
}

impl Aggregate for Shelf {
    const TYPE: &'static str = ShelfEvent::AGGREGATE;
    type Command = ShelfCommand;
    type Event = ShelfEvent;
    type Error = ShelfError;
    type Services = ();

    async fn handle(
        &mut self,
        command: ShelfCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), ShelfError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: ShelfEvent) {
        match event {
            ShelfEvent::CopiesSlotted { slots, .. } => {
                for slot in slots {
                    self.insert(slot);
                }
            }
            ShelfEvent::CopiesUnslotted { slots, .. } => {
                let out: Vec<CopyId> = slots.iter().map(|slot| slot.copy_id).collect();
                self.order.retain(|copy| !out.contains(copy));
            }
            ShelfEvent::SlotsSwapped { one, other, .. } => {
                for copy in &mut self.order {
                    if *copy == one {
                        *copy = other;
                    } else if *copy == other {
                        *copy = one;
                    }
                }
            }
            ShelfEvent::SlotTakenOver { leaves, comes, .. } => {
                for copy in self.order.iter_mut().filter(|copy| **copy == leaves) {
                    *copy = comes;
                }
            }
        }
    }
}
