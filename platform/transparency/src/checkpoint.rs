//! Checkpoints (C2SP tlog-checkpoint): which log, how many leaves, which root, as the text of a signed note.

use crate::hash::Hash;
use crate::key::{NoteSigner, NoteVerifier};
use crate::note::{self, NoteError, SignedNote};

/// The head of a log's tree at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's identity, which is also its key's name.
    pub origin: String,
    /// How many leaves: the position of the last event in it.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// Why a checkpoint is not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Its text.
    #[error("not a checkpoint: {reason}")]
    Form {
        /// What is wrong.
        reason: &'static str,
    },
    /// Signed by a key of another name than the origin.
    #[error("the checkpoint is of the log `{found}`, and the keys are of {}", known.join(", "))]
    Origin {
        /// Its origin.
        found: String,
        /// Names of the keys given.
        known: Vec<String>,
    },
}

impl Checkpoint {
    /// The checkpoint as a signed note.
    #[must_use]
    pub fn sign(&self, signer: &NoteSigner) -> String {
        note::sign(&self.text(), signer)
    }

    /// The checkpoint in a note that one of these keys has signed, of the log that the key is named after.
    pub fn verified(note: &str, keys: &[NoteVerifier]) -> Result<Self, CheckpointError> {
        let note = SignedNote::parse(note)?;
        let checkpoint = Self::parse(note.verify(keys)?)?;
        if keys.iter().any(|key| key.name() == checkpoint.origin) {
            return Ok(checkpoint);
        }
        Err(CheckpointError::Origin {
            found: checkpoint.origin,
            known: keys.iter().map(|key| key.name().to_owned()).collect(),
        })
    }

    /// The checkpoint in a note, whoever may have signed it: to be trusted by nobody.
    pub fn unverified(note: &str) -> Result<Self, CheckpointError> {
        Self::parse(SignedNote::parse(note)?.unverified_text())
    }

    fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    fn parse(text: &str) -> Result<Self, CheckpointError> {
        let form = |reason| CheckpointError::Form { reason };
        let mut lines = text.split('\n');
        let mut next = |reason| lines.next().ok_or_else(|| form(reason));
        let origin = next("no origin")?;
        let size = next("no tree size")?;
        let root = next("no root hash")?;
        if origin.is_empty() {
            return Err(form("its origin is empty"));
        }
        let number: u64 = size
            .parse()
            .map_err(|_| form("its tree size is no number"))?;
        if number.to_string() != size {
            return Err(form("its tree size is not written in the one way there is"));
        }
        let checkpoint = Self {
            origin: origin.to_owned(),
            size: number,
            root: Hash::from_base64(root)
                .ok_or_else(|| form("its root is not a hash in base64"))?,
        };
        // Extension lines are allowed and mean nothing to us.
        Ok(checkpoint)
    }
}
