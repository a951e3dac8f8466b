//! Tiles: runs of 256 consecutive hashes of one height, the form in which C2SP tlog-tiles stores a tree.
//!
//! A full tile never changes again. What is to the right of the full tiles is kept elsewhere.

use crate::hash::Hash;

/// Hashes in a full tile.
pub const TILE_WIDTH: usize = 256;
/// The same, as the height of the tree that a tile spans.
pub const TILE_HEIGHT: u32 = 8;
/// Levels of tiles that a tree of 2^64 leaves could have.
pub const LEVELS: usize = 8;

/// Which tile: its level (0 holds leaf hashes) and its number within the level, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// The level.
    pub level: u8,
    /// The number in the level.
    pub number: u64,
}

/// A tile with all its 256 hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullTile {
    /// Which one.
    pub id: TileId,
    /// Its hashes, 256.
    pub hashes: Vec<Hash>,
    /// The root over them: its entry in the level above.
    pub root: Hash,
}

impl TileId {
    /// Its path below the log's address: `tile/0/x001/x234/067`, for a partial one followed by `.p/<width>`.
    #[must_use]
    pub fn path(&self, width: usize) -> String {
        let mut groups = vec![format!("{:03}", self.number % 1000)];
        let mut rest = self.number / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        let whole = format!("tile/{}/{}", self.level, groups.join("/"));
        if width < TILE_WIDTH {
            format!("{whole}.p/{width}")
        } else {
            whole
        }
    }
}

/// The root over hashes whose number is a power of two.
#[must_use]
pub fn perfect_root(hashes: &[Hash]) -> Option<Hash> {
    if !hashes.len().is_power_of_two() {
        return None;
    }
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row
            .chunks_exact(2)
            .filter_map(|pair| match pair {
                [left, right] => Some(Hash::of_node(left, right)),
                _ => None,
            })
            .collect();
    }
    row.first().copied()
}

/// The root over perfect trees from left to right, each higher than the next: of a tree's right edge.
#[must_use]
pub fn joined(peaks: &[Hash]) -> Option<Hash> {
    peaks
        .iter()
        .copied()
        .rev()
        .reduce(|right, left| Hash::of_node(&left, &right))
}

/// The perfect trees over fewer than 256 hashes of one level, the highest first.
#[must_use]
pub fn peaks(hashes: &[Hash]) -> Vec<Hash> {
    let mut rest = hashes;
    let mut peaks = Vec::new();
    while !rest.is_empty() {
        let width = 1 << rest.len().ilog2();
        let (run, after) = rest.split_at(width.min(rest.len()));
        peaks.extend(perfect_root(run));
        rest = after;
    }
    peaks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let path = |level, number, width| TileId { level, number }.path(width);
        assert_eq!(path(0, 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(path(0, 273, 112), "tile/0/273.p/112");
        assert_eq!(path(2, 0, 1), "tile/2/000.p/1");
        assert_eq!(path(1, 1000, 256), "tile/1/x001/000");
    }
}
