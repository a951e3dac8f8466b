//! Sealing: the events after the last checkpoint are hashed into the tree, and its head is signed.
//!
//! It goes on only from a kept tree that leads to the root of the last checkpoint: it never signs a second history.

use std::sync::Arc;

use accession_event_log::{LogError, NewSeal, RegisterStore, Seal};
use accession_transparency::{
    Checkpoint, CheckpointError, Hash, NoteSigner, StoredEvent, TILE_WIDTH, TiledTree,
};
use jiff::Timestamp;

use crate::stored_tree::{StoredTree, TreeError};

/// Events read and hashed at a time.
const PAGE: usize = 2_048;
/// Events under one checkpoint at most: bounds the memory and the transaction of a sealer that has much to catch up.
const BATCH: u64 = 65_536;

/// Why nothing is sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The database.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The kept tree is damaged.
    #[error("sealing has stopped: {0}; run `accession log verify`")]
    Tree(#[from] TreeError),
    /// The last checkpoint is no checkpoint.
    #[error(
        "sealing has stopped: the checkpoint of {size} events is {reason}; run `accession log verify`"
    )]
    Checkpoint {
        /// Its size.
        size: u64,
        /// What is wrong.
        reason: CheckpointError,
    },
    /// The kept tree is not the one that was signed.
    #[error(
        "sealing has stopped: the kept tree does not lead to the root of the checkpoint of {size} events; run `accession log verify`"
    )]
    Root {
        /// Size of the checkpoint.
        size: u64,
    },
    /// The log is not dense.
    #[error(
        "sealing has stopped: position {expected} is missing, the next event is {found}; run `accession log verify`"
    )]
    Hole {
        /// The position that is due.
        expected: u64,
        /// The one that came.
        found: i64,
    },
    /// The log is shorter than its checkpoint.
    #[error(
        "sealing has stopped: the log ends at {head} and its checkpoint covers {size} events; run `accession log verify`"
    )]
    Shorter {
        /// The last position.
        head: u64,
        /// Size of the checkpoint.
        size: u64,
    },
    /// Another process seals as well.
    #[error("another process has sealed meanwhile")]
    Rival,
    /// A hashing thread died.
    #[error("a hashing thread ended early: {0}")]
    Thread(String),
}

/// One sealer over a log.
pub struct Sealer {
    store: Arc<dyn RegisterStore>,
    signer: NoteSigner,
    tree: TiledTree,
    last: Option<Seal>,
}

impl Sealer {
    /// Goes on where the last checkpoint was signed, after making sure that the kept tree is the one it signed.
    pub async fn open(
        store: Arc<dyn RegisterStore>,
        signer: NoteSigner,
    ) -> Result<Self, SealError> {
        let last = store.last_seal().await?;
        let tree = match &last {
            None => TiledTree::new(),
            Some(seal) => resumed(&*store, seal).await?,
        };
        Ok(Self {
            store,
            signer,
            tree,
            last,
        })
    }

    /// How many events are sealed.
    #[must_use]
    pub fn sealed(&self) -> u64 {
        self.tree.size()
    }

    /// The last checkpoint.
    #[must_use]
    pub fn last(&self) -> Option<&Seal> {
        self.last.as_ref()
    }

    /// The tree as it was sealed last.
    #[must_use]
    pub fn tree(&self) -> &TiledTree {
        &self.tree
    }

    /// Seals some or all of the events that are not sealed yet; nothing if there are none. After an error the sealer
    /// must be opened anew.
    pub async fn seal(&mut self, now: Timestamp) -> Result<Option<Seal>, SealError> {
        let head = self.store.head().await?.get();
        let previous = self.sealed();
        if head < previous {
            return Err(SealError::Shorter {
                head,
                size: previous,
            });
        }
        let upto = head.min(previous + BATCH);
        if upto == previous {
            return Ok(None);
        }
        while self.sealed() < upto {
            self.add_page(upto).await?;
        }
        let seal = self.signed(previous, now);
        let new = NewSeal {
            previous,
            tiles: self.tree.take_full(),
            seal: seal.clone(),
        };
        if !self.store.add_seal(&new).await? {
            return Err(SealError::Rival);
        }
        self.last = Some(seal.clone());
        Ok(Some(seal))
    }

    async fn add_page(&mut self, upto: u64) -> Result<(), SealError> {
        let after = self.sealed();
        let limit = usize::try_from(upto - after).unwrap_or(PAGE).min(PAGE);
        let events = self.store.read_stored(after, limit).await?;
        if events.is_empty() {
            return Err(SealError::Shorter {
                head: after,
                size: upto,
            });
        }
        for (expected, event) in (after + 1..).zip(&events) {
            if u64::try_from(event.position) != Ok(expected) {
                return Err(SealError::Hole {
                    expected,
                    found: event.position,
                });
            }
        }
        for leaf in hashes(events).await? {
            self.tree.push(leaf);
        }
        Ok(())
    }

    fn signed(&self, previous: u64, now: Timestamp) -> Seal {
        let size = self.sealed();
        let checkpoint = Checkpoint {
            origin: self.signer.name().to_owned(),
            size,
            root: self.tree.root(),
        };
        Seal {
            size,
            note: checkpoint.sign(&self.signer),
            leaves: added_leaves(&self.tree, previous),
            signed_at: now,
        }
    }
}

/// The leaf hashes that a checkpoint keeps: those after the one before that no full tile holds.
pub(crate) fn added_leaves(tree: &TiledTree, previous: u64) -> Vec<Hash> {
    let edge = tree.edge(0);
    let start = tree.size() - tree.size() % TILE_WIDTH as u64;
    let known = usize::try_from(previous.saturating_sub(start)).unwrap_or_default();
    edge.get(known..).unwrap_or_default().to_vec()
}

async fn resumed(store: &dyn RegisterStore, seal: &Seal) -> Result<TiledTree, SealError> {
    let size = seal.size;
    let checkpoint = Checkpoint::unverified(&seal.note)
        .map_err(|reason| SealError::Checkpoint { size, reason })?;
    let tree = StoredTree::of(store).at(size).await?;
    if checkpoint.size != size || tree.root() != checkpoint.root {
        return Err(SealError::Root { size });
    }
    Ok(tree)
}

async fn hashes(events: Vec<StoredEvent>) -> Result<Vec<Hash>, SealError> {
    tokio::task::spawn_blocking(move || events.iter().map(StoredEvent::hash).collect())
        .await
        .map_err(|error| SealError::Thread(error.to_string()))
}
