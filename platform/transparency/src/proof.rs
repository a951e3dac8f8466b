//! Verifying proofs (RFC 9162 §2.1.3.2 and §2.1.4.2): needs the hashes alone, no log and no tree.

use crate::hash::Hash;

/// Why a proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The numbers make no sense together.
    #[error("a tree of {size} leaves has no leaf {index}")]
    NoSuchLeaf {
        /// Asked for, from 0.
        index: u64,
        /// Size of the tree.
        size: u64,
    },
    /// A tree never shrinks.
    #[error("a tree of {new} leaves cannot continue one of {old}")]
    Shrunk {
        /// Size of the older tree.
        old: u64,
        /// Size of the newer tree.
        new: u64,
    },
    /// Too few or too many hashes.
    #[error("the proof has {found} hashes where another number is needed")]
    Length {
        /// How many it has.
        found: usize,
    },
    /// The hashes lead elsewhere.
    #[error("the proof leads to the root {found}, not to {expected}")]
    Root {
        /// Where the proof leads.
        found: Hash,
        /// Where it should lead.
        expected: Hash,
    },
}

/// Checks that a leaf with this hash is the one numbered `index` (from 0) in the tree of `size` leaves and this root.
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::NoSuchLeaf { index, size });
    }
    let length = ProofError::Length { found: proof.len() };
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return Err(length);
        }
        if node & 1 == 1 || node == last {
            hash = Hash::of_node(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = Hash::of_node(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(length);
    }
    same(hash, root)
}

/// Checks that the tree of `new` leaves begins with the very leaves of the tree of `old`.
pub fn verify_consistency(
    old: u64,
    old_root: Hash,
    new: u64,
    new_root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    let length = ProofError::Length { found: proof.len() };
    if old > new {
        return Err(ProofError::Shrunk { old, new });
    }
    if old == new || old == 0 {
        if !proof.is_empty() {
            return Err(length);
        }
        return if old == 0 {
            same(old_root, Hash::of_nothing())
        } else {
            same(old_root, new_root)
        };
    }
    // A complete subtree is known to the verifier, so the proof leaves its root out.
    let whole = [old_root];
    let mut hashes = if old.is_power_of_two() {
        &whole[..]
    } else {
        &[]
    }
    .iter()
    .chain(proof);
    let first = *hashes.next().ok_or_else(|| length.clone())?;
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut from_old, mut from_new) = (first, first);
    for sibling in hashes {
        if last == 0 {
            return Err(length);
        }
        if node & 1 == 1 || node == last {
            from_old = Hash::of_node(sibling, &from_old);
            from_new = Hash::of_node(sibling, &from_new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            from_new = Hash::of_node(&from_new, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(length);
    }
    same(from_old, old_root)?;
    same(from_new, new_root)
}

fn same(found: Hash, expected: Hash) -> Result<(), ProofError> {
    if found == expected {
        Ok(())
    } else {
        Err(ProofError::Root { found, expected })
    }
}
