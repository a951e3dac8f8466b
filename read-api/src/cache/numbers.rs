//! How the cache does, in counters whose handles are made once.
//!
//! Never looked up by name while a request is answered.

use metrics::Counter;

/// Counters of one cache.
pub(super) struct Numbers {
    hits: Counter,
    misses: Counter,
    raced: Counter,
    aside: Counter,
}

impl Numbers {
    /// Handles of the process's recorder.
    pub(super) fn new() -> Self {
        let reads = |found| metrics::counter!("accession_read_cache_reads_total", "found" => found);
        Self {
            hits: reads("in_memory"),
            misses: reads("in_store"),
            aside: reads("past_the_cache"),
            raced: metrics::counter!("accession_read_cache_raced_fills_total"),
        }
    }

    pub(super) fn hit(&self) {
        self.hits.increment(1);
    }

    pub(super) fn hits(&self, count: usize) {
        self.hits.increment(count as u64);
    }

    pub(super) fn miss(&self) {
        self.misses.increment(1);
    }

    pub(super) fn misses(&self, count: usize) {
        self.misses.increment(count as u64);
    }

    pub(super) fn raced(&self) {
        self.raced.increment(1);
    }

    pub(super) fn aside(&self) {
        self.aside.increment(1);
    }
}
