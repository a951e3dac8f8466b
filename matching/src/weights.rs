//! The weights of the model, as data: made by `cargo run --release -p accession-matching-trial -- train`, and pasted here.
//!
//! Never edited by hand, and never fitted to the halves of the labelled pairs that are kept for checking.

use crate::features::COUNT;

/// The logarithm of the odds when nothing is seen.
pub(crate) const BIAS: f32 = -6.937;

/// In the order of [`crate::features::NAMES`].
pub(crate) const WEIGHTS: [f32; COUNT] = [
    1.914,  // title_same
    0.208,  // title_part
    1.759,  // title_spelling
    1.835,  // title_covered
    1.654,  // lead_shared
    -0.273, // tails_differ
    -0.218, // tail_alone
    0.604,  // tails_agree
    -1.201, // kind_differs
    0.146,  // title_short
    -0.009, // creators_alike
    -0.136, // creators_differ
    0.259,  // creators_missing
    0.353,  // creators_covered
    0.941,  // creators_first
    1.369,  // title_and_creator
    0.16,   // part_and_creator
    0.687,  // numbers_agree
    -0.531, // numbers_unpaired
    0.599,  // years_near
    -1.068, // years_apart
    0.647,  // extents_near
    -1.525, // extents_apart
    0.041,  // publisher_shared
    1.109,  // identifier_shared
    0.124,  // isbns_differ
];
