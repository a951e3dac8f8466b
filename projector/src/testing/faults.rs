//! A read store that fails now and then, before or after it did what it was asked.
//!
//! It never fails on its own account: what it passes on is the real store's answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use accession_read_store::{
    ChangeCursor, ChangeRead, Commit, DifferingPage, Document, DocumentPage, IndexEntry,
    IndexRange, LaneCheckpoint, ListedEntry, ModelInfo, ModelRef, ReadStore, ReadStoreError,
};
use async_trait::async_trait;
use bytes::Bytes;

/// A store with trouble: about one of `every` calls that matter fails, before or after the work is done, without a
/// rhythm that a projector could fall into.
pub(crate) struct FaultyStore<S> {
    store: Arc<S>,
    every: u64,
    calls: AtomicU64,
}

impl<S: ReadStore> FaultyStore<S> {
    pub(crate) fn new(store: Arc<S>, every: u64) -> Self {
        Self {
            store,
            every,
            calls: AtomicU64::new(0),
        }
    }

    /// Whether this call fails, and whether before the work.
    fn fault(&self) -> Option<bool> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let dice = call.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        dice.is_multiple_of(self.every)
            .then_some((dice / self.every).is_multiple_of(2))
    }

    async fn passed<T>(
        &self,
        work: impl Future<Output = Result<T, ReadStoreError>>,
    ) -> Result<T, ReadStoreError> {
        let broken = || ReadStoreError::Unavailable {
            reason: "the test cut the line".into(),
        };
        match self.fault() {
            None => work.await,
            Some(true) => Err(broken()),
            Some(false) => {
                work.await?;
                Err(broken())
            }
        }
    }
}

#[async_trait]
impl<S: ReadStore> ReadStore for FaultyStore<S> {
    async fn check(&self) -> Result<(), ReadStoreError> {
        self.passed(self.store.check()).await
    }

    async fn register(&self, model: &ModelRef, fold_version: &str) -> Result<(), ReadStoreError> {
        self.store.register(model, fold_version).await
    }

    async fn model(&self, name: &str) -> Result<ModelInfo, ReadStoreError> {
        self.store.model(name).await
    }

    async fn promote(&self, model: &ModelRef) -> Result<(), ReadStoreError> {
        self.passed(self.store.promote(model)).await
    }

    async fn promote_behind(&self, model: &ModelRef) -> Result<(), ReadStoreError> {
        self.store.promote_behind(model).await
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
        self.passed(self.store.states(model, lane, keys)).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), ReadStoreError> {
        self.passed(self.store.commit(commit)).await
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
