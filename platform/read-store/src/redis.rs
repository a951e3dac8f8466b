//! The read store in Redis: each lane under one hash tag, each step one script.
//! Never lets a key expire, and never works on a Redis that may evict one: a missing document would be a false 404.

mod argument;
mod change_feed;
mod commit;
mod condition;
mod failure;
mod layout;
mod link;
mod notes;
mod reading;
mod registry;
mod scripts;
mod transaction;
mod walking;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::oneshot;

use crate::changes::{ChangeCursor, ChangeRead};
use crate::commit::{Commit, IndexEntry};
use crate::store::{
    DifferingPage, Document, DocumentPage, IndexRange, LaneCheckpoint, ListedEntry, ModelInfo,
    ModelRef, ReadStore, ReadStoreError,
};
use crate::validity;
use layout::Layout;
use link::Link;

/// How a Redis is used as a read store.
#[derive(Debug, Clone)]
pub struct RedisOptions {
    /// `redis://[user:password@]host:port[/database]`; `?protocol=resp3` is accepted.
    pub url: String,
    /// What all keys begin with: letters, digits, `-`, `_` and `.`; two catalogues in one Redis need two.
    pub namespace: String,
    /// How many lanes the document keys are shared among; fixed when the first generation is registered.
    pub lanes: u16,
    /// How long a read waits for Redis before it is unavailable.
    pub read_timeout: Duration,
    /// How long a step waits for Redis before it is unavailable.
    pub write_timeout: Duration,
    /// A step that writes at least so many bytes is written as a transaction, which takes more round trips and less of
    /// Redis's time; a smaller one by a script.
    pub transactions_from: usize,
}

impl RedisOptions {
    /// Namespace `accession`, one lane, 2 s for a read and 10 s for a step, transactions from 64 KB on.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            namespace: "accession".to_owned(),
            lanes: 1,
            read_timeout: Duration::from_secs(2),
            write_timeout: Duration::from_secs(10),
            transactions_from: 64 * 1024,
        }
    }
}

/// The read store over Redis. Clones share its connections.
#[derive(Clone)]
pub struct RedisStore {
    link: Link,
    layout: Layout,
}

impl RedisStore {
    /// A store that connects when it is first used, and again whenever the connection is lost. Needs a Tokio runtime.
    /// Call [`ReadStore::check`] before trusting what is found.
    pub fn new(options: &RedisOptions) -> Result<Self, ReadStoreError> {
        Ok(Self {
            layout: Layout::new(&options.namespace, options.lanes)?,
            link: Link::new(options)?,
        })
    }

    /// Connects and compares the number of lanes with the recorded one.
    pub async fn open(options: &RedisOptions) -> Result<Self, ReadStoreError> {
        let store = Self::new(options)?;
        registry::agree_on_lanes(&store.link, &store.layout).await?;
        Ok(store)
    }
}

#[async_trait]
impl ReadStore for RedisStore {
    async fn check(&self) -> Result<(), ReadStoreError> {
        condition::check(&self.link).await?;
        registry::agree_on_lanes(&self.link, &self.layout).await
    }

    async fn register(&self, model: &ModelRef, fold_version: &str) -> Result<(), ReadStoreError> {
        validity::model(model)?;
        registry::register(&self.link, &self.layout, model, fold_version).await
    }

    async fn model(&self, name: &str) -> Result<ModelInfo, ReadStoreError> {
        registry::model(&self.link, &self.layout, name).await
    }

    async fn promote(&self, model: &ModelRef) -> Result<(), ReadStoreError> {
        registry::promote(&self.link, &self.layout, model, false).await
    }

    async fn promote_behind(&self, model: &ModelRef) -> Result<(), ReadStoreError> {
        registry::promote(&self.link, &self.layout, model, true).await
    }

    async fn drop_generation(&self, model: &ModelRef) -> Result<(), ReadStoreError> {
        validity::model(model)?;
        registry::drop_generation(&self.link, &self.layout, model).await
    }

