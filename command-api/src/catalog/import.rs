//! Import batches: many records decided in memory and written in one go.
//!
//! Each item stands for itself: one that cannot be read or has to be refused never holds up the others.

pub mod batch;
pub mod editions;
pub mod episodes;
pub mod foresight;
pub mod item;
pub mod sources;
pub mod table;
pub mod titles;

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::rejections::RejectionLog;

/// What all batches share. Cheap to clone.
#[derive(Clone)]
pub struct Importing {
    places: Arc<Semaphore>,
    rejections: Arc<dyn RejectionLog>,
}

impl Importing {
    /// Lets this many batches be under way at the same time; beyond it, importers are told to wait.
    #[must_use]
    pub fn new(in_flight: usize, rejections: Arc<dyn RejectionLog>) -> Self {
        Self {
            places: Arc::new(Semaphore::new(in_flight.clamp(1, Semaphore::MAX_PERMITS))),
            rejections,
        }
    }

    /// A place for a batch, unless all are taken; it is free again when the permit is dropped.
    #[must_use]
    pub fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// Where rejected items are noted.
    #[must_use]
    pub fn rejections(&self) -> &dyn RejectionLog {
        &*self.rejections
    }
}
