//! How the queue is doing, for health and metrics.
//!
//! Never says who is written to.

use jiff::Timestamp;

/// How the queue is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailStatus {
    /// Messages that wait.
    pub waiting: u64,
    /// Messages that were given up.
    pub failed: u64,
    /// When the next one is due; long ago when nothing moves.
    pub next_due: Option<Timestamp>,
    /// What went wrong last, until something goes well.
    pub problem: Option<String>,
    /// Whether letters only go into the log.
    pub only_logs: bool,
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; a queue stays far below 2^52"
)]
pub(super) fn gauges(waiting: u64, failed: u64) {
    metrics::gauge!("accession_mail_waiting").set(waiting as f64);
    metrics::gauge!("accession_mail_failed").set(failed as f64);
}
