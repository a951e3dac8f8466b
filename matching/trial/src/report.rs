//! The table of duplicates: the model next to its baselines, each judged on pairs that it was not fitted to.
//!
//! Never a figure of a half that is kept for checking: those are judged by name with `pairs`.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use accession_matching::{Model, Prepared, Thresholds};
use anyhow::Result;

use crate::baselines::{Cuts, Simple, exact, lead_exact};
use crate::pairs::{Pair, PairSet};
use crate::protocol::{Fold, Judged, Options, cross_validated, judge, training, transferred};
use crate::score::Score;
use crate::whole::whole_sets;

/// One line: a way, and its score on each set.
#[derive(Debug, Clone)]
pub struct Line {
    /// What was judged.
    pub what: String,
    /// One a set.
    pub scores: Vec<Score>,
}

impl Line {
    /// The mean of the F1 of the sets.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let sum: f64 = self.scores.iter().map(Score::f1).sum();
        sum / f64::from(u32::try_from(self.scores.len()).unwrap_or(1)).max(1.0)
    }
}

/// The ways to judge the labelled pairs, ours first.
pub fn compared(shared: &Path) -> Result<(Vec<String>, Vec<Line>)> {
    let sets = training(shared)?;
    let ours = cross_validated(shared, &sets, Options::default())?;
    let line = |what: &str, of: fn(&Judged) -> Score| Line {
        what: what.into(),
        scores: ours.iter().map(of).collect(),
    };
    let mut lines = vec![
        line("ours", |judged| judged.likely),
        line("ours, automatic merge", |judged| judged.certain),
        line("ours, merge and review list", |judged| judged.shown),
    ];
    let unseen = transferred(shared, &sets, Options::default())?;
    let scores = unseen.iter().map(|judged| judged.likely).collect();
    lines.push(Line {
        what: "ours, fitted without the set that is judged".into(),
        scores,
    });
    lines.extend(simpler(&sets));
    Ok((sets.into_iter().map(|set| set.name).collect(), lines))
}

fn simpler(sets: &[PairSet]) -> Vec<Line> {
    let rule = |what: &str, call: fn(&Pair) -> bool| {
        let score =
            |set: &PairSet| Score::of(set.pairs.iter().map(|pair| (call(pair), pair.label)));
        Line {
            what: what.into(),
            scores: sets.iter().map(score).collect(),
        }
    };
    let mut sets_of_cuts = vec![Score::default(); sets.len()];
    let mut regression = sets_of_cuts.clone();
    let options = Options::default();
    let fold = Fold::dealt(sets, options.folds, 1);
    for part in 0..options.folds {
        let seen = fold.split(sets, part, false);
        let cuts = Cuts::chosen(&seen);
        let simple = Simple::fitted(&seen.concat(), options.ridge);
        for (at, unseen) in fold.split(sets, part, true).into_iter().enumerate() {
            for pair in unseen {
                let both = (sets_of_cuts.get_mut(at), regression.get_mut(at));
                if let (Some(cut), Some(fitted)) = both {
                    cut.add(cuts.call(pair), pair.label);
                    fitted.add(simple.call(pair), pair.label);
                }
            }
        }
    }
    vec![
        rule("ISBN, or whole title and a name equal", exact),
        rule(
            "ISBN, or title before the colon and a name equal",
            lead_exact,
        ),
        Line {
            what: "token set, two cuts".into(),
            scores: sets_of_cuts,
        },
        Line {
            what: "logistic regression over 14 plain similarities".into(),
            scores: regression,
        },
    ]
}

/// Nanoseconds a compared pair, over prepared records.
#[must_use]
pub fn nanoseconds(pairs: &[(&Prepared, &Prepared)], model: &Model, rounds: u32) -> f64 {
    let start = Instant::now();
    let mut sum = 0.0;
    for _ in 0..rounds {
        sum += pairs
            .iter()
            .map(|(left, right)| model.compare(left, right).score)
            .sum::<f32>();
    }
    let spent = start.elapsed().as_secs_f64() * 1e9;
    let compared = f64::from(u32::try_from(pairs.len()).unwrap_or(u32::MAX)) * f64::from(rounds);
    if sum.is_nan() {
        f64::NAN
    } else {
        spent / compared
    }
}

/// All figures as a table.
pub fn report(shared: &Path) -> Result<String> {
    let (names, lines) = compared(shared)?;
    let mut text = format!(
        "| way | {} | mean F1 |\n|---|{}---|\n",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for line in &lines {
        let cells: Vec<String> = line.scores.iter().map(Score::to_string).collect();
        let _ = writeln!(
            text,
            "| {} | {} | {:.3} |",
            line.what,
            cells.join(" | "),
            line.mean()
        );
    }
    let model = Model::standard(Thresholds::default());
    let sets = training(shared)?;
    text.push_str("\nWith the weights of the program, fitted to these pairs:\n");
    for set in &sets {
        let judged = judge(&model, &set.pairs);
        let _ = writeln!(
            text,
            "{}: likely {}, certain {}, shown {}",
            set.name, judged.likely, judged.certain, judged.shown
        );
    }
    text.push_str("\nWhole tables:\n");
    for set in whole_sets(&shared.join("data/dedup"))? {
        let start = Instant::now();
        let judged = set.judged(&model);
        let spent = start.elapsed().as_secs_f64();
        let _ = writeln!(
            text,
            "{}: {} records, {} candidates with {:.3} of the matches, likely {}, certain {}, {spent:.2} s",
            set.name,
            set.records.len(),
            judged.candidates,
            judged.found,
            judged.score,
            judged.certain
        );
    }
    let pairs: Vec<(&Prepared, &Prepared)> = sets
        .iter()
        .flat_map(|set| &set.pairs)
        .map(|pair| (&pair.ready.0, &pair.ready.1))
        .collect();
    let _ = writeln!(
        text,
        "\n{:.0} ns a compared pair",
        nanoseconds(&pairs, &model, 200)
    );
    Ok(text)
}
