//! What has to be done so that a change of a copy is as if it had never been, and what stands in the way.
//!
//! Pure: decided by the copy's own past. Never undoes a loan: what ends it is its return, or its being reported lost.

mod past;

use accession_events::Position;
use accession_events::holdings::{CopyDetail, CopyEvent, CopyState, Standing};
use accession_events::ids::{EventId, LoanId};
use cqrs_es::Aggregate as _;

use self::past::Facet;
use super::{Copy, KnownCopy};

pub use past::Past;

/// Which change is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The last one.
    Last,
    /// The one that an event at this position belongs to.
    Position(Position),
    /// The one that this event belongs to.
    Event(EventId),
}

/// What is to be done, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// List it no longer.
    Remove,
    /// List it again, where it stood.
    BringBack,
    /// Say this of it.
    Say(Vec<CopyDetail>),
    /// Say that this has become of it.
    Become(CopyState),
    /// Have it stand there; none for nowhere.
    Stand(Option<Standing>),
}

/// An undo.
#[derive(Debug, Clone, PartialEq)]
pub struct CopyUndo {
    /// What is to be done.
    pub steps: Vec<Step>,
    /// The positions that are undone by it.
    pub undoes: Vec<Position>,
}

/// A later change that depends on the one to be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Later {
    /// Where it stands in the log.
    pub position: Position,
    /// What it is, for people.
    pub words: String,
}

/// Why a change of a copy cannot be undone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CopyUndoError {
    /// There is no such change.
    #[error("this is no change of this copy: its history names the positions that can be undone")]
    NoSuchChange,
    /// It is undone.
    #[error("it is undone already; to have it back, undo the undo")]
    AlreadyUndone,
    /// Later changes depend on it.
    #[error("later changes depend on it; undo them first, the latest first: {}", listed(.0))]
    Depends(Vec<Later>),
    /// It is a loan's.
    #[error(
        "it belongs to a loan ({0}): what undoes a loan is its return, and what undoes a return is lending the copy again"
    )]
    OfALoan(LoanId),
}

fn listed(later: &[Later]) -> String {
    let words: Vec<&str> = later.iter().map(|later| later.words.as_str()).collect();
    words.join("; ")
}

/// What undoes a change of a copy with this past, all of it.
pub fn plan(past: &[Past], which: Which) -> Result<CopyUndo, CopyUndoError> {
    let (start, end) = change(past, which).ok_or(CopyUndoError::NoSuchChange)?;
    let (earlier, rest) = past.split_at(start);
    let (changed, later) = rest.split_at(end - start);
    if let Some(loan) = changed.iter().find_map(Past::loan) {
        return Err(CopyUndoError::OfALoan(loan));
    }
    if is_undone(changed, later) {
        return Err(CopyUndoError::AlreadyUndone);
    }
    let before = folded(Copy::default(), earlier);
    let after = folded(before.clone(), changed);
    let now = folded(after.clone(), later);
    let touched: Vec<Facet> = changed.iter().flat_map(Past::facets).collect();
    refuse_what_depends(&before, (&after, &now), &touched, later)?;
    Ok(CopyUndo {
        steps: steps(&before, changed, &touched),
        undoes: changed.iter().map(|past| past.position).collect(),
    })
}

/// Where the change begins, and where the next one does.
fn change(past: &[Past], which: Which) -> Option<(usize, usize)> {
    let at = past.iter().rposition(|past| match which {
        Which::Last => true,
        Which::Position(position) => past.position == position,
        Which::Event(id) => past.id == id,
    })?;
    let meant = past.get(at)?;
    let (before, behind) = past.split_at(at);
    let beside = |past: &&Past| past.is_of_one_change(meant);
    let start = at - before.iter().rev().take_while(beside).count();
    let end = at + behind.iter().take_while(beside).count();
    Some((start, end))
}

/// Whether a later change undid it that was not itself undone.
fn is_undone(changed: &[Past], later: &[Past]) -> bool {
    let undoing = |of: &Past| changed.iter().any(|undone| of.undoes(undone.position));
    let mut rest = later;
    while let Some(first) = rest.iter().position(undoing) {
        let (_, from) = rest.split_at(first);
        let Some(undo) = from.first() else {
            return false;
        };
        let length = from
            .iter()
            .take_while(|past| past.is_of_one_change(undo))
            .count();
        let (undo, behind) = from.split_at(length);
        if !is_undone(undo, behind) {
            return true;
        }
        rest = behind;
    }
    false
}

fn folded(copy: Copy, events: &[Past]) -> Copy {
    events.iter().fold(copy, |mut copy, past| {
        copy.apply(past.event.clone());
        copy
    })
}

/// Whatever the change touched must be as it left it, and the copy listed as it was then; of a copy's coming in nothing may
/// have followed.
fn refuse_what_depends(
    before: &Copy,
    (after, now): (&Copy, &Copy),
    touched: &[Facet],
    later: &[Past],
) -> Result<(), CopyUndoError> {
    let differs = |facet: &Facet| facet.value(after) != facet.value(now);
    let in_the_way: Vec<Later> = if *before == Copy::Absent {
        let same = match (after, now) {
            (Copy::Known(after), Copy::Known(now)) => is_the_same(after, now),
            _ => true,
        };
        let later = later.iter().filter(|_| !same);
        later.map(Past::later).collect()
    } else {
        let watched: Vec<&Facet> = touched
            .iter()
            .chain([&Facet::Listed])
            .filter(|facet| differs(facet))
            .collect();
        let about_them = |past: &&Past| {
            let facets = past.facets();
            facets
                .iter()
                .any(|facet| watched.iter().any(|watched| watched.is_that_of(facet)))
        };
        later.iter().filter(about_them).map(Past::later).collect()
    };
    if in_the_way.is_empty() {
        return Ok(());
    }
    Err(CopyUndoError::Depends(
        in_the_way.into_iter().rev().collect(),
    ))
}

/// Whether nothing is said otherwise of a copy; where it stood before counts for nothing.
fn is_the_same(one: &KnownCopy, other: &KnownCopy) -> bool {
    let other = KnownCopy {
        stood: one.stood,
        ..other.clone()
    };
    *one == other
}

fn steps(before: &Copy, changed: &[Past], touched: &[Facet]) -> Vec<Step> {
    let happened = |wanted: fn(&CopyEvent) -> bool| changed.iter().any(|past| wanted(&past.event));
    let Copy::Known(former) = before else {
        return vec![Step::Remove];
    };
    if happened(|event| matches!(event, CopyEvent::CopyRemoved { .. })) {
        return vec![Step::BringBack];
    }
    if happened(|event| matches!(event, CopyEvent::CopyRestored { .. })) {
        return vec![Step::Remove];
    }
    let said: Vec<CopyDetail> = touched
        .iter()
        .filter_map(|facet| match facet {
            Facet::Said(of) => Some(former.said_of(of)),
            _ => None,
        })
        .collect();
    let state = touched.contains(&Facet::State).then_some(former.state);
    let stood = changed.iter().find_map(|past| match past.event {
        CopyEvent::CopyMoved { from, .. } => Some(from),
        _ => None,
    });
    let mut steps = Vec::new();
    if !said.is_empty() {
        steps.push(Step::Say(said));
    }
    let becomes = state.map(Step::Become);
    let stands = stood.map(Step::Stand);
    // What was given up stands nowhere: it leaves its place first, and comes back before it is shelved.
    if state == Some(CopyState::Withdrawn) {
        steps.extend(stands.into_iter().chain(becomes));
    } else {
        steps.extend(becomes.into_iter().chain(stands));
    }
    steps
}

#[cfg(test)]
mod tests;
