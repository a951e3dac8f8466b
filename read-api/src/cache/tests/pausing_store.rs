//! A read store in memory that pauses before and after everything it does, for as long as its seed says.
//!
//! Never does half of a step: what it does between two pauses is one piece, as in the real stores.

// tidy: allow no-sleep because time is virtual here: a sleep ends when everyone else waits, and takes no time

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use accession_events::Position;
use accession_read_store::{
    Change, ChangeCursor, ChangeRead, Commit, DifferingPage, Document, DocumentPage, FencingToken,
    Generation, IndexEntry, IndexRange, LaneCheckpoint, ListedEntry, ModelInfo, ModelRef,
    ReadStore, ReadStoreError, lane_of,
};
use async_trait::async_trait;
use bytes::Bytes;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::sync::Notify;

use super::history::{History, KEYS, PAGE};

pub(super) struct PausingStore {
    lanes: u16,
    inner: Mutex<Inner>,
    changed: Notify,
}

struct Inner {
    rng: StdRng,
    history: History,
    versions: HashMap<&'static str, Position>,
    checkpoints: Vec<Position>,
    live: Generation,
    feeds: Vec<Vec<Change>>,
    /// Cursors before this number are lost, in each lane.
    lost: Vec<usize>,
    feed_is_broken: bool,
    reads_are_broken: bool,
    documents_read: u64,
    scans: u64,
}