    async fn take_over(
        &self,
        model: &ModelRef,
        lane: u16,
    ) -> Result<LaneCheckpoint, ReadStoreError> {
        validity::model(model)?;
        validity::lane(lane, self.layout.lanes)?;
        commit::take_over(&self.link, &self.layout, model, lane).await
    }

    async fn checkpoint(
        &self,
        model: &ModelRef,
        lane: u16,
    ) -> Result<LaneCheckpoint, ReadStoreError> {
        commit::checkpoint(&self.link, &self.layout, model, lane).await
    }

    async fn states(
        &self,
        model: &ModelRef,
        lane: u16,
        keys: &[String],
    ) -> Result<Vec<Option<Bytes>>, ReadStoreError> {
        reading::states(&self.link, &self.layout, model, lane, keys).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), ReadStoreError> {
        validity::commit(&commit, self.layout.lanes)?;
        commit::commit_in_turn(&self.link, &self.layout, &commit, None).await
    }

    async fn commit_in_turn(
        &self,
        commit: Commit,
        turn: oneshot::Receiver<()>,
    ) -> Result<(), ReadStoreError> {
        validity::commit(&commit, self.layout.lanes)?;
        commit::commit_in_turn(&self.link, &self.layout, &commit, Some(turn)).await
    }

    async fn document(
        &self,
        model: &ModelRef,
        key: &str,
    ) -> Result<Option<Document>, ReadStoreError> {
        reading::document(&self.link, &self.layout, model, key).await
    }

    async fn documents(
        &self,
        model: &ModelRef,
        keys: &[String],
    ) -> Result<Vec<Option<Document>>, ReadStoreError> {
        reading::documents(&self.link, &self.layout, model, keys).await
    }

    async fn scan(
        &self,
        model: &ModelRef,
        range: &IndexRange,
    ) -> Result<Vec<ListedEntry>, ReadStoreError> {
        reading::scan(&self.link, &self.layout, model, range).await
    }

    async fn count_below(
        &self,
        model: &ModelRef,
        index: &str,
        below: &str,
    ) -> Result<u64, ReadStoreError> {
        reading::count_below(&self.link, &self.layout, model, index, below).await
    }

    async fn walk(
        &self,
        model: &ModelRef,
        lane: u16,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DocumentPage, ReadStoreError> {
        validity::lane(lane, self.layout.lanes)?;
        walking::documents(&self.link, &self.layout, model, lane, after, limit).await
    }

    async fn entries(
        &self,
        model: &ModelRef,
        after: Option<&IndexEntry>,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, ReadStoreError> {
        walking::entries(&self.link, &self.layout, model, after, limit).await
    }

    async fn differing(
        &self,
        one: &ModelRef,
        other: &ModelRef,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DifferingPage, ReadStoreError> {
        walking::differing(&self.link, &self.layout, one, other, after, limit).await
    }

    async fn note(&self, name: &str) -> Result<Option<Bytes>, ReadStoreError> {
        notes::read(&self.link, &self.layout, name).await
    }

    async fn replace_note(
        &self,
        name: &str,
        expected: Option<&Bytes>,
        new: Option<&Bytes>,
    ) -> Result<bool, ReadStoreError> {
        notes::replace(&self.link, &self.layout, name, expected, new).await
    }

    async fn newest_change(&self, lane: u16) -> Result<ChangeCursor, ReadStoreError> {
        validity::lane(lane, self.layout.lanes)?;
        Ok(change_feed::newest(&self.link, &self.layout, lane)
            .await?
            .cursor())
    }

    async fn changes(
        &self,
        lane: u16,
        after: &ChangeCursor,
        max: usize,
        patience: Duration,
    ) -> Result<ChangeRead, ReadStoreError> {
        validity::lane(lane, self.layout.lanes)?;
        change_feed::read(&self.link, &self.layout, lane, after, max, patience).await
    }
}
