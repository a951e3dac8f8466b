//! Which pairs the model is fitted to, and how it is judged without seeing what it is judged on.
//!
//! Never reads a half that is kept for checking: those are judged by name, with the weights that come with the program.

use std::collections::BTreeMap;
use std::path::Path;

use accession_matching::{Band, COUNT, Features, Model, Thresholds, contradiction};
use anyhow::Result;

use crate::fit::{Example, fit};
use crate::pairs::{Pair, PairSet, labelled};
use crate::score::Score;
use crate::whole::{Whole, whole_sets};

/// How the model is fitted and judged.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Holds the weights small.
    pub ridge: f64,
    /// Parts that the labelled pairs are dealt into.
    pub folds: usize,
    /// Times that they are dealt anew.
    pub rounds: u64,
    /// Total weight of each whole set beside the labelled pairs, which weigh 1 each.
    pub whole: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ridge: 0.002,
            folds: 10,
            rounds: 5,
            whole: 40.0,
        }
    }
}

/// The training halves of the labelled book pairs.
pub fn training(shared: &Path) -> Result<Vec<PairSet>> {
    let dedup = shared.join("data/dedup");
    let goodreads = dedup.join("books_goodreads_bookdepository");
    let libraries = dedup.join("books_uwmadison_uiuc");
    Ok(vec![
        labelled(&goodreads.join("train_set.csv"), &goodreads)?,
        labelled(&libraries.join("Set_I.csv"), &libraries)?,
    ])
}

/// A labelled pair as figures, unless a rule decides it.
#[must_use]
pub fn examples<'a>(pairs: impl IntoIterator<Item = &'a Pair>, weight: f64) -> Vec<Example<COUNT>> {
    let open = pairs
        .into_iter()
        .filter(|pair| contradiction(&pair.ready.0, &pair.ready.1).is_none());
    let figures = |pair: &Pair| Example {
        row: Features::of(&pair.ready.0, &pair.ready.1).row(),
        label: pair.label,
        weight,
    };
    open.map(figures).collect()
}

/// Pairs of whole tables as figures, matches and others of equal total weight.
fn whole_examples(shared: &Path, weight: f64) -> Result<Vec<Example<COUNT>>> {
    let mut all = Vec::new();
    if weight > 0.0 {
        for set in whole_sets(&shared.join("data/dedup"))? {
            all.extend(of_whole(&set, weight));
        }
    }
    Ok(all)
}

/// One of so many pairs whose titles are not alike is kept.
const SAMPLE: usize = 12;

fn of_whole(set: &Whole, weight: f64) -> Vec<Example<COUNT>> {
    let editions_only = set.name == "books_magellan_ab";
    let mut examples = Vec::new();
    for (turn, pair) in set.candidates().into_iter().enumerate() {
        let (Some(left), Some(right)) = (set.records.get(pair.0), set.records.get(pair.1)) else {
            continue;
        };
        if contradiction(left, right).is_some() {
            continue;
        }
        let seen = Features::of(left, right);
        let label = set.truth.contains(&pair);
        // Of the many pairs that nobody would confuse a sample is enough.
        if !label && !seen.alike() && turn % SAMPLE > 0 {
            continue;
        }
        // Another ISBN may be the same work: only pairs whose titles differ are taken for different works.
        if !label && editions_only && seen.alike() {
            continue;
        }
        examples.push(Example {
            row: seen.row(),
            label,
            weight: 1.0,
        });
    }
    let matches = examples.iter().filter(|example| example.label).count();
    let half =
        |count: usize| weight / 2.0 / f64::from(u32::try_from(count.max(1)).unwrap_or(u32::MAX));
    let (each, other) = (half(matches), half(examples.len() - matches));
    for example in &mut examples {
        example.weight = if example.label { each } else { other };
    }
    examples
}

/// The model fitted to everything that may be fitted to.
pub fn fitted(shared: &Path, options: Options) -> Result<([f32; COUNT], f32)> {
    let sets = training(shared)?;
    let mut all = whole_examples(shared, options.whole)?;
    all.extend(examples(sets.iter().flat_map(|set| &set.pairs), 1.0));
    Ok(fit(&all, options.ridge))
}

