//! What people read: a line a scenario while it runs, and the table in `docs/faults.md`.
//!
//! It says only what was seen in this run.

use std::fmt::Write as _;
use std::time::Duration;

use crate::play::{End, Verdict};

/// One line for a terminal; a red one is followed by what was found.
#[must_use]
pub fn line(verdict: &Verdict) -> String {
    let mut text = format!(
        "{:<24} seed {:<6} {:>6}  ",
        verdict.scenario,
        verdict.seed,
        seconds(verdict.took)
    );
    match &verdict.end {
        End::Green { recovered, looked } => {
            let _ = write!(
                text,
                "green  well after {}; {} acknowledged, {} in doubt, {} events, {} reads, {} compared",
                seconds(*recovered),
                looked.acknowledged,
                looked.unknown,
                looked.events,
                looked.reads,
                looked.compared
            );
        }
        End::Skipped { reason } => {
            let _ = write!(text, "SKIPPED  {reason}");
        }
        End::Red { findings } => {
            text.push_str("RED");
            for finding in findings {
                let _ = write!(text, "\n    {finding}");
            }
        }
    }
    text
}

/// The table of a run, as Markdown.
#[must_use]
pub fn table(verdicts: &[Verdict]) -> String {
    let mut text = String::from(
        "| scenario | fault | result | well after | acknowledged | in doubt | events | reads | compared | seed |\n\
         |---|---|---|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for verdict in verdicts {
        let (result, numbers) = match &verdict.end {
            End::Green { recovered, looked } => (
                "green",
                format!(
                    "{} | {} | {} | {} | {} | {}",
                    seconds(*recovered),
                    looked.acknowledged,
                    looked.unknown,
                    looked.events,
                    looked.reads,
                    looked.compared
                ),
            ),
            End::Red { .. } => ("**red**", " |  |  |  |  | ".into()),
            End::Skipped { .. } => ("skipped", " |  |  |  |  | ".into()),
        };
        let _ = writeln!(
            text,
            "| `{}` | {} | {result} | {numbers} | {} |",
            verdict.scenario, verdict.about, verdict.seed
        );
    }
    text
}

/// The count, for the last line.
#[must_use]
pub fn summary(verdicts: &[Verdict]) -> String {
    let count = |wanted: fn(&End) -> bool| {
        let found = verdicts.iter().filter(|verdict| wanted(&verdict.end));
        found.count()
    };
    format!(
        "faults: {} green, {} red, {} skipped",
        count(|end| matches!(end, End::Green { .. })),
        count(|end| matches!(end, End::Red { .. })),
        count(|end| matches!(end, End::Skipped { .. }))
    )
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
