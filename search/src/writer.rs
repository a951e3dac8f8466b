//! Writes entries and, in the same atomic step, how far they reach.
//!
//! Never decides what is indexed, and is the only one who opens the index for writing.

use tantivy::{Index, Term};

use crate::document::document;
use crate::entry::{Entry, EntryKind};
use crate::error::SearchError;
use crate::index::SearchIndex;
use crate::queue::{Queue, Queued};
use crate::schema::Fields;

/// The writer of an index.
pub struct IndexWriter {
    inner: tantivy::IndexWriter<Queued>,
    queue: Queue,
    shown: SearchIndex,
    fields: Fields,
}

impl IndexWriter {
    pub(crate) fn new(
        index: &Index,
        shown: SearchIndex,
        fields: Fields,
        budget: usize,
    ) -> Result<Self, SearchError> {
        let inner = index.writer_with_num_threads(1, budget.max(16_000_000))?;
        let mut policy = tantivy::merge_policy::LogMergePolicy::default();
        policy.set_min_num_segments(4);
        inner.set_merge_policy(Box::new(policy));
        Ok(Self {
            inner,
            queue: Queue::default(),
            shown,
            fields,
        })
    }

    /// Puts an entry in the place of what was known of it; it can be found after the next commit.
    pub fn put(&mut self, entry: &Entry) -> Result<(), SearchError> {
        self.remove(entry.what, entry.id);
        self.add(entry)
    }

    /// Adds an entry that is known to be new; twice added, it is found twice.
    pub fn add(&mut self, entry: &Entry) -> Result<(), SearchError> {
        let document = self.queue.take(document(self.fields, entry));
        self.inner.add_document(document)?;
        Ok(())
    }

    /// Takes an entry out; with a title, what is a part of it.
    pub fn remove(&mut self, what: EntryKind, id: u128) {
        let parts = (what == EntryKind::Title).then(|| parts_of(id));
        for name in std::iter::once(name_of(what, id)).chain(parts) {
            let name = Term::from_field_text(self.fields.name, &name);
            self.inner.delete_term(name);
        }
    }

    /// Takes everything out.
    pub fn clear(&mut self) -> Result<(), SearchError> {
        self.inner.delete_all_documents()?;
        Ok(())
    }

    /// Makes everything so far durable and visible, together with how far it reaches.
    pub fn commit(&mut self, checkpoint: &str) -> Result<(), SearchError> {
        let mut prepared = self.inner.prepare_commit()?;
        prepared.set_payload(checkpoint);
        prepared.commit()?;
        self.shown.refresh()?;
        Ok(())
    }

    /// Forgets everything since the last commit.
    pub fn rollback(&mut self) -> Result<(), SearchError> {
        self.inner.rollback()?;
        Ok(())
    }

    /// Waits for merges under way and closes the writer.
    pub fn close(self) -> Result<(), SearchError> {
        let Self { inner, shown, .. } = self;
        inner.wait_merging_threads()?;
        shown.refresh()
    }

    /// Closes the writer and makes one segment of all, which searches fastest; meant for after a bootstrap.
    pub fn close_merged(self, index: &SearchIndex) -> Result<(), SearchError> {
        self.close()?;
        if index.pieces() < 2 {
            return Ok(());
        }
        // Merges of the writer's own would race with this one, so it is done by a writer that never merges.
        let mut quiet = index.writer(0)?;
        let never = tantivy::merge_policy::NoMergePolicy;
        quiet.inner.set_merge_policy(Box::new(never));
        let segments = quiet.inner.index().searchable_segment_ids()?;
        if segments.len() > 1 {
            quiet.inner.merge(&segments).wait()?;
        }
        quiet.close()
    }
}

/// The term by which what is a part of a title goes with it.
pub(crate) fn parts_of(title: u128) -> String {
    format!("of/{title:032x}")
}

/// The term by which an entry is replaced.
pub(crate) fn name_of(what: EntryKind, id: u128) -> String {
    format!("{}/{id:032x}", what.as_str())
}
