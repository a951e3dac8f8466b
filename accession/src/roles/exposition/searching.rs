//! What is counted and measured of the search index of a process.
//!
//! Never what anybody searched for.

use super::Counter;
use super::Of::Reader;

/// What a process keeps an index of each of.
const INDEXES: &[&str] = &["titles", "copies"];

/// Counted from zero.
pub(super) const COUNTERS: &[Counter] = &[
    (
        "accession_search_filled_total",
        Reader,
        Some(("index", INDEXES)),
        "Search indexes filled from the documents",
    ),
    (
        "accession_search_resumed_total",
        Reader,
        Some(("index", INDEXES)),
        "Starts that went on with the search index of the process before",
    ),
];

/// Gauges.
pub(super) const MEASURED: &[(&str, &str)] = &[
    (
        "accession_search_position",
        "Position that the search index contains",
    ),
    ("accession_search_entries", "Entries that can be found"),
    (
        "accession_search_lag_events",
        "Events in the documents and not in the search index",
    ),
    (
        "accession_search_lag_seconds",
        "Since the search index last contained all that was known",
    ),
    (
        "accession_search_building",
        "1 while a search index is filled from the documents",
    ),
];
