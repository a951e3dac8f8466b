//! The tree, its tiles and its proofs against a slow definition, against published vectors, and against another
//! implementation. A proof that was bent must fail.

#![cfg(test)]

#[path = "support/reference.rs"]
mod reference;

use accession_transparency::tile::perfect_root;
use accession_transparency::{
    Hash, ProofPlan, TILE_WIDTH, TiledTree, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;
use reference::{Shelf, leaves, slow_root};

/// The test leaves of Certificate Transparency's reference implementation, with the roots it publishes for RFC 6962.
const PUBLISHED: [(&[u8], &str); 8] = [
    (
        b"",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    ),
    (
        b"\x00",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    ),
    (
        b"\x10",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    ),
    (
        b"\x20\x21",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (
        b"\x30\x31",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    ),
    (
        b"\x40\x41\x42\x43",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    ),
    (
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    ),
    (
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ),
];

#[test]
fn roots_are_those_that_rfc_6962_publishes() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(hex::encode(TiledTree::new().root().as_bytes()), empty);
    let mut tree = TiledTree::new();
    for (leaf, root) in PUBLISHED {
        tree.push(Hash::of_leaf(leaf));
        assert_eq!(
            hex::encode(tree.root().as_bytes()),
            root,
            "size {}",
            tree.size()
        );
    }
}

#[test]
fn roots_are_those_of_the_definition_over_tile_borders() {
    let leaves = leaves(600);
    let mut tree = TiledTree::new();
    for (place, leaf) in leaves.iter().enumerate() {
        tree.push(*leaf);
        if place % 37 == 0 || (250..260).contains(&place) || place > 590 {
            assert_eq!(
                tree.root(),
                slow_root(&leaves[..=place]),
                "size {}",
                place + 1
            );
        }
    }
}

#[test]
fn a_tree_of_seventy_thousand_leaves_has_the_tiles_of_the_specification() {
    let leaf = Hash::of_leaf(b"the same");
    let mut tree = TiledTree::new();
    let mut by_level = [0_u64; 3];
    for _ in 0..70_000 {
        tree.push(leaf);
        for tile in tree.take_full() {
            assert_eq!(tile.hashes.len(), TILE_WIDTH);
            assert_eq!(tile.id.number, by_level[usize::from(tile.id.level)]);
            by_level[usize::from(tile.id.level)] += 1;
        }
    }
    assert_eq!(by_level, [273, 1, 0]);
    assert_eq!([0, 1, 2].map(|level| tree.edge(level).len()), [112, 17, 1]);
}

#[test]
fn whole_tiles_may_be_added_at_once() {
    let leaves = leaves(700);
    let mut one_by_one = TiledTree::new();
    let mut at_once = TiledTree::new();
    for leaf in &leaves {
        one_by_one.push(*leaf);
    }
    for part in leaves.chunks(TILE_WIDTH) {
        let root = perfect_root(part).unwrap_or_else(Hash::of_nothing);
        at_once.push_tile(part.to_vec(), root);
    }
    assert_eq!(at_once.root(), one_by_one.root());
    assert_eq!(at_once.take_full(), one_by_one.take_full());
}

#[test]
fn a_tree_goes_on_from_its_right_edge() {
    let leaves = leaves(600);
    let mut whole = TiledTree::new();
    for leaf in &leaves[..300] {
        whole.push(*leaf);
    }
    let edge = (0..3).map(|level| whole.edge(level).to_vec()).collect();
    let mut resumed = TiledTree::resume(300, edge).unwrap();
    for leaf in &leaves[300..] {
        resumed.push(*leaf);
    }
    assert_eq!(resumed.root(), slow_root(&leaves));
    let wrong = TiledTree::resume(300, vec![vec![]])
        .unwrap_err()
        .to_string();
    assert!(
        wrong.contains("44 hashes") && wrong.contains("not 0"),
        "{wrong}"
    );
}

#[test]
fn what_cannot_be_proven_has_no_plan() {
    assert_eq!(ProofPlan::inclusion(5, 5), None);
    assert_eq!(ProofPlan::consistency(6, 5), None);
    assert_eq!(
        ProofPlan::consistency(5, 5).map(|plan| plan.runs().count()),
        Some(0)
    );
}

proptest! {
    #[test]
    fn every_leaf_is_proven_in_every_tree_that_has_it(size in 1_u64..700, at in any::<prop::sample::Index>()) {
        let shelf = Shelf::of(size);
        let index = at.index(usize::try_from(size)?) as u64;
        let proof = shelf.proof(&ProofPlan::inclusion(index, size).unwrap());
        let leaf = shelf.leaf(index);
        prop_assert_eq!(verify_inclusion(leaf, index, size, &proof, shelf.root(size)), Ok(()));
    }

    #[test]
    fn every_tree_is_proven_to_continue_every_earlier_one(new in 1_u64..700, at in any::<prop::sample::Index>()) {
        let shelf = Shelf::of(new);
        let old = at.index(usize::try_from(new)? + 1) as u64;
        let proof = shelf.proof(&ProofPlan::consistency(old, new).unwrap());
        prop_assert_eq!(verify_consistency(old, shelf.root(old), new, shelf.root(new), &proof), Ok(()));
    }

    #[test]
    fn a_bent_proof_of_inclusion_fails(size in 2_u64..300, at in any::<prop::sample::Index>(), bend in 0_usize..6) {
        let shelf = Shelf::of(size);
        let index = at.index(usize::try_from(size)?) as u64;
        let mut proof = shelf.proof(&ProofPlan::inclusion(index, size).unwrap());
        let (mut leaf, mut place, mut root) = (shelf.leaf(index), index, shelf.root(size));
        let other = Hash::of_leaf(b"other");
        match bend {
            0 => leaf = other,
            1 => root = other,
            2 => proof[0] = other,
            3 => { proof.pop(); }
            4 => proof.push(other),
            _ => place = (index + 1) % size,
        }
        prop_assert!(verify_inclusion(leaf, place, size, &proof, root).is_err());
    }

    #[test]
    fn a_bent_proof_of_consistency_fails(new in 3_u64..300, at in any::<prop::sample::Index>(), bend in 0_usize..6) {
        let shelf = Shelf::of(new);
        let old = 1 + at.index(usize::try_from(new)? - 1) as u64;
        prop_assume!(old < new);
        let mut proof = shelf.proof(&ProofPlan::consistency(old, new).unwrap());
        let (mut from, mut to) = (shelf.root(old), shelf.root(new));
        let other = Hash::of_leaf(b"other");
        match bend {
            0 => from = other,
            1 => to = other,
            2 => proof[0] = other,
            3 => { proof.pop(); }
            4 => proof.push(other),
            _ => std::mem::swap(&mut from, &mut to),
        }
        prop_assert!(verify_consistency(old, from, new, to, &proof).is_err());
    }
}
