//! The growing tree: it takes leaf hashes, hands out full tiles, and always knows its root.
//!
//! It remembers only its right edge, at most 255 hashes a level, however large the log is.

use crate::hash::Hash;
use crate::tile::{FullTile, LEVELS, TILE_HEIGHT, TILE_WIDTH, TileId, joined, peaks, perfect_root};

/// A tree by its right edge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TiledTree {
    size: u64,
    /// Per level the hashes that no full tile holds yet.
    edge: Vec<Vec<Hash>>,
    full: Vec<FullTile>,
}

/// What was kept of a tree's right edge does not fit its size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a tree of {size} leaves has {expected} hashes on the edge of level {level}, not {found}")]
pub struct EdgeError {
    /// The tree's size.
    pub size: u64,
    /// The level of tiles.
    pub level: usize,
    /// How many hashes there should be.
    pub expected: u64,
    /// How many were kept.
    pub found: u64,
}

/// How many hashes of a level no full tile holds in a tree of this size.
#[must_use]
pub fn edge_width(size: u64, level: usize) -> u64 {
    let shift = u32::try_from(level)
        .unwrap_or(u32::MAX)
        .saturating_mul(TILE_HEIGHT);
    size.checked_shr(shift).unwrap_or(0) % TILE_WIDTH as u64
}

impl TiledTree {
    /// A tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A tree of which the right edge was kept: per level the hashes that no full tile holds.
    pub fn resume(size: u64, edge: Vec<Vec<Hash>>) -> Result<Self, EdgeError> {
        for level in 0..LEVELS {
            let expected = edge_width(size, level);
            let found = edge.get(level).map_or(0, |hashes| hashes.len() as u64);
            if expected != found {
                return Err(EdgeError {
                    size,
                    level,
                    expected,
                    found,
                });
            }
        }
        Ok(Self {
            size,
            edge,
            full: Vec::new(),
        })
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hashes of a level that no full tile holds.
    #[must_use]
    pub fn edge(&self, level: usize) -> &[Hash] {
        self.edge.get(level).map_or(&[], Vec::as_slice)
    }

    /// Its root.
    #[must_use]
    pub fn root(&self) -> Hash {
        let peaks: Vec<Hash> = self.edge.iter().rev().flat_map(|row| peaks(row)).collect();
        joined(&peaks).unwrap_or_else(Hash::of_nothing)
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.size += 1;
        self.push_at(0, leaf);
    }

    /// Adds 256 leaves whose root is known already, as a whole tile. Only between two tiles: falls back to adding them
    /// one by one elsewhere.
    pub fn push_tile(&mut self, leaves: Vec<Hash>, root: Hash) {
        if leaves.len() != TILE_WIDTH || !self.edge(0).is_empty() {
            for leaf in leaves {
                self.push(leaf);
            }
            return;
        }
        let number = self.size / TILE_WIDTH as u64;
        self.size += TILE_WIDTH as u64;
        self.full.push(FullTile {
            id: TileId { level: 0, number },
            hashes: leaves,
            root,
        });
        self.push_at(1, root);
    }

    /// The tiles that became full since this was asked last, in the order in which they did.
    pub fn take_full(&mut self) -> Vec<FullTile> {
        std::mem::take(&mut self.full)
    }

    fn push_at(&mut self, level: usize, hash: Hash) {
        while self.edge.len() <= level {
            self.edge.push(Vec::new());
        }
        let Some(row) = self.edge.get_mut(level) else {
            return;
        };
        row.push(hash);
        if row.len() < TILE_WIDTH {
            return;
        }
        let hashes = std::mem::take(row);
        let Some(root) = perfect_root(&hashes) else {
            return;
        };
        let shift = TILE_HEIGHT * (u32::try_from(level).unwrap_or(u32::MAX) + 1);
        let number = self.size.checked_shr(shift).unwrap_or(0).saturating_sub(1);
        self.full.push(FullTile {
            id: TileId {
                level: u8::try_from(level).unwrap_or(u8::MAX),
                number,
            },
            hashes,
            root,
        });
        self.push_at(level + 1, root);
    }
}
