//! Why a change cannot be undone, and what would have to be undone first.
//!
//! The sentences are here; status and code are the table's of the catalog's HTTP.

use accession_events::Position;
use jiff::Timestamp;

use super::past::Past;

/// A later change that depends on the one to be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaterChange {
    /// Position of its first event: what to undo first.
    pub position: Position,
    /// What it is a change of, when that is another thing: `edition 0198…`.
    pub of: Option<String>,
    /// Who caused it.
    pub actor: String,
    /// When.
    pub recorded_at: Timestamp,
    /// Type of its first event.
    pub event_type: String,
    /// What it changed of what the undo would change.
    pub fields: Vec<String>,
}

impl LaterChange {
    /// A change that begins with this event.
    #[must_use]
    pub fn of<E>(first: &Past<E>, fields: Vec<String>) -> Self {
        let actor = first.metadata.actor.as_deref().unwrap_or("unknown");
        Self {
            position: first.position,
            of: None,
            actor: actor.to_owned(),
            recorded_at: first.recorded_at,
            event_type: first.event_type.to_string(),
            fields,
        }
    }

    /// The change, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let of = self
            .of
            .as_ref()
            .map_or_else(String::new, |of| format!(" of {of}"));
        let fields = if self.fields.is_empty() {
            String::new()
        } else {
            format!(" ({})", self.fields.join(", "))
        };
        format!(
            "{} at position {}{of}, by {} on {}{fields}",
            self.event_type, self.position, self.actor, self.recorded_at
        )
    }
}

/// Why a change cannot be undone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UndoError {
    /// The change named is none of this aggregate's.
    #[error("this is no change of its: its history names the positions that can be undone")]
    NoSuchChange,
    /// What it did does not stand any longer.
    #[error("it is undone already: everything it changed is as it was before")]
    AlreadyUndone,
    /// Later changes depend on it.
    #[error("later changes depend on it; undo them first, the latest first: {}", listed(.0))]
    Depends(Vec<LaterChange>),
    /// Something new stands where the undone would have to stand.
    #[error("{0}")]
    InTheWay(String),
    /// The past that was handed in is not that of the state: it has moved on meanwhile.
    #[error("it was changed at the same time")]
    Overtaken,
}

fn listed(later: &[LaterChange]) -> String {
    let words: Vec<String> = later.iter().rev().map(LaterChange::words).collect();
    words.join("; ")
}
