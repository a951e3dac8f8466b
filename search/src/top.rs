//! The first few of many, by rank, without sorting the many.
//!
//! Never holds more than it was asked for, and one more to know that there is more.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::DocId;

/// An entry with its rank: greater is better, and among equals the lower id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ranked {
    pub(crate) rank: u64,
    pub(crate) id: Reverse<u128>,
    pub(crate) room: usize,
    pub(crate) doc: DocId,
}

/// The best so far.
pub(crate) struct Top {
    most: usize,
    heap: BinaryHeap<Reverse<Ranked>>,
}

impl Top {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            heap: BinaryHeap::with_capacity(most.min(1024) + 1),
        }
    }

    /// Whether an entry of this rank may still be among the best; asked before its id is looked up.
    pub(crate) fn wants(&self, rank: u64) -> bool {
        self.heap.len() < self.most
            || self
                .heap
                .peek()
                .is_none_or(|Reverse(worst)| rank >= worst.rank)
    }

    pub(crate) fn offer(&mut self, ranked: Ranked) {
        self.heap.push(Reverse(ranked));
        if self.heap.len() > self.most {
            self.heap.pop();
        }
    }

    /// Best first.
    pub(crate) fn into_sorted(self) -> Vec<Ranked> {
        let mut ranked: Vec<Ranked> = self
            .heap
            .into_iter()
            .map(|Reverse(ranked)| ranked)
            .collect();
        ranked.sort_unstable_by(|a, b| b.cmp(a));
        ranked
    }
}

/// A score as a rank: the same order.
pub(crate) fn rank_of(score: f32) -> u64 {
    let bits = score.to_bits();
    let turned = if bits >> 31 == 1 {
        !bits
    } else {
        bits | 1 << 31
    };
    u64::from(turned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_order_as_scores_do() {
        let scores = [-7.5f32, -0.1, 0.0, 0.3, 1.0, 12.5];
        assert!(
            scores
                .windows(2)
                .all(|pair| rank_of(pair[0]) < rank_of(pair[1]))
        );
    }

    proptest::proptest! {
        #[test]
        fn the_top_is_the_beginning_of_the_sorted_whole(ranks in proptest::collection::vec(0u64..20, 0..60), most in 1usize..10) {
            let all: Vec<Ranked> = ranks.iter().zip(0u32..).map(|(rank, doc)| Ranked {
                rank: *rank, id: Reverse(u128::from(doc)), room: 0, doc,
            }).collect();
            let mut top = Top::new(most);
            for ranked in &all {
                if top.wants(ranked.rank) {
                    top.offer(*ranked);
                }
            }
            let mut sorted = all;
            sorted.sort_by(|a, b| b.cmp(a));
            sorted.truncate(most);
            proptest::prop_assert_eq!(top.into_sorted(), sorted);
        }
    }
}