/// What a judge says about one set.
#[derive(Debug, Clone, Copy, Default)]
pub struct Judged {
    /// Called likely or certain.
    pub likely: Score,
    /// Called certain.
    pub certain: Score,
    /// Called possible at least: what a review list would show.
    pub shown: Score,
}

/// Judges pairs by a model.
#[must_use]
pub fn judge<'a>(model: &Model, pairs: impl IntoIterator<Item = &'a Pair>) -> Judged {
    let mut judged = Judged::default();
    for pair in pairs {
        let band = model.compare(&pair.ready.0, &pair.ready.1).band;
        judged.likely.add(band >= Band::Likely, pair.label);
        judged.certain.add(band >= Band::Certain, pair.label);
        judged.shown.add(band >= Band::Possible, pair.label);
    }
    judged
}

/// One deal of the pairs: each pair's part, by set and place in it.
#[derive(Debug, Clone)]
pub struct Fold {
    parts: Vec<Vec<usize>>,
}

impl Fold {
    /// Deals the pairs of each set and label in turn, in an order drawn from `seed`.
    #[must_use]
    pub fn dealt(sets: &[PairSet], folds: usize, seed: u64) -> Self {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1);
        let mut draw = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let mut parts = Vec::new();
        for set in sets {
            let mut order: Vec<(bool, u64, usize)> = set
                .pairs
                .iter()
                .enumerate()
                .map(|(at, pair)| (pair.label, draw(), at))
                .collect();
            order.sort_unstable();
            let dealt: BTreeMap<usize, usize> = order
                .iter()
                .enumerate()
                .map(|(turn, (_, _, at))| (*at, turn % folds))
                .collect();
            parts.push(dealt.into_values().collect());
        }
        Self { parts }
    }

    /// The pairs of each set that are in a part, or those that are not.
    #[must_use]
    pub fn split<'a>(&self, sets: &'a [PairSet], part: usize, inside: bool) -> Vec<Vec<&'a Pair>> {
        let of = |(set, parts): (&'a PairSet, &Vec<usize>)| {
            let dealt = set
                .pairs
                .iter()
                .zip(parts)
                .filter(|(_, dealt)| (**dealt == part) == inside);
            dealt.map(|(pair, _)| pair).collect()
        };
        sets.iter().zip(&self.parts).map(of).collect()
    }
}

/// Judges every pair by a model that was fitted without it; one result a set, counts over all rounds.
pub fn cross_validated(shared: &Path, sets: &[PairSet], options: Options) -> Result<Vec<Judged>> {
    let whole = whole_examples(shared, options.whole)?;
    let mut judged = vec![Judged::default(); sets.len()];
    for round in 0..options.rounds {
        let fold = Fold::dealt(sets, options.folds, round + 1);
        for part in 0..options.folds {
            let mut seen = whole.clone();
            seen.extend(examples(
                fold.split(sets, part, false).into_iter().flatten(),
                1.0,
            ));
            let (weights, bias) = fit(&seen, options.ridge);
            let model = Model::of(weights, bias, Thresholds::default());
            for (total, pairs) in judged.iter_mut().zip(fold.split(sets, part, true)) {
                total.add(&judge(&model, pairs));
            }
        }
    }
    Ok(judged)
}

/// Judges each set by a model that was fitted to everything but that set.
pub fn transferred(shared: &Path, sets: &[PairSet], options: Options) -> Result<Vec<Judged>> {
    let whole = whole_examples(shared, options.whole)?;
    let judged = sets.iter().map(|unseen| {
        let others = sets.iter().filter(|set| set.name != unseen.name);
        let mut seen = whole.clone();
        seen.extend(examples(others.flat_map(|set| &set.pairs), 1.0));
        let (weights, bias) = fit(&seen, options.ridge);
        judge(
            &Model::of(weights, bias, Thresholds::default()),
            &unseen.pairs,
        )
    });
    Ok(judged.collect())
}

impl Judged {
    fn add(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.likely, other.likely),
            (&mut self.certain, other.certain),
            (&mut self.shown, other.shown),
        ] {
            mine.hits += theirs.hits;
            mine.wrong += theirs.wrong;
            mine.missed += theirs.missed;
        }
    }
}
