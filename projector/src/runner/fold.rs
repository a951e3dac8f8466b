//! Folds a page into the documents of one model.
//!
//! Pure: states come in, writes go out. The same page on the same states gives the same bytes.

use std::collections::HashMap;

use accession_events::Position;
use accession_read_store::DocumentWrite;
use bytes::Bytes;
use jiff::Timestamp;

use super::erased::{Model, OpenDocument};
use super::plan::{Incoming, Touch};
use crate::model::{FoldError, Leaf};

/// A state of more bytes than this is dear to read back, so its document stays open for the next step.
const LARGE_STATE: usize = 16 * 1024;

/// Documents of one model that a step has written, by key: the store may not have them yet.
pub(crate) type Documents = HashMap<String, Remembered>;

/// A document that a step has written. Most are not touched again soon: what they hold in memory is given back while
/// it is still in the processor's caches, and only the few that are touched again are read back.
pub(crate) enum Remembered {
    State(Bytes),
    Open(OpenDocument),
}

impl Remembered {
    fn of(open: OpenDocument) -> Self {
        match open.stored() {
            Some(state) if state.len() <= LARGE_STATE => Self::State(state),
            _ => Self::Open(open),
        }
    }
}

/// What folding one model needs.
pub(crate) struct FoldWork {
    pub(crate) model: Model,
    pub(crate) touches: Vec<Touch>,
    /// Documents that the step before has written.
    pub(crate) open: Documents,
    /// Stored states of the others.
    pub(crate) stored: HashMap<String, Bytes>,
}

/// An event that a fold refused.
pub(crate) struct Refused {
    pub(crate) key: String,
    /// The event, and the later ones of the key in this page.
    pub(crate) positions: Vec<(Position, Timestamp)>,
    pub(crate) reason: String,
}

/// What folding one model gave.
#[derive(Default)]
pub(crate) struct Folded {
    pub(crate) writes: Vec<DocumentWrite>,
    /// The documents as they are after this step.
    pub(crate) open: Documents,
    pub(crate) refused: Vec<Refused>,
    /// Bytes of states and bodies in the writes.
    pub(crate) bytes: usize,
}

/// Folds a page into the documents that it touches.
pub(crate) fn fold(mut work: FoldWork, page: &[Incoming]) -> Folded {
    let documents = work.touches.len();
    let mut folded = Folded {
        writes: Vec::with_capacity(documents),
        open: Documents::with_capacity(documents),
        ..Folded::default()
    };
    for touch in std::mem::take(&mut work.touches) {
        fold_document(&mut work, touch, page, &mut folded);
    }
    folded
}

fn fold_document(work: &mut FoldWork, touch: Touch, page: &[Incoming], folded: &mut Folded) {
    let stored = work.stored.remove(&touch.key);
    let document = match work.open.remove(&touch.key) {
        Some(Remembered::Open(open)) => Ok(open),
        Some(Remembered::State(state)) => work.model.open(&touch.key, Some(state)),
        None => work.model.open(&touch.key, stored),
    };
    let taken = document
        .map_err(|error| (0, error))
        .and_then(|open| take_in(&work.model, open, &touch, page));
    let failure = match taken {
        // What cannot be written was not taken in: that is refused from its first event on.
        Ok((open, taken, failure)) if taken > 0 => {
            write(open, &touch, taken, page, folded).or(failure)
        }
        Ok((_, _, failure)) => failure,
        Err(failure) => Some(failure),
    };
    if let Some((place, error)) = failure {
        folded.refused.push(refused(touch, place, &error, page));
    }
}

/// How many events of a touch were taken in, and which one was not, and why.
type Taken = (OpenDocument, usize, Option<(usize, FoldError)>);

/// Takes in events up to the first that is refused. A refused event leaves no trace: the document is opened again
/// as it was before the page, and takes in what went well.
fn take_in(
    model: &Model,
    mut open: OpenDocument,
    touch: &Touch,
    page: &[Incoming],
) -> Result<Taken, (usize, FoldError)> {
    let before = open.stored();
    for (count, place) in touch.events.iter().enumerate() {
        let Err(error) = fold_event(&mut open, &touch.key, page, *place) else {
            continue;
        };
        let mut again = model.open(&touch.key, before).map_err(|error| (0, error))?;
        for place in touch.events.iter().take(count) {
            fold_event(&mut again, &touch.key, page, *place).map_err(|error| (0, error))?;
        }
        return Ok((again, count, Some((count, error))));
    }
    Ok((open, touch.events.len(), None))
}

fn fold_event(
    open: &mut OpenDocument,
    key: &str,
    page: &[Incoming],
    place: usize,
) -> Result<(), FoldError> {
    match page.get(place) {
        Some(Incoming {
            recorded,
            event: Ok(event),
        }) => open.fold(key, event, recorded),
        // A plan names only events of its page that can be read.
        _ => Err(FoldError::new("an event outside of the page was planned")),
    }
}

/// Writes the document; what cannot be rendered is refused from its first event on.
fn write(
    mut open: OpenDocument,
    touch: &Touch,
    taken: usize,
    page: &[Incoming],
    folded: &mut Folded,
) -> Option<(usize, FoldError)> {
    let last = touch
        .events
        .get(taken.saturating_sub(1))
        .and_then(|place| page.get(*place))?;
    let closed = match open.close(&touch.key) {
        Ok(closed) => closed,
        Err(error) => return Some((0, error)),
    };
    lay_down(&touch.key, closed.leaves, folded);
    folded.bytes += closed.state.len() + closed.body.as_ref().map_or(0, Bytes::len);
    folded.writes.push(DocumentWrite {
        key: touch.key.clone(),
        state: closed.state,
        body: closed.body,
        hidden: closed.hidden,
        position: last.recorded.position,
        add: closed.add,
        remove: closed.remove,
    });
    folded.open.insert(touch.key.clone(), Remembered::of(open));
    None
}

/// Writes what the events left behind; nothing ever changes it again.
fn lay_down(beside: &str, leaves: Vec<(Position, Leaf)>, folded: &mut Folded) {
    for (position, leaf) in leaves {
        folded.bytes += leaf.body.len();
        folded.writes.push(DocumentWrite {
            key: leaf.key(beside),
            state: Bytes::new(),
            add: leaf.entries(beside),
            remove: Vec::new(),
            body: Some(Bytes::copy_from_slice(&leaf.body)),
            hidden: false,
            position,
        });
    }
}

fn refused(touch: Touch, from: usize, error: &FoldError, page: &[Incoming]) -> Refused {
    let waiting = touch
        .events
        .iter()
        .skip(from)
        .filter_map(|place| page.get(*place));
    let positions = waiting
        .map(|incoming| (incoming.recorded.position, incoming.recorded.recorded_at))
        .collect();
    Refused {
        key: touch.key,
        positions,
        reason: error.reason.clone(),
    }
}
