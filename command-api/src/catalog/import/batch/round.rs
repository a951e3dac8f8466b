//! What one round of a batch has decided, before anything is written.
//!
//! It never writes and never looks anything up.

use accession_event_log::{Append, Loaded};

use crate::catalog::import::item::{Fate, Rejection};

/// An item that wants to write.
pub(super) struct Written<A> {
    pub(super) place: usize,
    pub(super) id: String,
    pub(super) before: Loaded<A>,
    pub(super) after: Loaded<A>,
}

/// One round's decisions.
pub(super) struct Round<A> {
    pub(super) appends: Vec<Append>,
    pub(super) written: Vec<Written<A>>,
    /// Places of items that wrote nothing, with what was decided on.
    pub(super) settled: Vec<usize>,
    pub(super) unchanged: Vec<(usize, String, u64)>,
}

pub(super) fn put(fates: &mut [Fate], place: usize, fate: Fate) {
    if let Some(slot) = fates.get_mut(place) {
        *slot = fate;
    }
}

pub(super) fn overtaken() -> Rejection {
    Rejection::new(
        "conflict",
        "others changed the same record at the same time, again and again; send it again",
    )
}

pub(super) fn refused(error: &impl std::error::Error) -> Rejection {
    Rejection::new("refused", error.to_string())
}
