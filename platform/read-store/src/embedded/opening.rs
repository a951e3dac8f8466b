//! Opens the tables again after the engine has refused to go on: a write had failed, as on a full disk, and from then on
//! it takes none until it is opened anew.
//!
//! Never while the disk still has no room: what is open can at least be read.

use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard, Weak};

use super::tables::Tables;
use super::{EmbeddedOptions, dropping, failure};
use crate::store::ReadStoreError;

/// More than the engine writes when it opens.
const ROOM: usize = 8 * 1024 * 1024;

/// The open tables, or what is left of them.
pub(super) struct Opening {
    pub(super) options: EmbeddedOptions,
    state: RwLock<State>,
}

enum State {
    Open(Arc<Tables>),
    /// Somebody may still be reading; the directory is held until they are done. With the number of the next life.
    Closed(Weak<Tables>, u64),
}

impl Opening {
    pub(super) fn new(options: &EmbeddedOptions) -> Result<Self, ReadStoreError> {
        let tables = open(options, None)?;
        Ok(Self {
            options: options.clone(),
            state: RwLock::new(State::Open(tables)),
        })
    }

    /// The tables if they are open, without waiting for the disk.
    pub(super) fn at_hand(&self) -> Option<Arc<Tables>> {
        // Who opens them holds the lock meanwhile: then they are not at hand.
        match self.state.try_read().as_deref() {
            Ok(State::Open(tables)) => Some(Arc::clone(tables)),
            _ => None,
        }
    }

    /// The tables, opened again when they were closed. Waits for the disk.
    pub(super) fn tables(&self) -> Result<Arc<Tables>, ReadStoreError> {
        let mut state = self.lock();
        let (before, epoch) = match &*state {
            State::Open(tables) => return Ok(Arc::clone(tables)),
            State::Closed(before, epoch) => (before, *epoch),
        };
        if before.strong_count() > 0 {
            return Err(again("readers of before are not done yet"));
        }
        let opened = open(&self.options, Some(epoch));
        let tables = opened.map_err(|error| again(&error.to_string()))?;
        tracing::warn!("the embedded read store was opened again after a write had failed");
        *state = State::Open(Arc::clone(&tables));
        Ok(tables)
    }

    /// Looks at an error of these tables: when the engine takes no more writes and the disk has room again, closes them, so
    /// that the next call opens them anew.
    pub(super) fn note(&self, tables: &Arc<Tables>, error: &ReadStoreError) {
        if failure::is_poisoned(error) && has_room(&self.options.directory) {
            self.close(tables);
        }
    }

    pub(super) fn close(&self, tables: &Arc<Tables>) {
        let mut state = self.lock();
        if matches!(&*state, State::Open(open) if Arc::ptr_eq(open, tables)) {
            tables.feeds.end();
            *state = State::Closed(Arc::downgrade(tables), tables.feeds.epoch() + 1);
        }
    }

    fn lock(&self) -> RwLockWriteGuard<'_, State> {
        // Opening does not leave half a state behind.
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(options: &EmbeddedOptions, epoch: Option<u64>) -> Result<Arc<Tables>, ReadStoreError> {
    let tables = Tables::open(options, epoch)?;
    dropping::finish_interrupted(&tables)?;
    Ok(Arc::new(tables))
}

fn again(reason: &str) -> ReadStoreError {
    ReadStoreError::Unavailable {
        reason: format!("the store is being opened again: {reason}"),
    }
}

/// Whether something can be written where the store lies.
fn has_room(directory: &Path) -> bool {
    let path = directory.with_extension("room");
    let written = std::fs::File::create(&path).and_then(|mut file| {
        file.write_all(&vec![0; ROOM])
            .and_then(|()| file.sync_data())
    });
    // What is left of it would take room itself.
    let _ = std::fs::remove_file(&path);
    written.is_ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::changes::ChangeRead;
    use crate::embedded::EmbeddedStore;
    use crate::store::{Generation, ModelRef, ReadStore};

    #[tokio::test]
    async fn a_store_that_was_closed_is_opened_again_with_all_it_had_and_its_followers_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let store = EmbeddedStore::open(folder.path()).unwrap();
        let model = ModelRef {
            name: "m".into(),
            generation: Generation(1),
        };
        store.register(&model, "1").await.unwrap();
        let taken = store.take_over(&model, 0).await.unwrap();
        let cursor = store.newest_change(0).await.unwrap();
        let following = store.clone();
        let after = cursor.clone();
        let waiting = tokio::spawn(async move {
            let patience = Duration::from_mins(10);
            following.changes(0, &after, 10, patience).await
        });
        tokio::task::yield_now().await;

        let tables = store.opening.at_hand().unwrap();
        store.opening.close(&tables);
        drop(tables);
        assert!(waiting.await.unwrap().is_err());
        assert_eq!(store.model("m").await.unwrap().generations.len(), 1);
        assert_eq!(store.checkpoint(&model, 0).await.unwrap(), taken);
        let read = store.changes(0, &cursor, 10, Duration::ZERO).await.unwrap();
        assert!(matches!(read, ChangeRead::Lost { .. }), "{read:?}");
    }
}
