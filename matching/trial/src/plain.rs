//! Similarities as general libraries offer them, for the baselines: token sets, indel ratios.
//!
//! Never used by the model; whoever reads the table should see what its own figures add.

use std::collections::BTreeSet;

/// Words of letters and digits, lower case.
pub(crate) fn tokens(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// What is left after removing letters from either side, over both lengths: 100 the same, 0 nothing.
pub(crate) fn ratio(left: &str, right: &str) -> f64 {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let both = left.len() + right.len();
    if both == 0 {
        return 0.0;
    }
    let mut row = vec![0_usize; right.len() + 1];
    for one in &left {
        let mut before = 0;
        let mut beside = 0;
        for (cell, two) in row.iter_mut().skip(1).zip(&right) {
            let above = *cell;
            *cell = if one == two {
                before + 1
            } else {
                above.max(beside)
            };
            before = above;
            beside = *cell;
        }
    }
    let shared = row.last().copied().unwrap_or_default();
    200.0 * small(shared) / small(both)
}

fn small(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// The best ratio among the shared words and the shared words with either side's rest.
#[must_use]
pub fn token_set(left: &str, right: &str) -> f64 {
    let (left, right) = (tokens(left), tokens(right));
    if left.is_empty() || right.is_empty() {
        return 0.0;
    }
    let join = |words: Vec<&str>| words.join(" ");
    let shared = join(left.intersection(&right).map(String::as_str).collect());
    let only = |one: &BTreeSet<String>, two: &BTreeSet<String>| {
        join(one.difference(two).map(String::as_str).collect())
    };
    let (mine, theirs) = (only(&left, &right), only(&right, &left));
    if !shared.is_empty() && (mine.is_empty() || theirs.is_empty()) {
        return 100.0;
    }
    let with = |rest: &str| format!("{shared} {rest}").trim().to_owned();
    let (mine, theirs) = (with(&mine), with(&theirs));
    let shared_with = if shared.is_empty() {
        0.0
    } else {
        ratio(&shared, &mine).max(ratio(&shared, &theirs))
    };
    ratio(&mine, &theirs).max(shared_with)
}

/// Shared words over all words.
pub(crate) fn jaccard(left: &str, right: &str) -> f64 {
    let (left, right) = (tokens(left), tokens(right));
    let all = left.union(&right).count();
    if all == 0 {
        0.0
    } else {
        small(left.intersection(&right).count()) / small(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subset_of_the_words_is_a_full_match_and_the_order_does_not_count() {
        assert!((token_set("The Winter Garden", "garden, winter: the novel") - 100.0).abs() < 1e-9);
        assert!((ratio("abcd", "abxd") - 75.0).abs() < 1e-9);
        assert!(token_set("abc", "xyz") < 1.0);
        assert!((jaccard("a b c", "b c d") - 0.5).abs() < 1e-9);
    }
}
