//! The tables of an embedded store, opened with little memory: the whole server shall idle in 80 MB.
//! Never grows with the number of read models: generations share the tables, told apart by their keys.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fjall::compaction::Leveled;
use fjall::config::PartitioningPolicy;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, KvSeparationOptions};

use super::EmbeddedOptions;
use super::failure::{at_open, in_use, unreadable};
use super::feed::Feeds;
use super::keys;
use crate::store::ReadStoreError;

const MEGABYTE: u64 = 1024 * 1024;
/// Unwritten records, before they go to a file. Each file costs several syncs, so few large ones are cheaper.
const RECORDS_BUFFER: u64 = 8 * MEGABYTE;
const INDEX_BUFFER: u64 = 4 * MEGABYTE;
const SMALL_BUFFER: u64 = MEGABYTE;
/// The least the engine accepts; it bounds what is read again after a crash.
const JOURNALS: u64 = 64 * MEGABYTE;
const OPEN_FILES: usize = 128;
/// Values from this size on lie in files of their own and are not written again whenever keys are merged.
const LARGE_VALUE: u32 = 256;
/// New files of a table before they are merged with the older ones, all of which that writes again. Beyond twenty the
/// engine slows its writers down.
const UNMERGED_FILES: u8 = 8;
/// One: with more, the engine's first worker spins for as long as another one merges files.
const WORKERS: usize = 1;
/// This layout. A directory of another one is emptied and built again from the log.
const LAYOUT: &[u8] = b"2";

/// The open tables.
pub(super) struct Tables {
    pub(super) db: Database,
    /// Documents, each together with the fold's memory of it.
    pub(super) records: Keyspace,
    pub(super) index: Keyspace,
    pub(super) changes: Keyspace,
    /// Checkpoints, fences, the registry.
    pub(super) meta: Keyspace,
    pub(super) lanes: u16,
    pub(super) feeds: Feeds,
    /// Held from comparing to writing: one writer at a time.
    writing: Mutex<()>,
    /// Held while a generation is dropped, so that what comes after under its number is not dropped with it.
    dropping: Mutex<()>,
}

impl Tables {
    /// Opens or makes the tables of a directory, in a new life of their change feeds or in the one that they were left in.
    pub(super) fn open(
        options: &EmbeddedOptions,
        epoch: Option<u64>,
    ) -> Result<Self, ReadStoreError> {
        let (db, meta) = match open(options)? {
            (db, meta) if is_of_another_layout(&meta)? => {
                drop((db, meta));
                clear(options)?;
                let (db, meta) = open(options)?;
                is_of_another_layout(&meta)?;
                (db, meta)
            }
            current => current,
        };
        let opened = |error| at_open(error, &options.directory);
        let table = |name: &str, buffer| {
            db.keyspace(name, || in_small_pieces().max_memtable_size(buffer))
                .map_err(opened)
        };
        let records = db.keyspace("records", || {
            in_small_pieces()
                .max_memtable_size(RECORDS_BUFFER)
                .with_kv_separation(Some(
                    KvSeparationOptions::default().separation_threshold(LARGE_VALUE),
                ))
        });
        let changes = table("changes", SMALL_BUFFER)?;
        let lanes = agreed_lanes(&meta, options)?;
        let epoch = life(&meta, epoch)?;
        Ok(Self {
            records: records.map_err(opened)?,
            index: table("index", INDEX_BUFFER)?,
            feeds: Feeds::recover(&changes, lanes, epoch)?,
            writing: Mutex::new(()),
            dropping: Mutex::new(()),
            db,
            changes,
            meta,
            lanes,
        })
    }

