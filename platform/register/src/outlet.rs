//! Where checkpoints go besides the database: a copy that whoever owns the database cannot change unnoticed.
//!
//! An outlet never takes a checkpoint that is older than the one it has: that would hide a rewritten history.

use std::path::{Path, PathBuf};

use accession_event_log::{LogError, RegisterStore, Seal};
use accession_transparency::hash::concatenated;
use accession_transparency::tile::{LEVELS, TILE_HEIGHT};
use accession_transparency::{Checkpoint, TileId, TiledTree};
use async_trait::async_trait;

/// Full tiles copied at a time.
const TILES: usize = 16;

/// Why a checkpoint was not taken.
#[derive(Debug, thiserror::Error)]
pub enum OutletError {
    /// The place is not there, full or read-only.
    #[error("{place} cannot be written: {reason}")]
    Place {
        /// File or address.
        place: String,
        /// What it said.
        reason: String,
    },
    /// It has a newer checkpoint: the log was put back or replaced.
    #[error(
        "{place} holds a checkpoint of {theirs} events and the log's newest is of {ours}: was the log restored from an older backup?"
    )]
    Ahead {
        /// File or address.
        place: String,
        /// Size of the checkpoint there.
        theirs: u64,
        /// Size of ours.
        ours: u64,
    },
    /// The tiles could not be read.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// A place outside the database that takes checkpoints.
#[async_trait]
pub trait Outlet: Send + Sync {
    /// For messages.
    fn name(&self) -> &str;

    /// Takes a checkpoint there, with all tiles of its tree if the place keeps tiles.
    async fn deliver(
        &self,
        store: &dyn RegisterStore,
        tree: &TiledTree,
        seal: &Seal,
    ) -> Result<(), OutletError>;
}

/// A directory in the layout of C2SP tlog-tiles: `checkpoint`, `tile/…`, and every checkpoint under `checkpoints/`.
#[derive(Debug, Clone)]
pub struct DirectoryOutlet {
    root: PathBuf,
    name: String,
}

impl DirectoryOutlet {
    /// The directory at a path; it is made when the first checkpoint comes.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            name: root.display().to_string(),
        }
    }

    /// Size of the newest checkpoint there.
    async fn newest(&self) -> u64 {
        let note = tokio::fs::read_to_string(self.root.join("checkpoint")).await;
        note.ok()
            .and_then(|note| Checkpoint::unverified(&note).ok())
            .map_or(0, |checkpoint| checkpoint.size)
    }

    async fn full_tiles(
        &self,
        store: &dyn RegisterStore,
        from: u64,
        size: u64,
    ) -> Result<(), OutletError> {
        for level in 0..LEVELS {
            let shift = TILE_HEIGHT * (u32::try_from(level).unwrap_or_default() + 1);
            let number = |leaves: u64| leaves.checked_shr(shift).unwrap_or(0);
            let level = u8::try_from(level).unwrap_or(u8::MAX);
            let mut next = number(from);
            while next < number(size) {
                let tiles = store.tiles(level, next, TILES).await?;
                if tiles.is_empty() {
                    break;
                }
                for tile in tiles {
                    next = tile.id.number + 1;
                    let path = tile.id.path(tile.hashes.len());
                    self.write(&path, &concatenated(&tile.hashes)).await?;
                }
            }
        }
        Ok(())
    }

    async fn partial_tiles(&self, tree: &TiledTree) -> Result<(), OutletError> {
        for level in 0..LEVELS {
            let hashes = tree.edge(level);
            if hashes.is_empty() {
                continue;
            }
            let shift = TILE_HEIGHT * (u32::try_from(level).unwrap_or_default() + 1);
            let id = TileId {
                level: u8::try_from(level).unwrap_or(u8::MAX),
                number: tree.size().checked_shr(shift).unwrap_or(0),
            };
            self.write(&id.path(hashes.len()), &concatenated(hashes))
                .await?;
        }
        Ok(())
    }

    /// Whole or not at all: readers may look at any time.
    async fn write(&self, path: &str, bytes: &[u8]) -> Result<(), OutletError> {
        let path = self.root.join(path);
        let mut fresh = path.clone().into_os_string();
        fresh.push(".new");
        let written = async {
            if let Some(parent) = path.parent() {
                tokio::fs::create_dir_all(parent).await?;
            }
            tokio::fs::write(&fresh, bytes).await?;
            tokio::fs::rename(&fresh, &path).await
        };
        written.await.map_err(|error| OutletError::Place {
            place: path.display().to_string(),
            reason: error.to_string(),
        })
    }
}

#[async_trait]
impl Outlet for DirectoryOutlet {
    fn name(&self) -> &str {
        &self.name
    }

    async fn deliver(
        &self,
        store: &dyn RegisterStore,
        tree: &TiledTree,
        seal: &Seal,
    ) -> Result<(), OutletError> {
        let theirs = self.newest().await;
        if theirs > seal.size {
            return Err(OutletError::Ahead {
                place: self.name.clone(),
                theirs,
                ours: seal.size,
            });
        }
        self.full_tiles(store, theirs, seal.size).await?;
        self.partial_tiles(tree).await?;
        let kept = format!("checkpoints/{:012}", seal.size);
        self.write(&kept, seal.note.as_bytes()).await?;
        // Last, so that whoever reads it finds all that it promises.
        self.write("checkpoint", seal.note.as_bytes()).await
    }
}
