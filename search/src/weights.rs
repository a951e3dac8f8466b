//! How much each way of fitting counts. Tuned on books and seeds that the quality table does not use (bench/RESULTS.md).
//!
//! Never looks anything up. Ways of fitting are far apart, and what an entry is worth by itself moves it within its way.

use crate::columns::Standing;

/// The whole title was typed.
pub(crate) const WHOLE: f32 = 10.0;
/// Another of its names was typed.
pub(crate) const WHOLE_ALIAS: f32 = 9.0;
/// The title begins with what was typed.
pub(crate) const BEGINS: f32 = 7.5;
/// Another of its names does.
pub(crate) const BEGINS_ALIAS: f32 = 6.9;
/// The title begins with what was typed but for a typo.
pub(crate) const BEGINS_TYPO: f32 = 4.0;
/// Every word was found somewhere; so much at least.
pub(crate) const WORDS: f32 = 2.5;
/// Every word was found in the title as it was typed: so much more.
pub(crate) const WORDS_SPAN: f32 = 2.5;
/// Every word was found, some with typos.
pub(crate) const WORDS_TYPO: f32 = 1.5;
/// Some of the words were found.
pub(crate) const SOME: f32 = 0.0;

/// A word that goes on after what was typed.
pub(crate) const OPEN: f32 = 0.85;
/// The same, known by its first letters only.
pub(crate) const EDGE_WORD: f32 = 0.75;
/// A word with one typo, with two.
pub(crate) const TYPOS: [f32; 3] = [1.0, 0.6, 0.4];

/// What a longer title costs, by the natural logarithm of its characters.
const LENGTH: f32 = 0.25;
/// What it is worth that many know it at all.
const KNOWN: f32 = 3.0;
/// What it is worth that more know it than others that many know, by the natural logarithm.
const FAME: f32 = 0.004;
/// What it is worth that much is known of it.
const COMPLETE: f32 = 0.05;

/// The whole title with so many typos.
pub(crate) fn whole_with_typos(letters: usize, typos: usize) -> f32 {
    match (typos, letters) {
        (0, _) => WHOLE,
        (1, ..=4) => 6.0,
        (1, 5) => 6.2,
        (1, _) => 7.2,
        (_, ..=11) => 4.5,
        _ => 5.5,
    }
}

/// What an entry that fits in some way counts in the end.
#[expect(clippy::cast_possible_truncation, reason = "a logarithm")]
pub(crate) fn score(fit: f32, standing: Standing) -> f32 {
    fit - LENGTH * f32::from(standing.length).ln()
        + KNOWN * standing.known()
        + FAME * standing.logarithm() as f32
        + COMPLETE * f32::from(standing.completeness) / 255.0
}
