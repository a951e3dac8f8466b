//! What `/metrics` shows: each metric's explanation, and zeros for what has not happened yet, so that a rule about it
//! works from the first scrape.
//!
//! Every name here is a line of the table in `docs/operating.md`; a test compares the two with what is shown.

mod people;
mod searching;

use crate::settings::Role;

/// Which roles show a metric.
#[derive(Clone, Copy)]
enum Of {
    Writer,
    Projector,
    Reader,
}

use Of::{Projector, Reader, Writer};

impl Of {
    fn is_played_by(self, role: Role) -> bool {
        match self {
            Writer => role.writes(),
            Projector => role.projects(),
            Reader => role.reads(),
        }
    }
}

/// Counters: name, who shows it, the label with its values (none: no label), explanation.
type Counter = (
    &'static str,
    Of,
    Option<(&'static str, &'static [&'static str])>,
    &'static str,
);

const OUTCOMES: &[&str] = &["committed", "conflict", "claimed", "replayed", "key_reused"];
const KINDS: &[&str] = &[
    "transient",
    "overloaded",
    "ambiguous",
    "corrupt",
    "permanent",
];

const COUNTERS: &[Counter] = &[
    (
        "accession_log_appends_total",
        Writer,
        Some(("outcome", OUTCOMES)),
        "Appends that the log answered",
    ),
    (
        "accession_log_append_errors_total",
        Writer,
        Some(("kind", KINDS)),
        "Submissions of appends that failed",
    ),
    (
        "accession_log_overloaded_total",
        Writer,
        None,
        "Submissions turned away because the queue was full",
    ),
    (
        "accession_log_conflicts_total",
        Writer,
        None,
        "Commands decided again because somebody was faster",
    ),
    (
        "accession_log_lost_commits_total",
        Writer,
        None,
        "Connections lost during a commit, whose outcome was looked up",
    ),
    (
        "accession_sealing_failures_total",
        Writer,
        None,
        "Attempts to seal the log that failed",
    ),
    (
        "accession_checkpoint_outlet_failures_total",
        Writer,
        None,
        "Attempts to take a checkpoint out of the log that failed",
    ),
    (
        "accession_projector_events_total",
        Projector,
        None,
        "Events taken into documents, once a lane",
    ),
    (
        "accession_feed_holes_total",
        Projector,
        None,
        "Holes in what the bus delivered, filled from the log",
    ),
    (
        "accession_read_cache_raced_fills_total",
        Reader,
        None,
        "Documents not kept because they changed while they were fetched",
    ),
    (
        "accession_read_cache_reads_total",
        Reader,
        Some(("found", &["in_memory", "in_store", "past_the_cache"])),
        "Documents asked for",
    ),
];

/// Gauges and histograms: name and explanation.
const MEASURED: &[(&str, &str)] = &[
    (
        "accession_log_append_seconds",
        "From submission to answer, queue included",
    ),
    ("accession_log_batch_seconds", "One call of the store"),
    ("accession_log_batch_appends", "Appends in one call"),
    ("accession_log_batch_events", "Events in one call"),
    ("accession_log_queue_depth", "Appends that wait"),
    ("accession_log_queue_capacity", "Appends that may wait"),
    ("accession_log_position", "The log's newest position"),
    (
        "accession_relay_active",
        "1 while this process publishes to the bus",
    ),
    ("accession_relay_position", "The newest position on the bus"),
    ("accession_relay_lag_events", "Events not on the bus yet"),
    (
        "accession_relay_lag_seconds",
        "Age of the oldest event not acknowledged by the bus",
    ),
    ("accession_feed_on_bus", "1 while the bus delivers"),
    (
        "accession_projector_position",
        "Last event in the documents",
    ),
    (
        "accession_projector_lag_events",
        "Events known and not in the documents",
    ),
    (
        "accession_projector_lag_seconds",
        "Age of the oldest event not in the documents",
    ),
    ("accession_projector_live", "1 when readers are sent to it"),
    (
        "accession_projector_parked_keys",
        "Keys that stand still because an event could not be folded",
    ),
    (
        "accession_rebuild_position",
        "Last event in the generation that is built or held",
    ),
    (
        "accession_rebuild_lag_events",
        "Events not in the generation that is built or held",
    ),
    (
        "accession_projector_commit_seconds",
        "One commit of documents",
    ),
    (
        "accession_log_sealed_position",
        "The last position that a signed checkpoint covers",
    ),
    ("accession_read_position", "Position that reads contain"),
    (
        "accession_read_feed_followed",
        "1 while the change feed of documents is followed",
    ),
    ("accession_read_cache_bytes", "Bytes of hot documents"),
    ("accession_read_cache_documents", "Hot documents"),
    (
        "accession_http_request_seconds",
        "From the request to the answer's head",
    ),
    (
        "accession_part_condition",
        "0 ok, 1 degraded, 2 down, as in /health/status",
    ),
    (
        "accession_data_dir_free_bytes",
        "Free space below the data directory",
    ),
    (
        "accession_data_dir_size_bytes",
        "Size of the file system below the data directory",
    ),
    (
        "process_resident_memory_bytes",
        "Memory that this process holds",
    ),
    ("accession_info", "Always 1; the labels tell what runs"),
];

/// Counters that only some set-ups have: explained, and shown once they count.
const OCCASIONAL: &[(&str, &str)] = &[
    (
        "accession_relay_published_total",
        "Events acknowledged by the bus",
    ),
    (
        "accession_relay_restarts_total",
        "Sessions of the relay that ended",
    ),
    (
        "accession_relay_foreign_streams_total",
        "Streams found to hold another log, and emptied",
    ),
    (
        "accession_feed_events_total",
        "Events that the projector's feeds delivered",
    ),
    (
        "accession_store_errors_total",
        "Errors that stores answered with",
    ),
    (
        "accession_throttled_total",
        "Requests that were one too many, by limit",
    ),
    (
        "accession_limiter_fallbacks_total",
        "Calls that were counted in this process because Redis was away",
    ),
];

/// Explains all metrics, and begins those that this role counts at zero.
pub(super) fn register(role: Role) {
    for (name, help) in MEASURED.iter().chain(searching::MEASURED) {
        // One explanation serves either kind.
        metrics::describe_gauge!(*name, *help);
        metrics::describe_histogram!(*name, *help);
    }
    for (name, help) in OCCASIONAL.iter().chain(people::OCCASIONAL) {
        metrics::describe_counter!(*name, *help);
    }
    let counters = COUNTERS.iter().chain(people::COUNTERS);
    for (name, of, label, help) in counters.chain(searching::COUNTERS) {
        metrics::describe_counter!(*name, *help);
        if !of.is_played_by(role) {
            continue;
        }
        match label {
            Some((label, values)) => {
                for value in *values {
                    metrics::counter!(*name, *label => *value).increment(0);
                }
            }
            None => metrics::counter!(*name).increment(0),
        }
    }
    if role.writes() {
        people::begin();
    }
    let labels = [
        ("version", env!("CARGO_PKG_VERSION")),
        ("role", role.name()),
    ];
    metrics::gauge!("accession_info", &labels).set(1.0);
}

/// Begins the counters of a relay at zero.
pub(super) fn register_relay() {
    metrics::counter!("accession_relay_published_total").increment(0);
    metrics::counter!("accession_relay_foreign_streams_total").increment(0);
}

/// Notes how much memory the process holds, where the system tells.
pub(super) fn note_memory() {
    let pages = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split_whitespace().nth(1)?.parse::<u32>().ok());
    if let Some(pages) = pages {
        let page = u32::try_from(rustix::param::page_size()).unwrap_or(4096);
        metrics::gauge!("process_resident_memory_bytes").set(f64::from(pages) * f64::from(page));
    }
}
