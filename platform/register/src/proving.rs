//! Proofs from the kept tree, as files that need no log to be checked.
//!
//! A proof that does not hold is never handed out: it is checked before.

use accession_event_log::{LogError, RegisterStore, Seal};
use accession_transparency::proof_file::{ConsistencyFile, InclusionFile, ProofFileError};
use accession_transparency::{
    Checkpoint, CheckpointError, ProofError, ProofPlan, verify_consistency, verify_inclusion,
};

use crate::stored_tree::{StoredTree, TreeError};

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// The database.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The kept tree is damaged.
    #[error("{0}; run `accession log verify`")]
    Tree(#[from] TreeError),
    /// There is no such position.
    #[error("there is no position {position}: the log ends at {head}")]
    Beyond {
        /// Asked for.
        position: u64,
        /// The last position.
        head: u64,
    },
    /// It was recorded after the last checkpoint.
    #[error(
        "position {position} is not sealed yet: the last checkpoint covers {sealed} events; try again in a moment"
    )]
    NotSealed {
        /// Asked for.
        position: u64,
        /// Size of the last checkpoint.
        sealed: u64,
    },
    /// Nothing was signed for this size.
    #[error("no checkpoint of {size} events is kept; the nearest ones are of {nearest}")]
    NoCheckpoint {
        /// Asked for.
        size: u64,
        /// What there is.
        nearest: String,
    },
    /// The checkpoint is broken.
    #[error("the checkpoint of {size} events cannot be used: {reason}; run `accession log verify`")]
    Checkpoint {
        /// Its size.
        size: u64,
        /// What is wrong.
        reason: CheckpointError,
    },
    /// The event and the tree contradict each other.
    #[error("what is stored cannot be proven: {0}; run `accession log verify`")]
    False(#[from] ProofError),
    /// The event cannot be written down.
    #[error(transparent)]
    File(#[from] ProofFileError),
}

/// The proof that the event at a position is in the log, under the newest checkpoint.
pub async fn prove_inclusion(
    store: &dyn RegisterStore,
    position: u64,
) -> Result<InclusionFile, ProveError> {
    let head = store.head().await?.get();
    if position == 0 || position > head {
        return Err(ProveError::Beyond { position, head });
    }
    let last = store.last_seal().await?;
    let sealed = last.as_ref().map_or(0, |seal| seal.size);
    let index = position - 1;
    let (Some(seal), Some(plan)) = (last, ProofPlan::inclusion(index, sealed)) else {
        return Err(ProveError::NotSealed { position, sealed });
    };
    let checkpoint = read(&seal)?;
    let events = store.read_stored(index, 1).await?;
    let event = events
        .into_iter()
        .find(|event| u64::try_from(event.position) == Ok(position))
        .ok_or(ProveError::Beyond { position, head })?;
    let path = StoredTree::of(store).proof(&plan).await?;
    verify_inclusion(event.hash(), index, seal.size, &path, checkpoint.root)?;
    Ok(InclusionFile::new(&event, path, seal.note)?)
}

/// The proof that the log of the newer checkpoint continues that of the older. Sizes are those of kept checkpoints.
pub async fn prove_consistency(
    store: &dyn RegisterStore,
    old: u64,
    new: u64,
) -> Result<ConsistencyFile, ProveError> {
    let plan = ProofPlan::consistency(old, new).ok_or(ProofError::Shrunk { old, new })?;
    let (from, to) = (kept(store, old).await?, kept(store, new).await?);
    let (first, second) = (read(&from)?, read(&to)?);
    let path = StoredTree::of(store).proof(&plan).await?;
    verify_consistency(old, first.root, new, second.root, &path)?;
    Ok(ConsistencyFile {
        from: from.note,
        to: to.note,
        path,
    })
}

fn read(seal: &Seal) -> Result<Checkpoint, ProveError> {
    Checkpoint::unverified(&seal.note).map_err(|reason| ProveError::Checkpoint {
        size: seal.size,
        reason,
    })
}

async fn kept(store: &dyn RegisterStore, size: u64) -> Result<Seal, ProveError> {
    let mut around = store.seals_after(size.saturating_sub(1), 1).await?;
    match around.pop() {
        Some(seal) if seal.size == size => Ok(seal),
        after => {
            let last = store.last_seal().await?;
            let sizes = [after, last].map(|seal| seal.map(|seal| seal.size.to_string()));
            let mut sizes: Vec<String> = sizes.into_iter().flatten().collect();
            sizes.dedup();
            Err(ProveError::NoCheckpoint {
                size,
                nearest: if sizes.is_empty() {
                    "none at all".to_owned()
                } else {
                    sizes.join(" and ")
                },
            })
        }
    }
}
