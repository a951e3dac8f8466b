//! Which generations are kept beside those that readers are sent to: a list that grows and shrinks while they are built.
//!
//! It only says what is wanted; the lanes look at it whenever they ask the store where everything stands.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use accession_read_store::Generation;

/// The generations that a projector keeps beside the live ones, one a model. Clones are the same list.
#[derive(Debug, Clone, Default)]
pub struct Besides(Arc<Mutex<BTreeMap<String, Generation>>>);

impl Besides {
    /// Wants this generation of a model kept, in place of any other one.
    pub fn add(&self, model: &str, generation: Generation) {
        self.lock().insert(model.to_owned(), generation);
    }

    /// Wants none of a model kept any more; whether one was.
    #[must_use]
    pub fn remove(&self, model: &str) -> bool {
        self.lock().remove(model).is_some()
    }

    /// The generation of a model that is wanted.
    #[must_use]
    pub fn of(&self, model: &str) -> Option<Generation> {
        self.lock().get(model).copied()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Generation>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
