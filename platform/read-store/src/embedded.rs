//! The read store in a directory of one process, for a server with nothing to install.
//! Never shared between processes and never synced to the disk: what a crash takes is replayed from the log.

mod commit;
mod comparing;
mod dropping;
mod failure;
mod feed;
mod keys;
mod opening;
mod options;
mod pressure;
mod reading;
mod record;
mod registry;
mod tables;
mod walking;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::changes::{ChangeCursor, ChangeRead};
use crate::commit::{Commit, IndexEntry};
use crate::one_thread::OneThread;
use crate::store::{
    DifferingPage, Document, DocumentPage, IndexRange, LaneCheckpoint, ListedEntry, ModelInfo,
    ModelRef, ReadStore, ReadStoreError,
};
use crate::validity;
use opening::Opening;
pub use options::EmbeddedOptions;
use registry::Behind;
use tables::Tables;

/// Reading more keys than this at once is moved off the threads that serve requests.
const READ_INLINE: usize = 256;

/// The embedded read store. Clones share it.
#[derive(Clone)]
pub struct EmbeddedStore {
    opening: Arc<Opening>,
    /// Where steps are written: one after the other in any case.
    writer: Arc<OneThread>,
}

impl EmbeddedStore {
    /// Opens a directory with the default options, making it when it is missing. Blocks while it recovers.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, ReadStoreError> {
        Self::open_with(&EmbeddedOptions::new(directory))
    }

    /// Opens a directory. Refuses one that another process holds, or that was made with another number of lanes.
    pub fn open_with(options: &EmbeddedOptions) -> Result<Self, ReadStoreError> {
        Ok(Self {
            opening: Arc::new(Opening::new(options)?),
            writer: Arc::new(OneThread::named("read-store")),
        })
    }

    /// Work on the tables; trouble with them is noted.
    fn on_tables<T>(
        &self,
        work: impl FnOnce(&Tables) -> Result<T, ReadStoreError> + Send + 'static,
    ) -> impl FnOnce() -> Result<T, ReadStoreError> + Send + 'static {
        let opening = Arc::clone(&self.opening);
        move || {
            let tables = opening.tables()?;
            work(&tables).inspect_err(|error| opening.note(&tables, error))
        }
    }

    /// Runs work that may wait for the disk where it holds up no request.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tables) -> Result<T, ReadStoreError> + Send + 'static,
    ) -> Result<T, ReadStoreError> {
        let done = tokio::task::spawn_blocking(self.on_tables(work)).await;
        done.unwrap_or_else(|error| Err(failure::thread_ended(&error)))
    }

    /// Runs work after all that was brought to the writer before it.
    async fn in_order<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tables) -> Result<T, ReadStoreError> + Send + 'static,
    ) -> Result<T, ReadStoreError> {
        let done = self.writer.run(self.on_tables(work)).await;
        done.unwrap_or_else(|error| Err(failure::writer_ended(error)))
    }

    /// The tables, which are mostly at hand.
    async fn tables(&self) -> Result<Arc<Tables>, ReadStoreError> {
        if let Some(tables) = self.opening.at_hand() {
            return Ok(tables);
        }
        let opening = Arc::clone(&self.opening);
        let opened = tokio::task::spawn_blocking(move || opening.tables()).await;
        opened.unwrap_or_else(|error| Err(failure::thread_ended(&error)))
    }
}

#[async_trait]
impl ReadStore for EmbeddedStore {
    async fn check(&self) -> Result<(), ReadStoreError> {
        Ok(()) // Opening it has checked everything there is.
    }

    async fn register(&self, model: &ModelRef, fold_version: &str) -> Result<(), ReadStoreError> {
        validity::model(model)?;
        let (model, fold_version) = (model.clone(), fold_version.to_owned());
        self.blocking(move |tables| registry::register(tables, &model, &fold_version))
            .await
    }

    async fn model(&self, name: &str) -> Result<ModelInfo, ReadStoreError> {
        registry::model(&*self.tables().await?, name)
    }

    async fn promote(&self, model: &ModelRef) -> Result<(), ReadStoreError> {
        let model = model.clone();
        self.blocking(move |tables| registry::promote(tables, &model, Behind::Refused))
            .await
    }

    async fn promote_behind(&self, model: &ModelRef) -> Result<(), ReadStoreError> {
        let model = model.clone();
        self.blocking(move |tables| registry::promote(tables, &model, Behind::Accepted))
            .await
    }

    async fn drop_generation(&self, model: &ModelRef) -> Result<(), ReadStoreError> {
        validity::model(model)?;
        let model = model.clone();
        self.blocking(move |tables| dropping::drop_generation(tables, &model))
            .await
    }

