//! Which stored hashes a proof is made of (RFC 6962 §2.1.1, §2.1.2), so that whoever keeps them can fetch just those.
//!
//! It fetches nothing itself.

use std::ops::Range;

use crate::hash::Hash;
use crate::tile::{TILE_HEIGHT, joined, perfect_root};

/// Consecutive entries of one level of tiles. A run never reaches over the end of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryRun {
    /// Level of the tiles.
    pub level: u8,
    /// Number of the first entry within the level, from 0.
    pub first: u64,
    /// How many: a power of two, at most 128.
    pub count: usize,
}

/// What a proof needs: per hash of the proof, the runs of entries it is computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofPlan {
    groups: Vec<Vec<EntryRun>>,
}

impl ProofPlan {
    /// For the proof that the leaf `index` (from 0) is in the tree of `size` leaves. None if it can't be.
    #[must_use]
    pub fn inclusion(index: u64, size: u64) -> Option<Self> {
        if index >= size {
            return None;
        }
        let mut ranges = Vec::new();
        path(index, 0..size, &mut ranges);
        Some(Self::over(&ranges))
    }

    /// For the proof that the tree of `new` leaves continues the one of `old`. None if it can't.
    #[must_use]
    pub fn consistency(old: u64, new: u64) -> Option<Self> {
        if old > new {
            return None;
        }
        let mut ranges = Vec::new();
        if old > 0 && old < new {
            subproof(old, 0..new, true, &mut ranges);
        }
        Some(Self::over(&ranges))
    }

    fn over(ranges: &[Range<u64>]) -> Self {
        Self {
            groups: ranges.iter().cloned().map(runs_of).collect(),
        }
    }

    /// What to fetch, in the order in which [`Self::finish`] wants it.
    pub fn runs(&self) -> impl Iterator<Item = EntryRun> + '_ {
        self.groups.iter().flatten().copied()
    }

    /// The proof, from the entries of each run. None if there are not as many as were asked for.
    #[must_use]
    pub fn finish(&self, fetched: &[Vec<Hash>]) -> Option<Vec<Hash>> {
        let mut fetched = fetched.iter();
        let mut proof = Vec::with_capacity(self.groups.len());
        for group in &self.groups {
            let mut peaks = Vec::with_capacity(group.len());
            for run in group {
                let entries = fetched
                    .next()
                    .filter(|entries| entries.len() == run.count)?;
                peaks.push(perfect_root(entries)?);
            }
            proof.push(joined(&peaks)?);
        }
        Some(proof)
    }
}

/// The largest power of two below a size of at least two.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// RFC 6962's PATH: the sibling subtrees, from the leaf up.
fn path(index: u64, tree: Range<u64>, ranges: &mut Vec<Range<u64>>) {
    let size = tree.end - tree.start;
    if size < 2 {
        return;
    }
    let middle = tree.start + split(size);
    if index < middle {
        path(index, tree.start..middle, ranges);
        ranges.push(middle..tree.end);
    } else {
        path(index, middle..tree.end, ranges);
        ranges.push(tree.start..middle);
    }
}

/// RFC 6962's SUBPROOF; `whole` while the old tree is a complete subtree whose root the verifier knows.
fn subproof(old: u64, tree: Range<u64>, whole: bool, ranges: &mut Vec<Range<u64>>) {
    if old == tree.end {
        if !whole {
            ranges.push(tree);
        }
        return;
    }
    let middle = tree.start + split(tree.end - tree.start);
    if old <= middle {
        subproof(old, tree.start..middle, whole, ranges);
        ranges.push(middle..tree.end);
    } else {
        subproof(old, middle..tree.end, false, ranges);
        ranges.push(tree.start..middle);
    }
}

/// A range of leaves whose tree is a subtree of the whole, as perfect trees from left to right.
fn runs_of(range: Range<u64>) -> Vec<EntryRun> {
    let mut runs = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let height = (range.end - start).ilog2();
        let level = height / TILE_HEIGHT;
        runs.push(EntryRun {
            level: u8::try_from(level).unwrap_or(u8::MAX),
            first: start >> (level * TILE_HEIGHT),
            count: 1 << (height % TILE_HEIGHT),
        });
        start += 1 << height;
    }
    runs
}
