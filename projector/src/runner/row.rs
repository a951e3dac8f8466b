//! A row of the notice board: one model in one lane.
//!
//! It says what the lane has told, and nothing that it has not.

use accession_events::Position;
use accession_read_store::Generation;
use jiff::Timestamp;
use tokio::time::Instant;

use super::generations::{Kept, Readers};
use super::status::ModelStatus;

/// A model in a lane.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) generation: Generation,
    pub(crate) readers: Readers,
    pub(crate) position: Position,
    /// Whether the lane has told its checkpoint yet.
    pub(crate) told: bool,
    pub(crate) waiting_since: Option<Timestamp>,
    pub(crate) parked: usize,
    pub(crate) parked_problem: Option<String>,
    pub(crate) last_loop: Instant,
    pub(crate) problem: Option<String>,
}

impl Row {
    /// Of a lane that has not told anything yet.
    pub(crate) fn of(kept: &Kept) -> Self {
        Self {
            generation: kept.reference.generation,
            readers: kept.readers,
            position: Position::START,
            told: false,
            waiting_since: None,
            parked: 0,
            parked_problem: None,
            last_loop: Instant::now(),
            problem: None,
        }
    }

    /// What is told of it outside, when this is the newest position that is known.
    pub(crate) fn status(&self, name: &str, newest: Position) -> ModelStatus {
        ModelStatus {
            name: name.to_owned(),
            generation: self.generation,
            live: self.readers.live,
            outdated: self.readers.outdated,
            position: self.position,
            lag: newest.get().saturating_sub(self.position.get()),
            waiting_since: self.waiting_since,
            parked: self.parked,
            parked_problem: self.parked_problem.clone(),
            last_loop: self.last_loop.elapsed(),
            problem: self.problem.clone(),
        }
    }
}
