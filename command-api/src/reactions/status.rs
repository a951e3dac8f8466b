//! How a reaction is doing, for health and metrics.
//!
//! Never names a person: a problem is in the words of the part that failed.

use accession_events::Position;

/// What a reaction is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReactionState {
    /// Another process does it.
    Standby,
    /// It keeps up with the log.
    Following,
    /// Something failed and is tried again.
    Interrupted {
        /// What it said.
        reason: String,
    },
    /// By its policy it does nothing more until the process is started anew.
    Stopped {
        /// What it could not do.
        reason: String,
    },
}

/// How a reaction is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReactionStatus {
    /// Its name.
    pub name: &'static str,
    /// What it is doing.
    pub state: ReactionState,
    /// It has seen to everything up to here.
    pub position: Position,
    /// Where the log ended when it last looked.
    pub head: Position,
    /// Events and timers that were put aside.
    pub parked: u64,
}

impl ReactionStatus {
    pub(super) const fn new(name: &'static str) -> Self {
        Self {
            name,
            state: ReactionState::Standby,
            position: Position::START,
            head: Position::START,
            parked: 0,
        }
    }

    /// How many events it has still to look at.
    #[must_use]
    pub const fn lag(&self) -> u64 {
        self.head.get().saturating_sub(self.position.get())
    }
}
