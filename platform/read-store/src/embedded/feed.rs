//! The change feed of an embedded store: a capped table, and a wake-up for those who wait at its end.
//! Never read again while the store is open, except by those who follow it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fjall::{Keyspace, OwnedWriteBatch, Readable};
use tokio::sync::watch;

use super::failure::{in_use, unreadable};
use super::keys;
use super::tables::Tables;
use crate::changes::{Change, ChangeCursor, ChangeRead};
use crate::entry::{self, KEPT_BYTES, KEPT_ENTRIES, Place};
use crate::store::ReadStoreError;
use crate::validity;

/// The feeds of all lanes.
pub(super) struct Feeds {
    /// A life of the directory, from when it was made or opened again after a failure: places of another one say nothing.
    epoch: u64,
    ended: watch::Sender<bool>,
    lanes: Vec<Lane>,
}

struct Lane {
    /// Sizes of the kept entries, oldest first.
    sizes: Mutex<VecDeque<u64>>,
    newest: watch::Sender<u64>,
}

/// What an appended entry changes in memory once its batch is written.
pub(super) struct Appended {
    number: u64,
    size: u64,
    trimmed: usize,
}

impl Feeds {
    /// Finds out what the table holds.
    pub(super) fn recover(
        changes: &Keyspace,
        lanes: u16,
        epoch: u64,
    ) -> Result<Self, ReadStoreError> {
        let lanes = (0..lanes)
            .map(|lane| Lane::recover(changes, lane))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            epoch,
            ended: watch::Sender::new(false),
            lanes,
        })
    }

    /// Which life it is.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Sends everybody away who waits.
    pub(super) fn end(&self) {
        self.ended.send_replace(true);
    }

    /// Adds an entry to a batch, and the removal of those that are too many. The caller writes alone.
    pub(super) fn append(
        &self,
        tables: &Tables,
        batch: &mut OwnedWriteBatch,
        lane: u16,
        entry: Vec<u8>,
    ) -> Option<Appended> {
        let feed = self.lane(lane)?;
        let sizes = feed.sizes();
        let number = *feed.newest.borrow() + 1;
        let size = entry.len() as u64;
        batch.insert(&tables.changes, keys::change(lane, number), entry);
        let trimmed = trim(&sizes, size);
        let oldest = number - sizes.len() as u64;
        for old in oldest..oldest + trimmed as u64 {
            batch.remove(&tables.changes, keys::change(lane, old));
        }
        Some(Appended {
            number,
            size,
            trimmed,
        })
    }

    /// Tells followers of an entry that is written now.
    pub(super) fn publish(&self, lane: u16, appended: Option<Appended>) {
        if let (Some(feed), Some(appended)) = (self.lane(lane), appended) {
            let mut sizes = feed.sizes();
            sizes.drain(..appended.trimmed);
            sizes.push_back(appended.size);
            feed.newest.send_replace(appended.number);
        }
    }

    fn lane(&self, lane: u16) -> Option<&Lane> {
        self.lanes.get(usize::from(lane))
    }
}

impl Lane {
    fn recover(changes: &Keyspace, lane: u16) -> Result<Self, ReadStoreError> {
        let mut sizes = VecDeque::new();
        let mut newest = 0;
        for guard in changes.prefix(keys::feed(lane)) {
            let (key, value) = guard.into_inner().map_err(in_use)?;
            newest = keys::change_number(&key).ok_or_else(|| unreadable("the change feed"))?;
            sizes.push_back(value.len() as u64);
        }
        Ok(Self {
            sizes: Mutex::new(sizes),
            newest: watch::Sender::new(newest),
        })
    }

    fn sizes(&self) -> std::sync::MutexGuard<'_, VecDeque<u64>> {
        self.sizes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many of the oldest entries have to go before one of `size` bytes comes.
fn trim(sizes: &VecDeque<u64>, size: u64) -> usize {
    let mut entries = sizes.len() + 1;
    let mut bytes = sizes.iter().sum::<u64>() + size;
    let mut trimmed = 0;
    for old in sizes {
        if entries <= KEPT_ENTRIES && bytes <= KEPT_BYTES {
            break;
        }
        entries -= 1;
        bytes -= old;
        trimmed += 1;
    }
    trimmed
}

pub(super) fn newest(tables: &Tables, lane: u16) -> Result<ChangeCursor, ReadStoreError> {
    validity::lane(lane, tables.lanes)?;
    let number = tables
        .feeds
        .lane(lane)
        .map_or(0, |feed| *feed.newest.borrow());
    let epoch = tables.feeds.epoch;
    Ok(Place { epoch, number }.cursor())
}

pub(super) async fn read(
    tables: &Tables,
    lane: u16,
    after: &ChangeCursor,
    max: usize,
    patience: Duration,
) -> Result<ChangeRead, ReadStoreError> {
    validity::lane(lane, tables.lanes)?;
    let Some(feed) = tables.feeds.lane(lane) else {
        return Ok(ChangeRead::Changes(Vec::new()));
    };
    let epoch = tables.feeds.epoch;
    let mut newest = feed.newest.subscribe();
    let known = *newest.borrow_and_update();
    let after = match Place::parse(after) {
        Some(place) if place.epoch == epoch && place.number <= known => place.number,
        _ => {
            return Ok(ChangeRead::Lost {
                resume: Place {
                    epoch,
                    number: known,
                }
                .cursor(),
            });
        }
    };
    let mut ended = tables.feeds.ended.subscribe();
    tokio::select! {
        // Whether something came or the patience ended, the table tells.
        _ = tokio::time::timeout(patience, newest.wait_for(|newest| *newest > after)) => {}
        _ = ended.wait_for(|ended| *ended) => {
            return Err(ReadStoreError::Unavailable {
                reason: "the store is being opened again".to_owned(),
            });
        }
    }
    following(tables, lane, after, max)
}

fn following(
    tables: &Tables,
    lane: u16,
    after: u64,
    max: usize,
) -> Result<ChangeRead, ReadStoreError> {
    let span = keys::change(lane, after + 1)..=keys::change(lane, u64::MAX);
    let mut changes: Vec<Change> = Vec::new();
    for guard in tables.db.snapshot().range(&tables.changes, span).take(max) {
        let (key, value) = guard.into_inner().map_err(in_use)?;
        let number = keys::change_number(&key).ok_or_else(|| unreadable("the change feed"))?;
        if changes.is_empty() && number != after + 1 {
            return Ok(ChangeRead::Lost {
                resume: newest(tables, lane)?,
            });
        }
        changes.push(entry::decode(
            Place {
                epoch: tables.feeds.epoch,
                number,
            },
            &value,
        )?);
    }
    Ok(ChangeRead::Changes(changes))
}
