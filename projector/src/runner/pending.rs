//! The step that is being committed: how far it goes, when it began, and whose traces it belongs to.
//!
//! It decides nothing about the commit.

use accession_events::Position;
use tokio::time::Instant;
use tracing::Span;

use super::plan::Incoming;

/// Longer steps are catching up: their events' requests have ended long ago, and nobody looks for their spans.
const LONGEST_TRACED: usize = 64;

/// A step under way.
pub(crate) struct Pending {
    pub(crate) end: Position,
    pub(crate) events: usize,
    pub(crate) began: Instant,
    /// Of the events in it that belong to recorded traces; they end with the commit.
    _spans: Vec<Span>,
}

impl Pending {
    /// A step whose commit begins now.
    pub(crate) fn begun(end: Position, events: usize, spans: Vec<Span>) -> Self {
        Self {
            end,
            events,
            began: Instant::now(),
            _spans: spans,
        }
    }
}

/// The spans of a step's events, from now on; none while nobody records traces.
pub(crate) fn spans_of(portion: &[Incoming]) -> Vec<Span> {
    if portion.len() > LONGEST_TRACED || !accession_trace::enabled() {
        return Vec::new();
    }
    let span = |incoming: &Incoming| {
        let recorded = &incoming.recorded;
        accession_trace::project(&recorded.metadata, recorded.position.get())
    };
    portion.iter().filter_map(span).collect()
}
