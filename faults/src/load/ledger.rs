//! The ledger: every command that was sent, and what its sender was told.
//!
//! It believes the sender and nobody else; the log is compared with it afterwards.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// More findings than this say nothing new.
const ENOUGH: usize = 12;

/// What a sender knows of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Not known: sent, and no answer so far, or one that tells nothing. It may have been written once.
    Unknown,
    /// Refused: it must not have been written.
    Refused,
    /// Acknowledged.
    Done {
        /// The stream's aggregate id.
        id: String,
        /// Version of the stream after it.
        version: u64,
        /// Its place in the log; none for an item of a batch, which is told the batch's last place.
        position: Option<u64>,
    },
}

/// One event that a command should have written.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) worker: u64,
    /// Name of the event's type.
    pub(crate) event: &'static str,
    /// The stream's aggregate id when it was known beforehand.
    pub(crate) id: Option<String>,
    /// Text that stands in this event's payload and in no other's.
    pub(crate) marker: Option<String>,
    pub(crate) outcome: Outcome,
}

/// Everything that was sent, and everything that should not have been seen.
#[derive(Debug)]
pub(crate) struct Ledger {
    entries: Mutex<Vec<Entry>>,
    findings: Mutex<Vec<String>>,
    acknowledged: watch::Sender<usize>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            entries: Mutex::default(),
            findings: Mutex::default(),
            acknowledged: watch::Sender::new(0),
        }
    }
}

impl Ledger {
    /// Notes a command before it is sent; returns its number.
    pub(crate) fn open(&self, entry: Entry) -> usize {
        let mut entries = lock(&self.entries);
        entries.push(entry);
        entries.len() - 1
    }

    /// Notes what became of it.
    pub(crate) fn close(&self, number: usize, outcome: Outcome) {
        let done = matches!(outcome, Outcome::Done { .. });
        if let Some(entry) = lock(&self.entries).get_mut(number) {
            entry.outcome = outcome;
        }
        if done {
            self.acknowledged.send_modify(|count| *count += 1);
        }
    }

    /// Notes what should not have been seen.
    pub(crate) fn find(&self, finding: String) {
        let mut findings = lock(&self.findings);
        if findings.len() < ENOUGH {
            findings.push(finding);
        }
    }

    /// How many commands are acknowledged.
    pub(crate) fn acknowledged(&self) -> usize {
        *self.acknowledged.borrow()
    }

    /// The same, now and later.
    pub(crate) fn changes(&self) -> watch::Receiver<usize> {
        self.acknowledged.subscribe()
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        lock(&self.entries).clone()
    }

    pub(crate) fn findings(&self) -> Vec<String> {
        lock(&self.findings).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
