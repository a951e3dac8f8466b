//! Two defects on purpose, so that the fault rig can show that it would find them. The variable `SABOTAGE` chooses one.
//!
//! Never part of a program that anybody runs: a build with optimisations refuses this feature.

mod early_acknowledgement;
mod torn_checkpoint;

use std::sync::Arc;

use accession_event_log::LogStore;
use accession_read_store::ReadStore;

use early_acknowledgement::EarlyAcknowledgement;
use torn_checkpoint::TornCheckpoint;

#[cfg(not(debug_assertions))]
compile_error!(
    "the feature `sabotage` breaks the product on purpose and is refused in a release build"
);

const VARIABLE: &str = "SABOTAGE";

/// The log, acknowledging before it commits when that was chosen.
pub(crate) fn log(store: Arc<dyn LogStore>) -> Arc<dyn LogStore> {
    if chosen("early-acknowledgement") {
        Arc::new(EarlyAcknowledgement::over(store))
    } else {
        store
    }
}

/// The read store, writing checkpoints apart from their documents when that was chosen.
pub(crate) fn read_store(store: Arc<dyn ReadStore>) -> Arc<dyn ReadStore> {
    if chosen("torn-checkpoint") {
        Arc::new(TornCheckpoint::over(store))
    } else {
        store
    }
}

fn chosen(defect: &str) -> bool {
    std::env::var(VARIABLE).is_ok_and(|found| found == defect)
}
