//! A read store that writes a checkpoint first and its documents a moment later: the second defect.
//!
//! Without a crash the documents are soon there; whoever reads or dies in between sees what never was.

use std::sync::Arc;
use std::time::Duration;

use accession_read_store::{
    ChangeCursor, ChangeRead, Commit, DifferingPage, Document, DocumentPage, IndexEntry,
    IndexRange, LaneCheckpoint, ListedEntry, ModelInfo, ModelRef, ReadStore, ReadStoreError,
};
use async_trait::async_trait;
use axum::body::Bytes;

/// How long a checkpoint stands alone.
const LATE: Duration = Duration::from_millis(100);

pub(super) struct TornCheckpoint {
    store: Arc<dyn ReadStore>,
}

impl TornCheckpoint {
    pub(super) fn over(store: Arc<dyn ReadStore>) -> Self {
        Self { store }
    }
}

#[async_trait]
impl ReadStore for TornCheckpoint {
    async fn commit(&self, commit: Commit) -> Result<(), ReadStoreError> {
        let mut checkpoints = commit.clone();
        let mut documents = commit;
        for step in &mut checkpoints.steps {
            step.documents.clear();
        }
        for step in &mut documents.steps {
            step.expected = step.next;
        }
        self.store.commit(checkpoints).await?;
        tokio::time::sleep(LATE).await;
        self.store.commit(documents).await
    }

    async fn check(&self) -> Result<(), ReadStoreError> {
        self.store.check().await
    }

    async fn register(&self, model: &ModelRef, fold_version: &str) -> Result<(), ReadStoreError> {
        self.store.register(model, fold_version).await
    }

    async fn model(&self, name: &str) -> Result<ModelInfo, ReadStoreError> {
        self.store.model(name).await
    }

    async fn promote(&self, model: &ModelRef) -> Result<(), ReadStoreError> {
        self.store.promote(model).await
    }

    async fn promote_behind(&self, model: &ModelRef) -> Result<(), ReadStoreError> {
        self.store.promote_behind(model).await
    }

    async fn count_below(
        &self,
        model: &ModelRef,
        index: &str,
        below: &str,
    ) -> Result<u64, ReadStoreError> {
        self.store.count_below(model, index, below).await
    }

    async fn walk(
        &self,
        model: &ModelRef,
        lane: u16,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DocumentPage, ReadStoreError> {
        self.store.walk(model, lane, after, limit).await
    }

    async fn entries(
        &self,
        model: &ModelRef,
        after: Option<&IndexEntry>,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, ReadStoreError> {
        self.store.entries(model, after, limit).await
    }

    async fn differing(
        &self,
        one: &ModelRef,
        other: &ModelRef,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DifferingPage, ReadStoreError> {
        self.store.differing(one, other, after, limit).await
    }

    async fn note(&self, name: &str) -> Result<Option<Bytes>, ReadStoreError> {
        self.store.note(name).await
    }

    async fn replace_note(
        &self,
        name: &str,
        expected: Option<&Bytes>,
        new: Option<&Bytes>,
    ) -> Result<bool, ReadStoreError> {
        self.store.replace_note(name, expected, new).await
    }

    async fn drop_generation(&self, model: &ModelRef) -> Result<(), ReadStoreError> {
        self.store.drop_generation(model).await
    }

    async fn take_over(
        &self,
        model: &ModelRef,
        lane: u16,
    ) -> Result<LaneCheckpoint, ReadStoreError> {
        self.store.take_over(model, lane).await
    }

    async fn checkpoint(
        &self,
        model: &ModelRef,
        lane: u16,
    ) -> Result<LaneCheckpoint, ReadStoreError> {
        self.store.checkpoint(model, lane).await
    }

    async fn states(
        &self,
        model: &ModelRef,
        lane: u16,
        keys: &[String],
    ) -> Result<Vec<Option<Bytes>>, ReadStoreError> {
        self.store.states(model, lane, keys).await
    }

    async fn document(
        &self,
        model: &ModelRef,
        key: &str,
    ) -> Result<Option<Document>, ReadStoreError> {
        self.store.document(model, key).await
    }

    async fn documents(
        &self,
        model: &ModelRef,
        keys: &[String],
    ) -> Result<Vec<Option<Document>>, ReadStoreError> {
        self.store.documents(model, keys).await
    }

    async fn scan(
        &self,
        model: &ModelRef,
        range: &IndexRange,
    ) -> Result<Vec<ListedEntry>, ReadStoreError> {
        self.store.scan(model, range).await
    }

    async fn newest_change(&self, lane: u16) -> Result<ChangeCursor, ReadStoreError> {
        self.store.newest_change(lane).await
    }

    async fn changes(
        &self,
        lane: u16,
        after: &ChangeCursor,
        max: usize,
        patience: Duration,
    ) -> Result<ChangeRead, ReadStoreError> {
        self.store.changes(lane, after, max, patience).await
    }
}
