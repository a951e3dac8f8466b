//! The tree as the database keeps it: full tiles, and the leaf hashes of checkpoints to the right of them.
//!
//! Nothing it reads is trusted: whoever uses it compares a root with a signed checkpoint.

use accession_event_log::{LogError, RegisterStore};
use accession_transparency::tile::{LEVELS, TILE_HEIGHT};
use accession_transparency::tree::{EdgeError, edge_width};
use accession_transparency::{EntryRun, Hash, ProofPlan, TILE_WIDTH, TiledTree};

/// Why the kept tree cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// The database.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A hash that a checkpoint promises is not kept.
    #[error("the hash of position {position} is not kept although a checkpoint covers it")]
    Leaf {
        /// The position of the event.
        position: u64,
    },
    /// A tile that must be full is not kept.
    #[error("tile {number} of level {level} is not kept although a checkpoint covers it")]
    Tile {
        /// Its level.
        level: u8,
        /// Its number.
        number: u64,
    },
    /// What is kept does not fit together.
    #[error(transparent)]
    Edge(#[from] EdgeError),
}

/// Reads the kept tree of a log.
#[derive(Clone, Copy)]
pub struct StoredTree<'a> {
    store: &'a dyn RegisterStore,
}

impl<'a> StoredTree<'a> {
    /// The tree that this database keeps.
    #[must_use]
    pub fn of(store: &'a dyn RegisterStore) -> Self {
        Self { store }
    }

    /// The tree at a size that a checkpoint was signed for, by its right edge.
    pub async fn at(&self, size: u64) -> Result<TiledTree, TreeError> {
        let mut edge = Vec::new();
        for level in 0..LEVELS {
            let width = edge_width(size, level);
            let shift = TILE_HEIGHT * u32::try_from(level).unwrap_or_default();
            let first = size.checked_shr(shift).unwrap_or(0) - width;
            let count = usize::try_from(width).unwrap_or_default();
            let level = u8::try_from(level).unwrap_or(u8::MAX);
            edge.push(
                self.entries(EntryRun {
                    level,
                    first,
                    count,
                })
                .await?,
            );
        }
        Ok(TiledTree::resume(size, edge)?)
    }

    /// The hashes of a proof.
    pub async fn proof(&self, plan: &ProofPlan) -> Result<Vec<Hash>, TreeError> {
        let mut fetched = Vec::new();
        for run in plan.runs() {
            fetched.push(self.entries(run).await?);
        }
        // Every run was answered in full, so the plan has all that it asked for.
        Ok(plan.finish(&fetched).unwrap_or_default())
    }

    /// Leaf hashes from the leaf `first` (from 0) on.
    pub async fn leaves(&self, first: u64, count: usize) -> Result<Vec<Hash>, TreeError> {
        let mut found = Vec::with_capacity(count);
        if count == 0 {
            return Ok(found);
        }
        let end = first + count as u64;
        let width = TILE_WIDTH as u64;
        let tiles = (end - 1) / width - first / width + 1;
        let tiles = usize::try_from(tiles).unwrap_or(usize::MAX);
        let mut at = first;
        for tile in self.store.tiles(0, first / width, tiles).await? {
            if tile.id.number != at / width {
                break;
            }
            let skip = usize::try_from(at % width).unwrap_or_default();
            let take = usize::try_from(end - at).unwrap_or(usize::MAX);
            found.extend(tile.hashes.iter().skip(skip).take(take));
            at = first + found.len() as u64;
        }
        if at < end {
            self.leaves_of_checkpoints(at, end, &mut found).await?;
        }
        match found.len() {
            found if found < count => Err(TreeError::Leaf {
                position: first + found as u64 + 1,
            }),
            _ => Ok(found),
        }
    }

    async fn leaves_of_checkpoints(
        &self,
        mut at: u64,
        end: u64,
        found: &mut Vec<Hash>,
    ) -> Result<(), TreeError> {
        for seal in self.store.seals_after(at, TILE_WIDTH).await? {
            let start = seal.size.saturating_sub(seal.leaves.len() as u64);
            for (index, leaf) in (start..).zip(seal.leaves) {
                if index == at && at < end {
                    found.push(leaf);
                    at += 1;
                }
            }
        }
        Ok(())
    }

    async fn entries(&self, run: EntryRun) -> Result<Vec<Hash>, TreeError> {
        let Some(below) = run.level.checked_sub(1) else {
            return self.leaves(run.first, run.count).await;
        };
        if run.count == 0 {
            return Ok(Vec::new());
        }
        let roots = self.store.tile_roots(below, run.first, run.count).await?;
        let mut entries = Vec::with_capacity(run.count);
        for (due, (number, root)) in (run.first..).zip(roots) {
            if number != due {
                break;
            }
            entries.push(root);
        }
        if entries.len() < run.count {
            return Err(TreeError::Tile {
                level: below,
                number: run.first + entries.len() as u64,
            });
        }
        Ok(entries)
    }
}
