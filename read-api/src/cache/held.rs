//! A document in memory, with all that an answer needs already written.
//!
//! Never changes: another version of a document is another value with another id.

use std::any::Any;
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use accession_events::Position;
use accession_read_store::{Document, Generation};
use bytes::Bytes;
use http::HeaderValue;
use serde::Deserialize;

use super::packed::Packed;
use crate::models::Model;

/// What an entry costs beside its bytes: headers, map slot, queue place, allocations. Measured, rounded up.
const OVERHEAD: usize = 400;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A document as it was read once.
#[derive(Debug)]
pub(crate) struct Held {
    /// No other value of this process has it: what was made from this document names it.
    pub(crate) id: u64,
    /// The model that it is a document of.
    pub(super) model: Model,
    /// Its key in the store.
    pub(crate) key: Box<str>,
    /// The JSON bytes to send.
    pub(crate) body: Bytes,
    /// Its compressed forms.
    pub(super) packed: Packed,
    /// `"g<generation>-<position>-<hash of the body>"`.
    pub(crate) etag: HeaderValue,
    /// Position of the last event that touched it.
    pub(crate) position: Position,
    /// Only for curators.
    pub(crate) hidden: bool,
    /// The title that decides whether an edition, an episode or a trail is shown; none where there is none.
    pub(crate) title_id: Option<Box<str>>,
    /// Where the page of a merged title, or a merged edition, leads.
    pub(crate) merged: Option<Merged>,
    /// What its one reader inside the process made of the body.
    made: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl Held {
    /// A document of this model and generation.
    pub(crate) fn of(model: Model, generation: Generation, key: &str, document: Document) -> Self {
        Self {
            model,
            key: key.into(),
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            etag: etag(generation, document.position, &document.body),
            position: document.position,
            hidden: document.hidden,
            title_id: title_of(model, &document.body),
            merged: merged(model, &document),
            body: document.body,
            packed: Packed::default(),
            made: OnceLock::new(),
        }
    }

    /// What was made of the body, at most once while the document is kept; none when something else was made of it.
    pub(crate) fn made<T: Send + Sync + 'static>(
        &self,
        make: impl FnOnce(&[u8]) -> T,
    ) -> Option<Arc<T>> {
        let kept = self
            .made
            .get_or_init(|| Arc::new(make(&self.body)) as Arc<dyn Any + Send + Sync>);
        Arc::clone(kept).downcast().ok()
    }

    /// Bytes that it takes while it is kept, without its compressed forms.
    pub(crate) fn weight(&self) -> usize {
        self.body.len() + self.key.len() * 2 + OVERHEAD
    }
}

/// The hash tells bodies apart that another fold made of the same events: a store that was wiped begins again with
/// generation 1.
fn etag(generation: Generation, position: Position, body: &[u8]) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    hasher.write(body);
    let hash = hasher.finish();
    HeaderValue::from_str(&format!("\"g{generation}-{position}-{hash:016x}\""))
        .unwrap_or(HeaderValue::from_static("\"\""))
}

/// Where a merged title or edition leads.
#[derive(Debug, Deserialize)]
pub(crate) struct Merged {
    /// What stands for it.
    #[serde(rename = "merged_into")]
    pub(crate) into: Box<str>,
    /// Whether readers saw it before it was merged: a title says that it was.
    #[serde(default = "yes")]
    active: bool,
    /// The same, as an edition says that it was not.
    #[serde(default)]
    withdrawn: bool,
}

impl Merged {
    /// Whether readers saw it before it was merged.
    pub(crate) const fn was_shown(&self) -> bool {
        self.active && !self.withdrawn
    }
}

const fn yes() -> bool {
    true
}

/// Readers do not see what was merged, so that nothing that they see is looked into for this.
fn merged(model: Model, document: &Document) -> Option<Merged> {
    let may_be = matches!(model, Model::TitlePage | Model::Edition) && document.hidden;
    may_be.then(|| serde_json::from_slice(&document.body).ok())?
}

/// The only other field of a body that this side ever reads for itself.
#[derive(Deserialize)]
struct OfTitle {
    title_id: Option<Box<str>>,
}

fn title_of(model: Model, body: &[u8]) -> Option<Box<str>> {
    match model {
        Model::Episode | Model::Edition | Model::ProvenanceTrail => {
            serde_json::from_slice::<OfTitle>(body).ok()?.title_id
        }
        Model::TitlePage
        | Model::TitleCard
        | Model::ImportRun
        | Model::History
        | Model::Standing
        | Model::OpenSessions
        | Model::SecurityAudit
        | Model::Account
        | Model::Library
        | Model::Member
        | Model::Invitation
        | Model::LibraryActivity
        | Model::Places
        | Model::Shelf
        | Model::Copy
        | Model::CopyStory
        | Model::HoldingsTally
        | Model::Stocktaking
        | Model::Loan
        | Model::Availability
        | Model::Patron
        | Model::LendingPolicy => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(generation: u32, position: u64, body: &'static [u8]) -> HeaderValue {
        let document = Document {
            body: Bytes::from_static(body),
            position: Position::new(position),
            hidden: false,
        };
        let generation = Generation(generation);
        Held::of(Model::TitleCard, generation, "a", document).etag
    }

    #[test]
    fn a_body_that_another_fold_made_of_the_same_events_has_another_tag() {
        assert_eq!(tag(1, 7, b"{}"), tag(1, 7, b"{}"));
        assert_ne!(tag(1, 7, b"{}"), tag(1, 7, b"{ }"));
        assert_ne!(tag(1, 7, b"{}"), tag(1, 8, b"{}"));
        assert_ne!(tag(1, 7, b"{}"), tag(2, 7, b"{}"));
    }
}
