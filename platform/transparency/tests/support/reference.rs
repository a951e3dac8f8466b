//! The definition of RFC 6962 §2.1, slow and plain, and a shelf of all hashes to make proofs from.
//! Shares no code with what it checks but the two hash functions.

use accession_transparency::{Hash, ProofPlan, TILE_WIDTH};

/// The hashes of the leaves "leaf 0", "leaf 1", …
pub(crate) fn leaves(count: usize) -> Vec<Hash> {
    (0..count)
        .map(|n| Hash::of_leaf(format!("leaf {n}").as_bytes()))
        .collect()
}

/// MTH of RFC 6962 §2.1.
pub(crate) fn slow_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::of_nothing(),
        [leaf] => *leaf,
        _ => {
            let mut split = 1;
            while split * 2 < leaves.len() {
                split *= 2;
            }
            let (left, right) = leaves.split_at(split);
            Hash::of_node(&slow_root(left), &slow_root(right))
        }
    }
}

/// All entries of all levels of tiles of one tree.
pub(crate) struct Shelf {
    leaves: Vec<Hash>,
}

impl Shelf {
    pub(crate) fn of(size: u64) -> Self {
        Self {
            leaves: leaves(usize::try_from(size).unwrap()),
        }
    }

    pub(crate) fn leaf(&self, index: u64) -> Hash {
        self.leaves[usize::try_from(index).unwrap()]
    }

    pub(crate) fn root(&self, size: u64) -> Hash {
        slow_root(&self.leaves[..usize::try_from(size).unwrap()])
    }

    pub(crate) fn proof(&self, plan: &ProofPlan) -> Vec<Hash> {
        let fetched: Vec<Vec<Hash>> = plan
            .runs()
            .map(|run| {
                assert!(run.count.is_power_of_two() && run.count < TILE_WIDTH);
                let first = usize::try_from(run.first).unwrap();
                let width = TILE_WIDTH.pow(u32::from(run.level));
                (first..first + run.count)
                    .map(|entry| slow_root(&self.leaves[entry * width..(entry + 1) * width]))
                    .collect()
            })
            .collect();
        plan.finish(&fetched).unwrap()
    }
}
