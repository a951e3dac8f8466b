//! What is counted of what is kept about people: who is looked at, and what is swept away.
//!
//! Never by whom or of whom.

use super::Counter;
use super::Of::Writer;

/// Counted from zero.
pub(super) const COUNTERS: &[Counter] = &[
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
