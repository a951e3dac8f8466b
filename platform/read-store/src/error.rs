//! Why a read store did not do what it was asked, as its callers have to know it: try again, stop, or rebuild.
//! Never says what to do with a document.

use accession_events::Position;

/// Why the read store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ReadStoreError {
    /// Not reachable now. Whether a step was written before the connection broke, only the checkpoint tells:
    /// read it again before the next step.
    #[error("the read store is not available for now: {reason}")]
    Unavailable {
        /// What it said.
        reason: String,
    },
    /// The stored checkpoint is not the expected one: read it again and go on from there.
    #[error("checkpoint of {model} is {actual}, not {expected}")]
    CheckpointMoved {
        /// Name and generation.
        model: String,
        /// What the projector expected.
        expected: Position,
        /// What stands there.
        actual: Position,
    },
    /// Readers would be sent to documents that are older than those they have seen.
    #[error("{model} stands at {position} in lane {lane}, behind the live generation at {live}")]
    Behind {
        /// Name and generation.
        model: String,
        /// In which lane.
        lane: u16,
        /// Where it stands.
        position: Position,
        /// Where the live generation stands.
        live: Position,
    },
    /// Another projector has taken over.
    #[error("another projector has taken over {model}: its fence is {actual}, ours is {ours}")]
    Fenced {
        /// Name and generation.
        model: String,
        /// Our token.
        ours: u64,
        /// The newest token.
        actual: u64,
    },
    /// The store's settings would lose documents (eviction), or its version is too old.
    #[error("the read store cannot be used: {reason}")]
    Unusable {
        /// Which setting, what was found, what is expected.
        reason: String,
    },
    /// Stored data that cannot be read.
    #[error("the read store holds something it should not: {reason}")]
    Corrupt {
        /// Key, and what is wrong with it.
        reason: String,
    },
}