impl PausingStore {
    pub(super) fn new(seed: u64, lanes: u16) -> Self {
        let count = usize::from(lanes);
        let mut inner = Inner {
            rng: StdRng::seed_from_u64(seed),
            history: History::default(),
            versions: HashMap::new(),
            checkpoints: vec![Position::START; count],
            live: Generation(1),
            feeds: vec![Vec::new(); count],
            lost: vec![0; count],
            feed_is_broken: false,
            reads_are_broken: false,
            documents_read: 0,
            scans: 0,
        };
        let position = inner.history.happen(KEYS.to_vec());
        inner.history.give_name(KEYS[0]);
        inner.versions.extend(KEYS.map(|key| (key, position)));
        inner.checkpoints.fill(position);
        Self {
            lanes,
            inner: Mutex::new(inner),
            changed: Notify::new(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    pub(super) fn lanes(&self) -> u16 {
        self.lanes
    }

    /// Lets others go first, as often as the seed says.
    pub(super) async fn pause(&self) {
        let times = self.inner().rng.random_range(0..4);
        for _ in 0..times {
            tokio::task::yield_now().await;
        }
        if self.inner().rng.random_ratio(1, 20) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    pub(super) fn history(&self) -> History {
        self.inner().history.clone()
    }

    pub(super) fn see(&self, key: &'static str, version: Position) {
        self.inner().history.see(key, version);
    }

    pub(super) fn documents_read(&self) -> u64 {
        self.inner().documents_read
    }

    pub(super) fn scans(&self) -> u64 {
        self.inner().scans
    }

    pub(super) fn break_reads(&self, broken: bool) {
        self.inner().reads_are_broken = broken;
    }

    pub(super) fn break_feed(&self, broken: bool) {
        self.inner().feed_is_broken = broken;
        self.changed.notify_waiters();
    }

    /// Everything that is in the feeds is forgotten.
    pub(super) fn lose_place(&self) {
        let mut inner = self.inner();
        inner.lost = inner.feeds.iter().map(|feed| feed.len() + 1).collect();
        for feed in &mut inner.feeds {
            let cursor = cursor(feed.len() + 1);
            feed.push(Change {
                cursor,
                models: Vec::new(),
            });
        }
        drop(inner);
        self.changed.notify_waiters();
    }

    /// Both generations hold the same, so a flip changes nothing but where readers are sent.
    pub(super) fn promote_the_other(&self) {
        let mut inner = self.inner();
        inner.live = Generation(3 - inner.live.0);
        let (live, at) = (inner.live, inner.checkpoints[0]);
        inner.append(0, vec![(reference(live), at, Vec::new())]);
        drop(inner);
        self.changed.notify_waiters();
    }

    /// An event happens: it is not in any lane yet.
    pub(super) fn happen(&self, keys: Vec<&'static str>) -> (Position, Vec<&'static str>) {
        (self.inner().history.happen(keys.clone()), keys)
    }

    /// One lane takes an event in: its documents, its checkpoint and its entry in the feed in one piece.
    pub(super) fn take_in(&self, lane: u16, position: Position, keys: &[&'static str]) -> Change {
        let mut inner = self.inner();
        let own: Vec<&'static str> = keys
            .iter()
            .copied()
            .filter(|key| lane_of(key, self.lanes) == lane)
            .collect();
        for key in &own {
            inner.versions.insert(key, position);
        }
        inner.checkpoints[usize::from(lane)] = position;
        let named: Vec<String> = own.iter().map(ToString::to_string).collect();
        let steps =
            [1, 2].map(|generation| (reference(Generation(generation)), position, named.clone()));
        let change = inner.append(lane, steps.to_vec());
        drop(inner);
        self.changed.notify_waiters();
        change
    }

    /// The name goes from its owner to the next key, in one step that touches both.
    pub(super) fn move_name(&self) -> Change {
        let mut inner = self.inner();
        let from = inner.history.owner();
        let place = KEYS.iter().position(|key| *key == from).unwrap();
        let to = KEYS[(place + 1) % KEYS.len()];
        let position = inner.history.happen(vec![from, to]);
        inner.history.give_name(to);
        drop(inner);
        self.take_in(0, position, &[from, to])
    }

    fn found(inner: &mut Inner, key: &str) -> Option<Document> {
        inner.documents_read += 1;
        let position = *inner.versions.get(key)?;
        let body = Bytes::from(format!("{{\"version\":{position}}}"));
        Some(Document {
            body,
            position,
            hidden: false,
        })
    }
}

impl Inner {
    fn append(&mut self, lane: u16, models: Vec<(ModelRef, Position, Vec<String>)>) -> Change {
        let feed = &mut self.feeds[usize::from(lane)];
        let change = Change {
            cursor: cursor(feed.len() + 1),
            models,
        };
        feed.push(change.clone());
        change
    }

    fn check(&self) -> Result<(), ReadStoreError> {
        if self.reads_are_broken {
            return Err(unavailable());
        }
        Ok(())
    }
}

fn reference(generation: Generation) -> ModelRef {
    ModelRef {
        name: PAGE.name().to_owned(),
        generation,
    }
}

fn cursor(number: usize) -> ChangeCursor {
    ChangeCursor(format!("{number:020}"))
}

fn unavailable() -> ReadStoreError {
    ReadStoreError::Unavailable {
        reason: "cut by the test".into(),
    }
}

#[async_trait]
impl ReadStore for PausingStore {
    async fn check(&self) -> Result<(), ReadStoreError> {
        Ok(())
    }

    async fn register(&self, _: &ModelRef, _: &str) -> Result<(), ReadStoreError> {
        Ok(())
    }

    async fn model(&self, name: &str) -> Result<ModelInfo, ReadStoreError> {
        self.pause().await;
        let is_ours = name == PAGE.name();
        let live = is_ours.then_some(self.inner().live);
        let generations = [1, 2].map(|generation| (Generation(generation), "1".to_owned()));
        self.pause().await;
        let generations = if is_ours {
            generations.to_vec()
        } else {
            Vec::new()
        };
        Ok(ModelInfo {
            name: name.to_owned(),
            live,
            previous: None,
            newest_live: live,
            generations,
        })
    }

    async fn promote(&self, _: &ModelRef) -> Result<(), ReadStoreError> {
        Ok(())
    }

    async fn promote_behind(&self, _: &ModelRef) -> Result<(), ReadStoreError> {
        Ok(())
    }

    async fn count_below(&self, _: &ModelRef, _: &str, _: &str) -> Result<u64, ReadStoreError> {
        Ok(0)
    }

    async fn walk(
        &self,
        _: &ModelRef,
        _: u16,
        _: Option<&str>,
        _: usize,
    ) -> Result<DocumentPage, ReadStoreError> {
        Ok(DocumentPage::default())
    }

    async fn entries(
        &self,
        _model: &ModelRef,
        _after: Option<&IndexEntry>,
        _limit: usize,
    ) -> Result<Vec<IndexEntry>, ReadStoreError> {
        Ok(Vec::new())
    }

    async fn differing(
        &self,
        _one: &ModelRef,
        _other: &ModelRef,
        _after: Option<&str>,
        _limit: usize,
    ) -> Result<DifferingPage, ReadStoreError> {
        Ok(DifferingPage::default())
    }

    async fn note(&self, _: &str) -> Result<Option<Bytes>, ReadStoreError> {
        Ok(None)
    }

    async fn replace_note(
        &self,
        _: &str,
        _: Option<&Bytes>,
        _: Option<&Bytes>,
    ) -> Result<bool, ReadStoreError> {
        Ok(false)
    }

    async fn drop_generation(&self, _: &ModelRef) -> Result<(), ReadStoreError> {
        Ok(())
    }

    async fn take_over(
        &self,
        model: &ModelRef,
        lane: u16,
    ) -> Result<LaneCheckpoint, ReadStoreError> {
        self.checkpoint(model, lane).await
    }

    async fn checkpoint(&self, _: &ModelRef, lane: u16) -> Result<LaneCheckpoint, ReadStoreError> {
        self.pause().await;
        let position = self.inner().checkpoints[usize::from(lane)];
        self.pause().await;
        Ok(LaneCheckpoint {
            position,
            fence: FencingToken(1),
        })
    }

    async fn states(
        &self,
        _: &ModelRef,
        _: u16,
        _: &[String],
    ) -> Result<Vec<Option<Bytes>>, ReadStoreError> {
        Ok(Vec::new())
    }

    async fn commit(&self, _: Commit) -> Result<(), ReadStoreError> {
        Ok(())
    }

    async fn document(&self, _: &ModelRef, key: &str) -> Result<Option<Document>, ReadStoreError> {
        self.pause().await;
        self.inner().check()?;
        let found = Self::found(&mut self.inner(), key);
        self.pause().await;
        Ok(found)
    }

    async fn documents(
        &self,
        _: &ModelRef,
        keys: &[String],
    ) -> Result<Vec<Option<Document>>, ReadStoreError> {
        self.pause().await;
        let found = keys
            .iter()
            .map(|key| Self::found(&mut self.inner(), key))
            .collect();
        self.pause().await;
        Ok(found)
    }

    async fn scan(
        &self,
        _: &ModelRef,
        range: &IndexRange,
    ) -> Result<Vec<ListedEntry>, ReadStoreError> {
        self.pause().await;
        let key = {
            let mut inner = self.inner();
            inner.scans += 1;
            inner.history.owner().to_owned()
        };
        self.pause().await;
        Ok(vec![ListedEntry {
            sort: range.prefix.clone(),
            key,
        }])
    }

    async fn newest_change(&self, lane: u16) -> Result<ChangeCursor, ReadStoreError> {
        self.pause().await;
        let (newest, broken) = {
            let inner = self.inner();
            (
                cursor(inner.feeds[usize::from(lane)].len()),
                inner.feed_is_broken,
            )
        };
        self.pause().await;
        if broken {
            Err(unavailable())
        } else {
            Ok(newest)
        }
    }

    async fn changes(
        &self,
        lane: u16,
        after: &ChangeCursor,
        max: usize,
        patience: Duration,
    ) -> Result<ChangeRead, ReadStoreError> {
        self.pause().await;
        let after: usize = after.0.parse().unwrap();
        let read = || {
            let inner = self.inner();
            if inner.feed_is_broken {
                return Some(Err(unavailable()));
            }
            let feed = &inner.feeds[usize::from(lane)];
            if after < inner.lost[usize::from(lane)] {
                return Some(Ok(ChangeRead::Lost {
                    resume: cursor(feed.len()),
                }));
            }
            let found: Vec<Change> = feed.iter().skip(after).take(max.min(3)).cloned().collect();
            (!found.is_empty()).then_some(Ok(ChangeRead::Changes(found)))
        };
        let woken = async {
            loop {
                let changed = self.changed.notified();
                if let Some(read) = read() {
                    return read;
                }
                changed.await;
            }
        };
        let read = tokio::time::timeout(patience, woken).await;
        self.pause().await;
        read.unwrap_or(Ok(ChangeRead::Changes(Vec::new())))
    }
}

/// A store that somebody shares.
pub(super) type Shared = Arc<PausingStore>;
