//! The places aggregate: all rooms, bookcases, sections and shelves of one library, as one tree.
//!
//! All of them in one state, so that a path is always one chain. Never holds the order of copies.

pub mod add_place;
pub mod edit_place;
#[cfg(test)]
mod examples;
mod known;
pub mod merge_places;
pub mod move_place;
pub mod remove_place;
pub mod restore_place;

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::holdings::{PlaceKind, PlacesEvent};
use accession_events::ids::PlaceId;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;

pub use known::{Gone, Place, Places};

/// The most places that one library has.
pub const MOST_PLACES: usize = 5_000;

/// What can be asked of a library's places.
#[derive(Debug, Clone, PartialEq)]
pub enum PlacesCommand {
    /// Set one up.
    Add(add_place::AddPlace),
    /// Say otherwise what one is called, how it is described, what it looks like.
    Edit(edit_place::EditPlace),
    /// Have one stand elsewhere in the tree.
    Move(move_place::MovePlace),
    /// Put the places in one place in another order.
    Reorder(move_place::ReorderPlaces),
    /// Make one part of another.
    Merge(merge_places::MergePlaces),
    /// Take one down, with every place in it.
    Remove(remove_place::RemovePlace),
    /// Bring back what went away.
    Restore(restore_place::RestorePlace),
}

/// Why a library's places refuse a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlacesError {
    /// There is no such place here.
    #[error("this library has no place {0}")]
    Unknown(PlaceId),
    /// The id is taken.
    #[error("the place {0} was set up already")]
    AlreadyAdded(PlaceId),
    /// A place would be in itself.
    #[error("the place {place} cannot stand in {under}: that is itself, or stands in it")]
    InItself {
        /// Which place.
        place: PlaceId,
        /// Where it was to go.
        under: PlaceId,
    },
    /// A place of this kind does not stand in one of that kind.
    #[error(
        "a {} cannot stand in a {}: a place stands in a wider one (room, bookcase, section, shelf)",
        inner.as_str(), outer.as_str()
    )]
    DoesNotFit {
        /// What was to stand.
        inner: PlaceKind,
        /// In what.
        outer: PlaceKind,
    },
    /// There is no such position.
    #[error("there is no position {wanted}: it can be at 1 to {last}")]
    PositionOutOfRange {
        /// The position asked for.
        wanted: u32,
        /// The last that can be taken.
        last: usize,
    },
    /// The order does not name each place once.
    #[error("the order has to name each of the {expected} places there exactly once")]
    NotTheSamePlaces {
        /// How many there are.
        expected: usize,
    },
    /// Only like kinds are merged.
    #[error("a {} cannot become part of a {}: merge places of one kind", one.as_str(), other.as_str())]
    OtherKind {
        /// What was to be merged.
        one: PlaceKind,
        /// Into what.
        other: PlaceKind,
    },
    /// There are too many.
    #[error("a library has {MOST_PLACES} places at most")]
    TooMany,
    /// Nothing went away with it, or it is there again.
    #[error("the place {0} was not taken down or merged: there is nothing to bring back")]
    NotGone(PlaceId),
    /// What it stood in is no longer there.
    #[error(
        "the place {place} stood in {under}, which is not there any more: bring that back first"
    )]
    NothingToStandIn {
        /// Which place.
        place: PlaceId,
        /// Where it stood.
        under: PlaceId,
    },
}

impl Decider for Places {
    const SCHEMA: &'static str = "places/1";

    fn decide(&self, command: &PlacesCommand) -> Result<Vec<PlacesEvent>, PlacesError> {
        match command {
            PlacesCommand::Add(command) => command.decide(self),
            PlacesCommand::Edit(command) => command.decide(self),
            PlacesCommand::Move(command) => command.decide(self),
            PlacesCommand::Reorder(command) => command.decide(self),
            PlacesCommand::Merge(command) => command.decide(self),
            PlacesCommand::Remove(command) => command.decide(self),
            PlacesCommand::Restore(command) => command.decide(self),
        }
    }
}

impl Aggregate for Places {
    const TYPE: &'static str = PlacesEvent::AGGREGATE;
    type Command = PlacesCommand;
    type Event = PlacesEvent;
    type Error = PlacesError;
    type Services = ();

    async fn handle(
        &mut self,
        command: PlacesCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), PlacesError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: PlacesEvent) {
        self.take(event);
    }
}