    /// Waits until no other write is under way.
    pub(super) fn write_alone(&self) -> MutexGuard<'_, ()> {
        // The lock guards no data of its own: a writer that panicked has left nothing half done.
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no other generation is being dropped.
    pub(super) fn drop_alone(&self) -> MutexGuard<'_, ()> {
        self.dropping.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The engine, and the table that says what the others hold.
fn open(options: &EmbeddedOptions) -> Result<(Database, Keyspace), ReadStoreError> {
    let opened = |error| at_open(error, &options.directory);
    let db = Database::builder(&options.directory)
        .cache_size(options.cache_bytes)
        .max_journaling_size(JOURNALS)
        .max_cached_files(Some(OPEN_FILES))
        .worker_threads(WORKERS)
        .open()
        .map_err(opened)?;
    let small = || KeyspaceCreateOptions::default().max_memtable_size(SMALL_BUFFER);
    let meta = db.keyspace("meta", small).map_err(opened)?;
    Ok((db, meta))
}

/// Tables whose filters and block indexes are read in pieces of some kilobytes. Whole, those of a large file are up to a
/// megabyte, which a small cache gives up again and again and each lookup would read and check anew.
fn in_small_pieces() -> KeyspaceCreateOptions {
    let pieces = || PartitioningPolicy::new([false, true]);
    KeyspaceCreateOptions::default()
        .filter_block_partitioning_policy(pieces())
        .index_block_partitioning_policy(pieces())
        .compaction_strategy(Arc::new(
            Leveled::default().with_l0_threshold(UNMERGED_FILES),
        ))
}

/// Whether another version has made the directory; a new one is marked as ours.
fn is_of_another_layout(meta: &Keyspace) -> Result<bool, ReadStoreError> {
    let layout = meta.get(keys::LAYOUT).map_err(in_use)?;
    if layout.is_none() && !meta.contains_key(keys::LANES).map_err(in_use)? {
        meta.insert(keys::LAYOUT, LAYOUT).map_err(in_use)?;
        return Ok(false);
    }
    Ok(layout.is_none_or(|layout| *layout != *LAYOUT))
}

/// Removes a store of another layout: all of it is in the log.
fn clear(options: &EmbeddedOptions) -> Result<(), ReadStoreError> {
    let directory = options.directory.display();
    tracing::warn!(%directory, "read_store.layout_changed: its documents are built again from the log");
    std::fs::remove_dir_all(&options.directory).map_err(|error| ReadStoreError::Unusable {
        reason: format!(
            "the directory {directory} was made by another version and cannot be removed ({error}); \
             remove it: it is rebuilt from the log"
        ),
    })
}

/// The life of the change feeds: a new one, or the one on record. That of a new directory is when it was made, so that a
/// follower who kept a place in the feed of another directory is told that it is lost.
fn life(meta: &Keyspace, new: Option<u64>) -> Result<u64, ReadStoreError> {
    if new.is_none()
        && let Some(stored) = meta.get(keys::LIFE).map_err(in_use)?
    {
        let stored = <[u8; 8]>::try_from(&*stored).map_err(|_| unreadable("the feeds' life"))?;
        return Ok(u64::from_be_bytes(stored));
    }
    let life = new.unwrap_or_else(now);
    meta.insert(keys::LIFE, life.to_be_bytes())
        .map_err(in_use)?;
    Ok(life)
}

/// Microseconds since 1970, as Redis begins the life of a feed.
#[expect(
    clippy::disallowed_methods,
    reason = "tells two directories apart, and nothing else is made of it"
)]
fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(1, |since| {
        u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
    })
}

/// The number of lanes, recorded when the directory is made.
fn agreed_lanes(meta: &Keyspace, options: &EmbeddedOptions) -> Result<u16, ReadStoreError> {
    let wanted = options.lanes();
    let Some(stored) = meta.get(keys::LANES).map_err(in_use)? else {
        meta.insert(keys::LANES, wanted.to_be_bytes())
            .map_err(in_use)?;
        return Ok(wanted);
    };
    let found = <[u8; 2]>::try_from(&*stored).map_err(|_| unreadable("the number of lanes"))?;
    let found = u16::from_be_bytes(found);
    if found == wanted {
        return Ok(found);
    }
    let directory = options.directory.display();
    Err(ReadStoreError::Unusable {
        reason: format!(
            "the directory {directory} was made with {found} lanes, not {wanted}; \
             set the number of lanes to {found}, or remove the directory: it is rebuilt from the log"
        ),
    })
}
