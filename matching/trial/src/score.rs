//! Precision, recall and F1, with the counts behind them.
//!
//! Never hides how few pairs a figure stands on.

use std::fmt;

/// Counts of a judged set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Matches that were called matches.
    pub hits: u32,
    /// Called matches, and labelled as none.
    pub wrong: u32,
    /// Labelled as matches, and not called.
    pub missed: u32,
}

impl Score {
    /// Adds one judgement.
    pub fn add(&mut self, called: bool, label: bool) {
        match (called, label) {
            (true, true) => self.hits += 1,
            (true, false) => self.wrong += 1,
            (false, true) => self.missed += 1,
            (false, false) => {}
        }
    }

    /// Of all judgements together.
    #[must_use]
    pub fn of(judgements: impl IntoIterator<Item = (bool, bool)>) -> Self {
        let mut score = Self::default();
        for (called, label) in judgements {
            score.add(called, label);
        }
        score
    }

    /// Of what was called, how much was right; 1 when nothing was called.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.hits, self.wrong)
    }

    /// Of what was right, how much was called.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.hits, self.missed)
    }

    /// The harmonic mean of the two.
    #[must_use]
    pub fn f1(&self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        if precision + recall == 0.0 {
            0.0
        } else {
            2.0 * precision * recall / (precision + recall)
        }
    }
}

fn share(hits: u32, others: u32) -> f64 {
    if hits + others == 0 {
        1.0
    } else {
        f64::from(hits) / f64::from(hits + others)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (f1, precision, recall) = (self.f1(), self.precision(), self.recall());
        write!(
            formatter,
            "{f1:.3} ({precision:.3} / {recall:.3}; {} + {})",
            self.wrong, self.missed
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_counts_and_divides() {
        let score = Score::of([
            (true, true),
            (true, true),
            (true, false),
            (false, true),
            (false, false),
        ]);
        assert_eq!(
            score,
            Score {
                hits: 2,
                wrong: 1,
                missed: 1
            }
        );
        assert_eq!(score.to_string(), "0.667 (0.667 / 0.667; 1 + 1)");
    }
}
