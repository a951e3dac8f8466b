//! What happened to a copy, as an undo looks at it: which event belongs to which change, and what each touches.
//!
//! Never decides anything.

use accession_events::holdings::{CopyDetail, CopyEvent, CopyState};
use accession_events::ids::{EventId, LoanId, PlaceId};
use accession_events::{LoggedEvent as _, Metadata, Position, RecordedEvent};
use jiff::Timestamp;

use super::Later;
use crate::holdings::copy::Copy;

/// An event of the copy, with what the log says of it.
#[derive(Debug, Clone)]
pub struct Past {
    /// What happened.
    pub event: CopyEvent,
    /// Where it stands in the log.
    pub position: Position,
    /// Its id.
    pub id: EventId,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who caused it, and what it undoes.
    pub metadata: Metadata,
}

/// What a change may touch.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Facet {
    Listed,
    Place,
    State,
    /// What is said of the same thing as by this.
    Said(CopyDetail),
}

/// The value of a facet.
#[derive(Debug, PartialEq)]
pub(super) enum Value {
    Listed(bool),
    Place(Option<PlaceId>),
    State(Option<CopyState>),
    Said(Option<CopyDetail>),
}

impl Past {
    /// An event as the log has it.
    #[must_use]
    pub fn of(event: CopyEvent, recorded: &RecordedEvent) -> Self {
        Self {
            event,
            position: recorded.position,
            id: recorded.event_id,
            at: recorded.recorded_at,
            metadata: recorded.parsed_metadata(),
        }
    }

    /// Whether one request made this and that.
    pub(super) fn is_of_one_change(&self, other: &Self) -> bool {
        self.at == other.at && self.metadata == other.metadata
    }

    pub(super) fn undoes(&self, position: Position) -> bool {
        self.metadata.undone_positions().contains(&position)
    }

    pub(super) fn facets(&self) -> Vec<Facet> {
        match &self.event {
            CopyEvent::CopyAdded { .. }
            | CopyEvent::CopyRemoved { .. }
            | CopyEvent::CopyRestored { .. } => vec![Facet::Listed],
            CopyEvent::CopyDetailsChanged { details, .. } => {
                details.iter().cloned().map(Facet::Said).collect()
            }
            CopyEvent::CopyMoved { .. } => vec![Facet::Place],
            CopyEvent::CopyLentOut { .. } | CopyEvent::CopyCameBack { .. } => Vec::new(),
            CopyEvent::CopyLost { .. }
            | CopyEvent::CopyDamaged { .. }
            | CopyEvent::CopyWithdrawn { .. }
            | CopyEvent::CopyFound { .. } => vec![Facet::State],
        }
    }

    pub(super) const fn loan(&self) -> Option<LoanId> {
        match &self.event {
            CopyEvent::CopyLentOut { loan_id, .. } | CopyEvent::CopyCameBack { loan_id, .. } => {
                Some(*loan_id)
            }
            CopyEvent::CopyLost { loan_id, .. } => *loan_id,
            _ => None,
        }
    }

    pub(super) fn later(&self) -> Later {
        let actor = self.metadata.actor.as_deref().unwrap_or("unknown");
        let name = self.event.name();
        Later {
            position: self.position,
            words: format!(
                "{name} at position {}, by {actor} on {}",
                self.position, self.at
            ),
        }
    }
}

impl Facet {
    pub(super) fn value(&self, copy: &Copy) -> Value {
        let known = match copy {
            Copy::Known(known) => Some(known),
            Copy::Absent => None,
        };
        match self {
            Self::Listed => Value::Listed(known.is_some_and(|copy| !copy.removed)),
            Self::Place => Value::Place(known.and_then(|copy| copy.place_id)),
            Self::State => Value::State(known.map(|copy| copy.state)),
            Self::Said(of) => Value::Said(known.map(|copy| copy.said_of(of))),
        }
    }

    pub(super) fn is_that_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Said(one), Self::Said(other)) => one.name() == other.name(),
            _ => self == other,
        }
    }
}
