//! What the writer counts: how long callers wait, how batches grow, and what became of each append.
//!
//! It decides nothing, and no label depends on what is written.

use std::time::Duration;

use super::Answer;
use crate::append::Outcome;

/// A submission was answered, after this time in the queue and in the store.
pub(super) fn answered(answer: &Answer, took: Duration) {
    metrics::histogram!("accession_log_append_seconds").record(took.as_secs_f64());
    match answer {
        Ok(outcomes) => {
            for outcome in outcomes {
                metrics::counter!("accession_log_appends_total", "outcome" => word(outcome))
                    .increment(1);
            }
        }
        Err(error) => {
            metrics::counter!("accession_log_append_errors_total", "kind" => error.word())
                .increment(1);
        }
    }
}

/// A batch went to the store and came back.
pub(super) fn batch(appends: usize, events: usize, took: Duration) {
    metrics::histogram!("accession_log_batch_appends").record(float(appends));
    metrics::histogram!("accession_log_batch_events").record(float(events));
    metrics::histogram!("accession_log_batch_seconds").record(took.as_secs_f64());
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Committed(_) => "committed",
        Outcome::Conflict { .. } => "conflict",
        Outcome::Claimed { .. } => "claimed",
        Outcome::Replayed(_) => "replayed",
        Outcome::KeyReused => "key_reused",
    }
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
