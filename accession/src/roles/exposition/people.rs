//! What is counted of what is kept about people: who is looked at, and what is swept away.
//!
//! Never by whom or of whom.

use accession_mail::MessageKind;

use super::Counter;
use super::Of::Writer;

/// Counted from zero.
pub(super) const COUNTERS: &[Counter] = &[
    (
        "accession_sign_ins_refused_total",
        Writer,
        Some(("why", &["wrong", "too_many"])),
        "Attempts to sign in with a password that were refused",
    ),
    (
        "accession_swept_total",
        Writer,
        Some(("what", accession_command_api::sweeping::KINDS)),
        "Rows of private tables that had served their time",
    ),
    (
        "accession_sweep_failures_total",
        Writer,
        None,
        "Sweeps of private tables that failed",
    ),
];

/// Counted where somebody looks.
pub(super) const OCCASIONAL: &[(&str, &str)] = &[
    (
        "accession_views_noted_total",
        "Views of personal data that were written down",
    ),
    (
        "accession_views_refused_total",
        "Views of personal data that were refused because they could not be written down",
    ),
];

/// Begins at zero what a writer counts under labels of other crates.
pub(super) fn begin() {
    metrics::counter!("accession_password_checks_refused_total").increment(0);
    metrics::counter!("accession_password_hashes_total").increment(0);
    metrics::counter!("accession_reactions_total", "reaction" => "mails", "outcome" => "done")
        .increment(0);
    metrics::gauge!("accession_reactions_parked", "reaction" => "mails").set(0.0);
    metrics::gauge!("accession_reactions_lag_events", "reaction" => "mails").set(0.0);
    for kind in MessageKind::ALL {
        metrics::counter!("accession_mail_queued_total", "kind" => kind.as_str()).increment(0);
        metrics::counter!("accession_mail_total", "kind" => kind.as_str(), "outcome" => "sent")
            .increment(0);
    }
}
