//! Proofs as files: all that somebody without a log needs to check them, but for the key.
//!
//! The JSON holds the event as it was exported, so that its leaf can be hashed again by whoever doubts it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::event::{LineError, StoredEvent};
use crate::hash::Hash;
use crate::key::NoteVerifier;
use crate::proof::{ProofError, verify_consistency, verify_inclusion};

/// Why a file proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum ProofFileError {
    /// Not JSON of the right shape.
    #[error("not a proof: {0}")]
    Form(#[from] serde_json::Error),
    /// The event in it.
    #[error("its event cannot be read: {0}")]
    Event(#[from] LineError),
    /// A checkpoint in it.
    #[error("its checkpoint cannot be trusted: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The hashes.
    #[error("it does not hold: {0}")]
    Proof(#[from] ProofError),
    /// The event is of another position.
    #[error("it is about position {position}, and its event stands at {event}")]
    Position {
        /// What the file says.
        position: u64,
        /// What the event says.
        event: i64,
    },
}

/// The proof that one event is in the log.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InclusionFile {
    /// The event's position, from 1; its leaf is numbered one less.
    pub position: u64,
    /// The event as a line of an export has it, with the hash of its leaf.
    pub event: Box<RawValue>,
    /// The sibling hashes from the leaf up.
    pub path: Vec<Hash>,
    /// The signed checkpoint of the tree it is proven to be in.
    pub checkpoint: String,
}

/// The proof that one checkpoint's log continues another's.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyFile {
    /// The older signed checkpoint.
    pub from: String,
    /// The newer signed checkpoint.
    pub to: String,
    /// The hashes of RFC 6962 §2.1.2.
    pub path: Vec<Hash>,
}

impl InclusionFile {
    /// A proof from its parts.
    pub fn new(
        event: &StoredEvent,
        path: Vec<Hash>,
        checkpoint: String,
    ) -> Result<Self, ProofFileError> {
        Ok(Self {
            position: event.position.try_into().unwrap_or_default(),
            event: RawValue::from_string(event.to_line()?)?,
            path,
            checkpoint,
        })
    }

    /// Checks everything and answers the event and the checkpoint it is in.
    pub fn verify(
        &self,
        keys: &[NoteVerifier],
    ) -> Result<(StoredEvent, Checkpoint), ProofFileError> {
        let event = StoredEvent::from_line(self.event.get())?;
        if event.position.try_into() != Ok(self.position) {
            return Err(ProofFileError::Position {
                position: self.position,
                event: event.position,
            });
        }
        let checkpoint = Checkpoint::verified(&self.checkpoint, keys)?;
        let index = self.position.saturating_sub(1);
        verify_inclusion(
            event.hash(),
            index,
            checkpoint.size,
            &self.path,
            checkpoint.root,
        )?;
        Ok((event, checkpoint))
    }
}

impl ConsistencyFile {
    /// Checks everything and answers both checkpoints.
    pub fn verify(
        &self,
        keys: &[NoteVerifier],
    ) -> Result<(Checkpoint, Checkpoint), ProofFileError> {
        let from = Checkpoint::verified(&self.from, keys)?;
        let to = Checkpoint::verified(&self.to, keys)?;
        verify_consistency(from.size, from.root, to.size, to.root, &self.path)?;
        Ok((from, to))
    }
}
