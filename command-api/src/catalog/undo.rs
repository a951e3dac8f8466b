//! Undoing a change: what it did is taken back by new events, as if it had never been said; the log keeps both.
//!
//! Never guesses. It compares three states (before the change, right after it, and now) facet by facet: whatever the
//! change touched must still be as it left it, or something later depends on it and the undo is refused with what to
//! undo first. So an undo can be undone like any other change.

#[cfg(test)]
pub(crate) mod examples;
pub mod facets;
pub mod fields;
pub mod past;
pub mod refusal;

use std::collections::BTreeSet;
use std::fmt::Debug;

use accession_event_log::Decider;
use accession_events::ids::EventId;
use accession_events::values::ShortText;
use accession_events::{LoggedEvent, Position};

use facets::{Facet, Facets, Part};
use past::{Past, changes};
pub use refusal::{LaterChange, UndoError};

/// Which change is to be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The last one.
    Last,
    /// The one that the event at this position belongs to.
    Position(Position),
    /// The one that this event belongs to.
    Event(EventId),
}

/// Undo a change.
#[derive(Debug, Clone, PartialEq)]
pub struct UndoChange<E> {
    /// Everything that has happened to the aggregate, in order.
    pub past: Vec<Past<E>>,
    /// Which change.
    pub which: Which,
    /// Why, in the curator's words.
    pub reason: Option<ShortText>,
}

/// What an undo comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Undo<E> {
    /// The positions of the change that is undone.
    pub undoes: Vec<Position>,
    /// Whether the change is what brought the aggregate into the catalog.
    pub creation: bool,
    /// Why, in the curator's words.
    pub reason: Option<ShortText>,
    /// The events that take it back; none when it changed nothing.
    pub events: Vec<E>,
}

/// An aggregate whose changes can be undone.
pub trait Undoable: Decider<Event: LoggedEvent + Clone + PartialEq + Debug> + PartialEq {
    /// Everything that a change can touch, each with its value.
    fn facets(&self) -> Facets;

    /// How else a change is undone that this event is part of, because it changed other things, too; none for most.
    fn undone_otherwise(event: &Self::Event) -> Option<String> {
        let _ = event;
        None
    }

    /// Whether a refusal means that the past handed in was not the whole past any longer.
    fn overtaken(error: &Self::Error) -> bool;

    /// The events that put what differs between `before` and `after` back as it was before.
    fn put_back(
        &self,
        before: &Self,
        after: &Self,
        reason: Option<&ShortText>,
    ) -> Result<Vec<Self::Event>, UndoError>;
}

impl<E: LoggedEvent + Clone> UndoChange<E> {
    /// What the undo comes to, decided on this state.
    pub fn plan<A: Undoable<Event = E>>(&self, state: &A) -> Result<Undo<E>, UndoError> {
        let changes = changes(&self.past);
        let chosen = match self.which {
            Which::Last => changes.len().checked_sub(1),
            Which::Position(position) => place(&changes, |event| event.position == position),
            Which::Event(id) => place(&changes, |event| event.event_id == id),
        };
        let chosen = chosen.ok_or(UndoError::NoSuchChange)?;
        let (earlier, later) = changes.split_at(chosen);
        let (change, later) = later.split_first().ok_or(UndoError::NoSuchChange)?;
        let mut events = change.iter().map(|past| &past.event);
        if let Some(otherwise) = events.find_map(A::undone_otherwise) {
            return Err(UndoError::InTheWay(otherwise));
        }
        let before: A = fold(A::default(), earlier.iter().copied().flatten());
        let after = fold(before.clone(), change.iter());
        let now = fold(after.clone(), later.iter().copied().flatten());
        if now != *state {
            return Err(UndoError::Overtaken);
        }
        let creation = before == A::default();
        check(&before, &after, &now, later)?;
        Ok(Undo {
            undoes: change.iter().map(|event| event.position).collect(),
            creation,
            reason: self.reason.clone(),
            events: now.put_back(&before, &after, self.reason.as_ref())?,
        })
    }

    /// The same, decided on the state that the past itself leads to.
    pub fn plan_alone<A: Undoable<Event = E>>(&self) -> Result<Undo<E>, UndoError> {
        self.plan(&fold(A::default(), self.past.iter()))
    }
}

fn place<E>(changes: &[&[Past<E>]], is: impl Fn(&Past<E>) -> bool) -> Option<usize> {
    changes.iter().position(|change| change.iter().any(&is))
}

/// Refuses what later changes depend on, and what is undone already.
fn check<A, E>(before: &A, after: &A, now: &A, later: &[&[Past<E>]]) -> Result<(), UndoError>
where
    A: Undoable<Event = E>,
    E: LoggedEvent + Clone,
{
    let (was, left, is) = (before.facets(), after.facets(), now.facets());
    let touched = facets::differing(&was, &left);
    if touched.is_empty() {
        return Ok(());
    }
    if touched.iter().all(|facet| is.get(facet) == was.get(facet)) {
        return Err(UndoError::AlreadyUndone);
    }
    let depending = facets::depending(&touched, &was, &left, &is);
    if depending.is_empty() {
        return Ok(());
    }
    Err(UndoError::Depends(later_changes(after, later, &depending)))
}

/// A state after these events.
fn fold<'a, A, E: Clone + 'a>(mut state: A, events: impl Iterator<Item = &'a Past<E>>) -> A
where
    A: Undoable<Event = E>,
{
    for past in events {
        state.apply(past.event.clone());
    }
    state
}

/// The later changes that touched any of these, without those that were undone since and their undos.
fn later_changes<A, E>(
    after: &A,
    later: &[&[Past<E>]],
    depending: &BTreeSet<Facet>,
) -> Vec<LaterChange>
where
    A: Undoable<Event = E>,
    E: LoggedEvent + Clone,
{
    let settled = settled(later);
    let mut found = Vec::new();
    let mut state = after.clone();
    for change in later {
        let next = fold(state.clone(), change.iter());
        let touched = facets::differing(&state.facets(), &next.facets());
        let mut fields: Vec<String> = touched.intersection(depending).map(Facet::words).collect();
        fields.dedup();
        let first = change.first();
        if let Some(first) = first.filter(|first| !settled.contains(&first.position))
            && !fields.is_empty()
        {
            found.push(LaterChange::of(first, fields));
        }
        state = next;
    }
    found
}

/// Positions of changes that no longer stand, and of the undos that saw to that; an undone undo settles nothing.
pub(crate) fn settled<E>(later: &[&[Past<E>]]) -> BTreeSet<Position> {
    let mut settled = BTreeSet::new();
    for change in later.iter().rev() {
        let Some(first) = change.first() else {
            continue;
        };
        let undoes = first.metadata.undone_positions();
        if !undoes.is_empty() && !settled.contains(&first.position) {
            settled.insert(first.position);
            settled.extend(undoes);
        }
    }
    settled
}

/// A plain facet of an aggregate.
pub(crate) fn plain(facets: &mut Facets, field: &str, value: impl serde::Serialize) {
    let value = serde_json::to_value(value).unwrap_or_default();
    facets.insert(Facet::new("", Part::Plain, field, ""), value);
}
