//! The index that answers now, and how far it reaches.
//!
//! Never answers from an index that has not caught up: until then there is none.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use accession_events::Position;
use accession_read_store::Generation;
use accession_search::SearchIndex;
use tokio::sync::{Notify, watch};

use super::told::Told;
use super::topic::Topic;
use crate::models::Model;

/// Where the index stands: everything up to the position can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach {
    /// The generation of the documents that it was made from.
    pub(crate) generation: Generation,
    /// The last event that is in it.
    pub(crate) position: Position,
    /// When that was told to the index.
    pub(crate) since: Instant,
}

/// The index, shared by all who ask.
pub(crate) struct Finder {
    /// What it is of.
    pub(super) topic: Topic,
    index: RwLock<Option<SearchIndex>>,
    reach: watch::Sender<Option<Reach>>,
    pub(super) told: Told,
    /// Who waits for a position now, and the word to the follower that somebody does.
    waiting: AtomicUsize,
    awaited: Notify,
}

impl Finder {
    /// Without an index yet.
    pub(crate) fn new(topic: Topic) -> Self {
        Self {
            topic,
            index: RwLock::new(None),
            reach: watch::Sender::new(None),
            told: Told::new(),
            waiting: AtomicUsize::new(0),
            awaited: Notify::new(),
        }
    }

    /// The model whose documents it finds.
    pub(crate) fn model(&self) -> Model {
        self.topic.model()
    }

    /// The index with how far it reaches; none until it has caught up once.
    pub(crate) fn now(&self) -> Option<(SearchIndex, Reach)> {
        let reach = (*self.reach.borrow())?;
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        index.clone().map(|index| (index, reach))
    }

    /// The same, once it contains a position; none when the patience ends before.
    pub(crate) async fn at_least(
        &self,
        position: Position,
        patience: Duration,
    ) -> Option<(SearchIndex, Reach)> {
        let mut reach = self.reach.subscribe();
        let there = |reach: &Option<Reach>| reach.is_some_and(|reach| reach.position >= position);
        let _waits = Waits::of(self);
        tokio::time::timeout(patience, reach.wait_for(there))
            .await
            .ok()?
            .ok()?;
        self.now()
    }

    /// Returns as soon as somebody waits for a position.
    pub(super) async fn is_awaited(&self) {
        while self.waiting.load(Ordering::Relaxed) == 0 {
            self.awaited.notified().await;
        }
    }

    /// Answers come from this index from now on.
    pub(super) fn flip(&self, index: SearchIndex, reach: Reach) {
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = Some(index);
        self.publish(reach);
    }

    /// The index contains more.
    pub(super) fn publish(&self, reach: Reach) {
        self.reach.send_replace(Some(reach));
    }
}

/// Somebody waits, for as long as this lives.
struct Waits<'a>(&'a Finder);

impl<'a> Waits<'a> {
    fn of(finder: &'a Finder) -> Self {
        finder.waiting.fetch_add(1, Ordering::Relaxed);
        finder.awaited.notify_one();
        Self(finder)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
