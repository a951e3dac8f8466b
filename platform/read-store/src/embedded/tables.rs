//! The tables of an embedded store, opened with little memory: the whole server shall idle in 80 MB.
//! Never grows with the number of read models: generations share the tables, told apart by their keys.

use std::sync::{Mutex, MutexGuard, PoisonError};

use fjall::{Database, Keyspace, KeyspaceCreateOptions};

use super::EmbeddedOptions;
use super::failure::{at_open, in_use, unreadable};
use super::feed::Feeds;
use super::keys;
use crate::store::ReadStoreError;

const MEGABYTE: u64 = 1024 * 1024;
/// Unwritten documents, states or index entries, before they go to a file.
const LARGE_BUFFER: u64 = 4 * MEGABYTE;
const SMALL_BUFFER: u64 = MEGABYTE;
/// The least the engine accepts; it bounds what is read again after a crash.
const JOURNALS: u64 = 64 * MEGABYTE;
const OPEN_FILES: usize = 128;

/// The open tables.
pub(super) struct Tables {
    pub(super) db: Database,
    pub(super) documents: Keyspace,
    pub(super) states: Keyspace,
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
    /// Opens or makes the tables of a directory.
    pub(super) fn open(options: &EmbeddedOptions) -> Result<Self, ReadStoreError> {
        let opened = |error| at_open(error, &options.directory);
        let db = Database::builder(&options.directory)
            .cache_size(options.cache_bytes)
            .max_journaling_size(JOURNALS)
            .max_cached_files(Some(OPEN_FILES))
            .worker_threads(2)
            .open()
            .map_err(opened)?;
        let table = |name: &str, buffer| {
            db.keyspace(name, || {
                KeyspaceCreateOptions::default().max_memtable_size(buffer)
            })
            .map_err(opened)
        };
        let meta = table("meta", SMALL_BUFFER)?;
        let changes = table("changes", SMALL_BUFFER)?;
        let lanes = agreed_lanes(&meta, options)?;
        Ok(Self {
            documents: table("documents", LARGE_BUFFER)?,
            states: table("states", LARGE_BUFFER)?,
            index: table("index", LARGE_BUFFER)?,
            feeds: Feeds::recover(&changes, lanes)?,
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

/// The number of lanes, recorded when the directory is made.
fn agreed_lanes(meta: &Keyspace, options: &EmbeddedOptions) -> Result<u16, ReadStoreError> {
    let wanted = options.lanes.max(1);
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
