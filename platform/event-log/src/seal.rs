//! What is kept to prove the log: signed checkpoints and the tiles of the tree they sign.
//!
//! Plain values: nothing here signs or verifies.

use accession_transparency::{FullTile, Hash};
use jiff::Timestamp;

use crate::error::LogError;

/// A signed checkpoint with the leaf hashes that it adds to the right edge of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// How many events it covers: the position of the last one.
    pub size: u64,
    /// The checkpoint, a signed note.
    pub note: String,
    /// Leaf hashes of the events after the previous checkpoint that no full tile of this tree holds.
    pub leaves: Vec<Hash>,
    /// When it was signed.
    pub signed_at: Timestamp,
}

/// A checkpoint that is to be kept, with the tiles that became full since the previous one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSeal {
    /// Size of the checkpoint before; 0 for the first.
    pub previous: u64,
    /// The checkpoint.
    pub seal: Seal,
    /// Tiles that became full.
    pub tiles: Vec<FullTile>,
}

/// An import of a whole log from an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogImport {
    /// The root over all its events, which tells one export from another.
    pub root: Hash,
    /// How many events it has.
    pub size: u64,
    /// Whether all of it is in the log.
    pub finished: bool,
}

impl LogImport {
    /// Refuses to go on with another export than the one that was begun, or with one that is whole.
    pub(crate) fn may_go_on(&self, root: Hash) -> Result<(), LogError> {
        let reason = match (self.root == root, self.finished) {
            (true, false) => return Ok(()),
            (_, true) => {
                "this log was imported already and is whole: a log is imported into an empty one"
                    .to_owned()
            }
            (false, false) => format!(
                "another export of {} events (root {}) is half imported into this log: go on with that one, or start \
                 with a fresh database",
                self.size, self.root
            ),
        };
        Err(LogError::Permanent { reason })
    }
}

/// Refuses to import into a log that has events of its own.
pub(crate) fn only_into_an_empty_log(head: u64) -> Result<(), LogError> {
    if head == 0 {
        return Ok(());
    }
    Err(LogError::Permanent {
        reason: format!(
            "the log holds {head} events: a log is imported only into an empty one; name a fresh database or data directory"
        ),
    })
}

/// Refuses to go on when somebody else has written meanwhile.
pub(crate) fn still_where_it_was(head: u64, after: u64) -> Result<(), LogError> {
    if head == after {
        return Ok(());
    }
    Err(LogError::Permanent {
        reason: format!(
            "the log ends at {head} where the import had written {after}: another process writes to it; stop that"
        ),
    })
}
