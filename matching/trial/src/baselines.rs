//! What a careful person would try first: equal ISBNs and titles, token sets with two cuts, a regression over plain similarities.
//!
//! Never given an advantage or a handicap: the same fields, the same halves, the same judge.

use accession_events::values::Isbn;
use accession_matching::Record;

use crate::fit::{Example, fit};
use crate::pairs::Pair;
use crate::plain::{jaccard, ratio, token_set, tokens};
use crate::score::Score;

/// Figures of the plain regression.
pub(crate) const SIMPLE: usize = 14;

fn title(record: &Record) -> &str {
    record.titles.first().map_or("", String::as_str)
}

fn creators(record: &Record) -> String {
    record.creators.join(" ")
}

fn share_isbn(pair: &Pair) -> bool {
    let read = |record: &Record| {
        record
            .isbns
            .iter()
            .filter_map(|isbn| Isbn::parse(isbn).ok())
            .collect::<Vec<_>>()
    };
    let right = read(&pair.right);
    read(&pair.left).iter().any(|isbn| right.contains(isbn))
}

/// Whether some word of one side's people that could be a surname is on the other side.
fn share_surname(pair: &Pair) -> bool {
    let (left, right) = (
        tokens(&creators(&pair.left)),
        tokens(&creators(&pair.right)),
    );
    left.intersection(&right)
        .any(|word| word.chars().count() > 2)
}

fn spelt(text: &str) -> String {
    tokens_in_order(text).join(" ")
}

fn tokens_in_order(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// Equal ISBN, or the whole title equal and a name shared.
#[must_use]
pub fn exact(pair: &Pair) -> bool {
    share_isbn(pair)
        || (spelt(title(&pair.left)) == spelt(title(&pair.right)) && share_surname(pair))
}

/// Equal ISBN, or the title before the colon equal and a name shared.
#[must_use]
pub fn lead_exact(pair: &Pair) -> bool {
    let lead = |record| spelt(title(record).split(':').next().unwrap_or_default());
    share_isbn(pair) || (lead(&pair.left) == lead(&pair.right) && share_surname(pair))
}

/// Two cuts on token sets, chosen on training halves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cuts {
    /// Least for titles, of 100.
    pub title: f64,
    /// Least for people.
    pub people: f64,
}

impl Cuts {
    /// The cuts with the best mean F1 over the sets.
    #[must_use]
    pub fn chosen(sets: &[Vec<&Pair>]) -> Self {
        let figures: Vec<Vec<(f64, f64, bool)>> = sets
            .iter()
            .map(|set| set.iter().map(|pair| figures(pair)).collect())
            .collect();
        let mut best = (
            0.0,
            Self {
                title: 100.0,
                people: 60.0,
            },
        );
        for title in (14..=20).rev().map(|step| f64::from(step) * 5.0) {
            for people in (6..=20).map(|step| f64::from(step) * 5.0) {
                let cuts = Self { title, people };
                let f1 = |set: &Vec<(f64, f64, bool)>| {
                    Score::of(set.iter().map(|(t, p, label)| (cuts.met(*t, *p), *label))).f1()
                };
                let sum: f64 = figures.iter().map(f1).sum();
                if sum > best.0 {
                    best = (sum, cuts);
                }
            }
        }
        best.1
    }

    fn met(self, title: f64, people: f64) -> bool {
        title >= self.title && people >= self.people
    }

    /// Whether a pair passes both.
    #[must_use]
    pub fn call(self, pair: &Pair) -> bool {
        let (title, people, _) = figures(pair);
        self.met(title, people)
    }
}

fn figures(pair: &Pair) -> (f64, f64, bool) {
    let people = token_set(&creators(&pair.left), &creators(&pair.right));
    (
        token_set(title(&pair.left), title(&pair.right)),
        people,
        pair.label,
    )
}

/// Plain similarities of a pair, each between 0 and 1.
#[must_use]
pub(crate) fn simple_figures(pair: &Pair) -> [f32; SIMPLE] {
    let (one, two) = (title(&pair.left), title(&pair.right));
    let (by, and_by) = (creators(&pair.left), creators(&pair.right));
    let lead = |text: &str| spelt(text.split([':', '(']).next().unwrap_or_default());
    let yes = |met: bool| f64::from(u8::from(met));
    let near = |left: Option<u32>, right: Option<u32>| match (left, right) {
        (Some(left), Some(right)) => 1.0 / (1.0 + f64::from(left.abs_diff(right))),
        _ => 0.0,
    };
    let publisher = |record: &Record| record.publisher.clone().unwrap_or_default();
    [
        ratio(&spelt(one), &spelt(two)) / 100.0,
        token_set(one, two) / 100.0,
        jaccard(one, two),
        yes(spelt(one) == spelt(two)),
        yes(lead(one) == lead(two)),
        ratio(&lead(one), &lead(two)) / 100.0,
        token_set(&by, &and_by) / 100.0,
        jaccard(&by, &and_by),
        yes(share_surname(pair)),
        near(
            pair.left.year.map(u32::from),
            pair.right.year.map(u32::from),
        ),
        near(
            pair.left.extent.map(|pages| pages / 20),
            pair.right.extent.map(|pages| pages / 20),
        ),
        token_set(&publisher(&pair.left), &publisher(&pair.right)) / 100.0,
        yes(share_isbn(pair)),
        yes(!share_isbn(pair) && !pair.left.isbns.is_empty() && !pair.right.isbns.is_empty()),
    ]
    .map(narrow)
}

#[expect(clippy::cast_possible_truncation, reason = "shares of 1")]
fn narrow(value: f64) -> f32 {
    value as f32
}

/// A regression over the plain similarities.
#[derive(Debug, Clone)]
pub struct Simple {
    weights: [f32; SIMPLE],
    bias: f32,
}

impl Simple {
    /// Fitted to training pairs.
    #[must_use]
    pub fn fitted(pairs: &[&Pair], ridge: f64) -> Self {
        let example = |pair: &&Pair| Example {
            row: simple_figures(pair),
            label: pair.label,
            weight: 1.0,
        };
        let examples: Vec<Example<SIMPLE>> = pairs.iter().map(example).collect();
        let (weights, bias) = fit(&examples, ridge);
        Self { weights, bias }
    }

    /// Whether the odds are for a match.
    #[must_use]
    pub fn call(&self, pair: &Pair) -> bool {
        let weighed = simple_figures(pair)
            .into_iter()
            .zip(self.weights)
            .map(|(value, weight)| value * weight);
        self.bias + weighed.sum::<f32>() > 0.0
    }
}
