//! The names of all keys. What is written in one step shares the hash tag of its lane, so it shares a cluster slot.
//! Never changes without another namespace: a stored key is found only as it was written.

use crate::store::{ModelRef, ReadStoreError};

/// Names keys within one namespace.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    namespace: String,
    pub(super) lanes: u16,
}

impl Layout {
    pub(super) fn new(namespace: &str, lanes: u16) -> Result<Self, ReadStoreError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if namespace.is_empty() || !namespace.bytes().all(allowed) {
            let reason = format!(
                "the namespace {namespace:?} is not made of letters, digits, `-`, `_` and `.`"
            );
            return Err(ReadStoreError::Unusable { reason });
        }
        Ok(Self {
            namespace: namespace.to_owned(),
            lanes: lanes.max(1),
        })
    }

    /// Hash: facts about the whole namespace.
    pub(super) fn registry(&self) -> String {
        format!("{}:{{0}}:registry", self.namespace)
    }

    /// Hash: live generation and fold versions of a model. In lane 0, so that it changes with that lane's feed.
    pub(super) fn model(&self, name: &str) -> String {
        format!("{}:{{0}}:model:{name}", self.namespace)
    }

    /// Hash: what operators keep beside the documents.
    pub(super) fn notes(&self) -> String {
        format!("{}:{{0}}:notes", self.namespace)
    }

    /// Hash: checkpoint and fence of a generation in a lane.
    pub(super) fn checkpoint(&self, model: &ModelRef, lane: u16) -> String {
        self.of_generation("checkpoint", model, lane)
    }

    /// Hash: documents by key. One hash, so that a generation is removed without looking for its keys.
    pub(super) fn documents(&self, model: &ModelRef, lane: u16) -> String {
        self.of_generation("documents", model, lane)
    }

    /// Hash: states by key.
    pub(super) fn states(&self, model: &ModelRef, lane: u16) -> String {
        self.of_generation("states", model, lane)
    }

    /// Sorted set, all scores 0: names of the indexes of a generation, so that they can be walked through in order and
    /// removed with it.
    pub(super) fn names(&self, model: &ModelRef, lane: u16) -> String {
        self.of_generation("names", model, lane)
    }

    /// Set: the same, as earlier versions kept it. Moved to [`Self::names`] when a lane is taken over.
    pub(super) fn unordered_names(&self, model: &ModelRef, lane: u16) -> String {
        self.of_generation("indexes", model, lane)
    }

    /// Sorted set: one index, all scores 0.
    pub(super) fn index(&self, model: &ModelRef, lane: u16, index: &str) -> String {
        format!("{}:{index}", self.of_generation("index", model, lane))
    }

    /// Hash: which life the change feed of a lane is in, its newest number, its bytes.
    pub(super) fn feed(&self, lane: u16) -> String {
        format!("{}:{{{lane}}}:feed", self.namespace)
    }

    /// Stream: the change feed of a lane.
    pub(super) fn changes(&self, lane: u16) -> String {
        format!("{}:{{{lane}}}:changes", self.namespace)
    }

    /// List: sizes of the kept entries of the change feed.
    pub(super) fn sizes(&self, lane: u16) -> String {
        format!("{}:{{{lane}}}:sizes", self.namespace)
    }

    fn of_generation(&self, what: &str, model: &ModelRef, lane: u16) -> String {
        format!(
            "{}:{{{lane}}}:{what}:{}:{}",
            self.namespace, model.name, model.generation
        )
    }
}
