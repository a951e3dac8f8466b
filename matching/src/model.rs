//! One score for a pair, how sure it makes us, and the reasons in words.
//!
//! Never merges anything: what is certain, likely or possible is a judgement for its caller, with thresholds of its own.

use crate::features::{COUNT, Features, NAMES};
use crate::record::Prepared;
use crate::rules::{Contradiction, Doubt, contradiction, doubts};
use crate::weights::{BIAS, WEIGHTS};

/// How sure a comparison is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Not the same.
    Different,
    /// Worth a look when there is time.
    Possible,
    /// The same, as far as a score can tell.
    Likely,
    /// The same, and no rule asks for a person.
    Certain,
}

/// From which score on a pair is in which band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    certain: f32,
    likely: f32,
    possible: f32,
}

/// Thresholds that contradict themselves.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "the thresholds for duplicates are {possible} (possible), {likely} (likely) and {certain} (certain); they must rise, and lie between 0 and 1"
)]
pub struct ThresholdsError {
    possible: f32,
    likely: f32,
    certain: f32,
}

impl Thresholds {
    /// Checks that they rise and are shares of 1.
    pub fn new(possible: f32, likely: f32, certain: f32) -> Result<Self, ThresholdsError> {
        let rise = 0.0 < possible && possible <= likely && likely <= certain && certain <= 1.0;
        let error = ThresholdsError {
            possible,
            likely,
            certain,
        };
        rise.then_some(Self {
            certain,
            likely,
            possible,
        })
        .ok_or(error)
    }

    /// The least score that is worth a look.
    #[must_use]
    pub fn possible(&self) -> f32 {
        self.possible
    }
}

impl Default for Thresholds {
    /// Those that the figures in the documentation are measured with.
    fn default() -> Self {
        Self {
            certain: 0.9,
            likely: 0.5,
            possible: 0.15,
        }
    }
}

/// What a comparison comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Compared {
    /// Between 0 and 1; 0 when a rule forbids a match.
    pub score: f32,
    /// What the thresholds and rules make of it.
    pub band: Band,
}

/// One reason.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    /// Stable, for programs.
    pub name: &'static str,
    /// What was seen, between 0 and 1.
    pub value: f32,
    /// What it added to the logarithm of the odds; below 0 it spoke against a match.
    pub contribution: f32,
    /// For people.
    pub words: &'static str,
}

/// A comparison with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// As without reasons.
    pub compared: Compared,
    /// What was seen, the weightiest first.
    pub factors: Vec<Factor>,
    /// The rule that forbids a match.
    pub contradiction: Option<Contradiction>,
    /// Why a person should look.
    pub doubts: Vec<Doubt>,
}

/// Weights and thresholds.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    weights: [f32; COUNT],
    bias: f32,
    thresholds: Thresholds,
}

impl Model {
    /// The weights that come with the program.
    #[must_use]
    pub fn standard(thresholds: Thresholds) -> Self {
        Self::of(WEIGHTS, BIAS, thresholds)
    }

    /// Other weights; for those who fit them.
    #[must_use]
    pub fn of(weights: [f32; COUNT], bias: f32, thresholds: Thresholds) -> Self {
        Self {
            weights,
            bias,
            thresholds,
        }
    }

    /// Compares two records.
    #[must_use]
    pub fn compare(&self, left: &Prepared, right: &Prepared) -> Compared {
        if contradiction(left, right).is_some() {
            return Compared {
                score: 0.0,
                band: Band::Different,
            };
        }
        let seen = Features::of(left, right);
        self.judge(left, right, &seen)
    }

    /// Compares two records and says why.
    #[must_use]
    pub fn explain(&self, left: &Prepared, right: &Prepared) -> Explained {
        let seen = Features::of(left, right);
        let contradiction = contradiction(left, right);
        let compared = match contradiction {
            Some(_) => Compared {
                score: 0.0,
                band: Band::Different,
            },
            None => self.judge(left, right, &seen),
        };
        let of = |((value, weight), name): ((f32, f32), &'static str)| Factor {
            name,
            value,
            contribution: value * weight,
            words: words(name),
        };
        let rows = seen.row().into_iter().zip(self.weights).zip(NAMES);
        let mut factors: Vec<Factor> = rows.map(of).filter(|factor| factor.value > 0.0).collect();
        factors.sort_by(|one, two| two.contribution.abs().total_cmp(&one.contribution.abs()));
        Explained {
            compared,
            factors,
            contradiction,
            doubts: doubts(left, right, &seen),
        }
    }

    fn judge(&self, left: &Prepared, right: &Prepared, seen: &Features) -> Compared {
        let score = self.score(seen);
        let Thresholds {
            certain,
            likely,
            possible,
        } = self.thresholds;
        let band = if score >= certain && doubts(left, right, seen).is_empty() {
            Band::Certain
        } else if score >= likely {
            Band::Likely
        } else if score >= possible {
            Band::Possible
        } else {
            Band::Different
        };
        Compared { score, band }
    }

    /// The probability of a match, were nothing forbidden.
    #[must_use]
    pub fn score(&self, seen: &Features) -> f32 {
        let weighed = seen
            .row()
            .into_iter()
            .zip(self.weights)
            .map(|(value, weight)| value * weight);
        let odds: f32 = self.bias + weighed.sum::<f32>();
        1.0 / (1.0 + (-odds).exp())
    }
}

/// A factor in words.
fn words(name: &str) -> &'static str {
    match name {
        "title_same" => "the titles are the same",
        "title_part" => "a title is a part of the other",
        "title_spelling" => "the titles are spelt alike",
        "title_covered" => "the shorter title's words are in the longer one",
        "lead_shared" => "the titles before the colon share words",
        "tails_differ" => "the subtitles differ",
        "tail_alone" => "only one has a subtitle that says something",
        "tails_agree" => "the subtitles agree",
        "kind_differs" => "one is a collection, companion, piece or adaptation",
        "title_short" => "the title is short, and others may bear it",
        "creators_alike" => "a person is named on both sides",
        "creators_differ" => "the people named are different",
        "creators_missing" => "one side names nobody",
        "creators_covered" => "the people of the shorter list are on the other",
        "creators_first" => "the first person named is the same",
        "title_and_creator" => "title and person agree together",
        "part_and_creator" => "a title is a part of the other, and a person agrees",
        "numbers_agree" => "a volume, meeting or year in the title is the same",
        "numbers_unpaired" => "a number in the title is on one side only",
        "years_near" => "the years are near",
        "years_apart" => "the years are far apart",
        "extents_near" => "the lengths are near",
        "extents_apart" => "the lengths are far apart",
        "publisher_shared" => "the publishers share a name",
        "identifier_shared" => "an identifier is the same",
        "isbns_differ" => "both have ISBNs, and different ones",
        _ => "something else",
    }
}

#[cfg(test)]
mod tests;
