//! A log that proves itself: an RFC 6962 Merkle tree over the stored bytes of events, its tiles, proofs and signed
//! checkpoints, in the forms that the field uses (C2SP tlog-tiles, tlog-checkpoint, signed-note).
//!
//! Pure: it opens no file and no database, reads no clock and draws no random number. Whoever verifies needs only this.

pub mod checkpoint;
pub mod event;
pub mod hash;
pub mod key;
pub mod note;
pub mod plan;
pub mod proof;
pub mod proof_file;
pub mod tile;
pub mod tree;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use event::{Column, LineError, StoredEvent};
pub use hash::Hash;
pub use key::{KeyError, NoteSigner, NoteVerifier};
pub use note::{NoteError, SignedNote};
pub use plan::{EntryRun, ProofPlan};
pub use proof::{ProofError, verify_consistency, verify_inclusion};
pub use proof_file::{ConsistencyFile, InclusionFile, ProofFileError};
pub use tile::{FullTile, TILE_WIDTH, TileId};
pub use tree::TiledTree;
