//! Pasts for tests of undos: each change is one request of one curator.
//!
//! Never used outside tests.

use accession_events::ids::EventId;
use accession_events::values::ShortText;
use accession_events::{LoggedEvent, Metadata, Position};
use cqrs_es::Aggregate;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::past::Past;
use super::{UndoChange, UndoError, Undoable, Which};

/// A past in the making.
#[derive(Debug, Clone)]
pub(crate) struct Story<A: Undoable> {
    pub(crate) past: Vec<Past<A::Event>>,
    changes: i64,
}

impl<A: Undoable> Story<A> {
    /// These events, each a change of its own, the first at position 10.
    pub(crate) fn of(events: &[A::Event]) -> Self {
        let story = Self {
            past: Vec::new(),
            changes: 0,
        };
        events.iter().fold(story, |story, event| {
            story.then(std::slice::from_ref(event))
        })
    }

    /// One more change.
    pub(crate) fn then(self, events: &[A::Event]) -> Self {
        self.told(events, Metadata::default())
    }

    fn told(mut self, events: &[A::Event], metadata: Metadata) -> Self {
        self.changes += 1;
        let metadata = Metadata {
            actor: Some("curator:ann".into()),
            correlation: Some(format!("request {}", self.changes)),
            ..metadata
        };
        let start = Timestamp::from_second(1_790_000_000).unwrap();
        for event in events {
            let position = self.past.len() as u64 + 10;
            self.past.push(Past {
                position: Position::new(position),
                event_id: EventId::new(Uuid::from_u128(u128::from(position))),
                recorded_at: start + SignedDuration::from_secs(self.changes),
                event_type: event.name().into(),
                metadata: metadata.clone(),
                event: event.clone(),
            });
        }
        self
    }

    /// The state that it leads to.
    pub(crate) fn state(&self) -> A {
        let mut state = A::default();
        for past in &self.past {
            Aggregate::apply(&mut state, past.event.clone());
        }
        state
    }

    /// A command, if it is not refused; whether it changed anything.
    pub(crate) fn give(self, command: &A::Command) -> (Self, bool) {
        match self.state().decide(command) {
            Ok(events) if !events.is_empty() => (self.then(&events), true),
            _ => (self, false),
        }
    }

    /// An undo of the change at a position; of the last one without.
    pub(crate) fn undo_of(&self, position: Option<u64>) -> UndoChange<A::Event> {
        let which = position.map_or(Which::Last, |position| {
            Which::Position(Position::new(position))
        });
        UndoChange {
            past: self.past.clone(),
            which,
            reason: Some(ShortText::parse("by mistake").unwrap()),
        }
    }

    /// The same after such an undo.
    pub(crate) fn undone(self, position: Option<u64>) -> Result<Self, UndoError> {
        let undo = self.undo_of(position).plan_alone::<A>()?;
        let metadata = Metadata::default().undoing(&undo.undoes);
        Ok(self.told(&undo.events, metadata))
    }
}

/// The positions of the later changes that a refusal names.
pub(crate) fn named<T: std::fmt::Debug>(refused: Result<T, UndoError>) -> Vec<u64> {
    match refused {
        Err(UndoError::Depends(later)) => {
            later.iter().map(|change| change.position.get()).collect()
        }
        other => panic!("expected later changes that depend on it, not {other:?}"),
    }
}
