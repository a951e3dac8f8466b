//! The compressed forms of one body, each made when somebody first asks for it, and kept as long as the body is.
//!
//! Never invalidated by themselves: a changed document is another value, and has none yet.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::{Held, HotDocuments, Shape};
use crate::compressing::Encoding;

/// Compressed forms by encoding.
#[derive(Debug, Default)]
pub(crate) struct Packed([OnceLock<Bytes>; Encoding::COUNT]);

impl Packed {
    fn form(&self, encoding: Encoding) -> Option<&OnceLock<Bytes>> {
        self.0.get(encoding.place())
    }
}

/// A body that an answer sends and that may be in memory: where its compressed forms are, and where they count.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    held: Arc<Held>,
    part: Part,
}

/// What is sent of a document.
#[derive(Debug, Clone)]
enum Part {
    /// All of it.
    Document,
    /// A shape of it.
    Shape {
        shape: Shape,
        body: Bytes,
        packed: Arc<Packed>,
    },
}

impl Kept {
    /// A document.
    pub(crate) fn document(held: &Arc<Held>) -> Self {
        Self {
            held: Arc::clone(held),
            part: Part::Document,
        }
    }

    /// A shape of a document.
    pub(super) fn shape(shape: Shape, held: &Arc<Held>, body: Bytes, packed: Arc<Packed>) -> Self {
        Self {
            held: Arc::clone(held),
            part: Part::Shape {
                shape,
                body,
                packed,
            },
        }
    }

    /// The plain bytes.
    pub(crate) fn body(&self) -> &Bytes {
        match &self.part {
            Part::Document => &self.held.body,
            Part::Shape { body, .. } => body,
        }
    }

    /// The document.
    pub(crate) fn held(&self) -> &Held {
        &self.held
    }

    fn packed(&self) -> &Packed {
        match &self.part {
            Part::Document => &self.held.packed,
            Part::Shape { packed, .. } => packed,
        }
    }

    /// The compressed form, if somebody asked for it before.
    pub(crate) fn form(&self, encoding: Encoding) -> Option<Bytes> {
        self.packed().form(encoding)?.get().cloned()
    }
}

impl HotDocuments {
    /// Keeps a compressed form beside its body, and counts it against the same bound.
    pub(crate) fn keep_form(&self, kept: &Kept, encoding: Encoding, form: Bytes) {
        let bytes = form.len();
        let first = kept
            .packed()
            .form(encoding)
            .is_some_and(|place| place.set(form).is_ok());
        if !first {
            return;
        }
        let Held { model, key, id, .. } = kept.held();
        match &kept.part {
            Part::Document => self.shard(key).grown(*model, key, *id, bytes),
            Part::Shape { shape, .. } => self.shape_grown(*shape, key, *id, bytes),
        }
    }
}