    async fn take_over(
        &self,
        model: &ModelRef,
        lane: u16,
    ) -> Result<LaneCheckpoint, ReadStoreError> {
        validity::model(model)?;
        validity::lane(lane, self.opening.options.lanes())?;
        let model = model.clone();
        // In order, also for one who has given up since: he must not take over from who came after him.
        self.in_order(move |tables| commit::take_over(tables, &model, lane))
            .await
    }

    async fn checkpoint(
        &self,
        model: &ModelRef,
        lane: u16,
    ) -> Result<LaneCheckpoint, ReadStoreError> {
        commit::checkpoint(&*self.tables().await?, model, lane)
    }

    async fn states(
        &self,
        model: &ModelRef,
        _lane: u16,
        keys: &[String],
    ) -> Result<Vec<Option<Bytes>>, ReadStoreError> {
        if keys.len() <= READ_INLINE {
            return reading::states(&*self.tables().await?, model, keys);
        }
        let (model, keys) = (model.clone(), keys.to_vec());
        self.blocking(move |tables| reading::states(tables, &model, &keys))
            .await
    }

    async fn commit(&self, commit: Commit) -> Result<(), ReadStoreError> {
        validity::commit(&commit, self.opening.options.lanes())?;
        self.in_order(move |tables| commit::commit(tables, &commit))
            .await
    }

    async fn document(
        &self,
        model: &ModelRef,
        key: &str,
    ) -> Result<Option<Document>, ReadStoreError> {
        reading::document(&*self.tables().await?, model, key)
    }

    async fn documents(
        &self,
        model: &ModelRef,
        keys: &[String],
    ) -> Result<Vec<Option<Document>>, ReadStoreError> {
        if keys.len() <= READ_INLINE {
            return reading::documents(&*self.tables().await?, model, keys);
        }
        let (model, keys) = (model.clone(), keys.to_vec());
        self.blocking(move |tables| reading::documents(tables, &model, &keys))
            .await
    }

    async fn scan(
        &self,
        model: &ModelRef,
        range: &IndexRange,
    ) -> Result<Vec<ListedEntry>, ReadStoreError> {
        if range.skip.saturating_add(range.limit) <= READ_INLINE {
            return reading::scan(&*self.tables().await?, model, range);
        }
        let (model, range) = (model.clone(), range.clone());
        self.blocking(move |tables| reading::scan(tables, &model, &range))
            .await
    }

    async fn count_below(
        &self,
        model: &ModelRef,
        index: &str,
        below: &str,
    ) -> Result<u64, ReadStoreError> {
        let (model, index, below) = (model.clone(), index.to_owned(), below.to_owned());
        self.blocking(move |tables| reading::count_below(tables, &model, &index, &below))
            .await
    }

    async fn walk(
        &self,
        model: &ModelRef,
        lane: u16,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DocumentPage, ReadStoreError> {
        validity::lane(lane, self.opening.options.lanes())?;
        let (model, after) = (model.clone(), after.map(str::to_owned));
        self.blocking(move |tables| {
            walking::documents(tables, &model, lane, after.as_deref(), limit)
        })
        .await
    }

    async fn entries(
        &self,
        model: &ModelRef,
        after: Option<&IndexEntry>,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, ReadStoreError> {
        let (model, after) = (model.clone(), after.cloned());
        self.blocking(move |tables| walking::entries(tables, &model, after.as_ref(), limit))
            .await
    }

    async fn differing(
        &self,
        one: &ModelRef,
        other: &ModelRef,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DifferingPage, ReadStoreError> {
        let (one, other, after) = (one.clone(), other.clone(), after.map(str::to_owned));
        self.blocking(move |tables| {
            comparing::differing(tables, &one, &other, after.as_deref(), limit)
        })
        .await
    }

    async fn note(&self, name: &str) -> Result<Option<Bytes>, ReadStoreError> {
        registry::note(&*self.tables().await?, name)
    }

    async fn replace_note(
        &self,
        name: &str,
        expected: Option<&Bytes>,
        new: Option<&Bytes>,
    ) -> Result<bool, ReadStoreError> {
        let (name, expected, new) = (name.to_owned(), expected.cloned(), new.cloned());
        self.blocking(move |tables| {
            registry::replace_note(tables, &name, expected.as_ref(), new.as_ref())
        })
        .await
    }

    async fn newest_change(&self, lane: u16) -> Result<ChangeCursor, ReadStoreError> {
        feed::newest(&*self.tables().await?, lane)
    }

    async fn changes(
        &self,
        lane: u16,
        after: &ChangeCursor,
        max: usize,
        patience: Duration,
    ) -> Result<ChangeRead, ReadStoreError> {
        feed::read(&*self.tables().await?, lane, after, max, patience).await
    }
}
