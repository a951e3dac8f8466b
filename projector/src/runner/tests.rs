//! The runner over a real store, over simulated ones, and its protocol as a model: whatever happens, the documents end as
//! those of an undisturbed replay.

mod determinism;
mod erasure;
mod generations;
mod parking;
mod protocol;
mod simulation;
mod takeover;

use accession_events::values::AuthorityOrder;

use super::erased::Model;
use crate::testing::id;

fn models() -> Vec<Model> {
    crate::all_models(AuthorityOrder::default())
}

/// Every id that random histories use.
fn every_key() -> Vec<String> {
    (100..104)
        .chain(200..205)
        .chain(300..306)
        .chain(500..502)
        .map(id)
        .collect()
}
