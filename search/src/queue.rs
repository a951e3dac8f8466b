//! Entries on their way to the engine's thread: few at a time. The engine itself would let ten thousand wait, each of them
//! some kilobytes.
//!
//! Never waits for ever: a thread that has ended takes nothing any more, and the engine says so.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tantivy::TantivyDocument;
use tantivy::schema::Document;

/// Entries that may wait.
const MOST: usize = 256;
/// How long one waits for a place at most.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many entries are on their way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Queue(Arc<Counted>);

#[derive(Debug, Default)]
struct Counted {
    waiting: Mutex<usize>,
    fewer: Condvar,
}

/// An entry with its place, which it gives up when the engine is done with it.
pub(crate) struct Queued {
    document: TantivyDocument,
    queue: Queue,
}

impl Queue {
    /// Takes a place for an entry, waiting for one.
    pub(crate) fn take(&self, document: TantivyDocument) -> Queued {
        let waiting = self.waiting();
        let waited = self
            .0
            .fewer
            .wait_timeout_while(waiting, PATIENCE, |waiting| *waiting >= MOST);
        *waited.unwrap_or_else(PoisonError::into_inner).0 += 1;
        Queued {
            document,
            queue: self.clone(),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, usize> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        *self.queue.waiting() -= 1;
        self.queue.0.fewer.notify_one();
    }
}

impl Document for Queued {
    type Value<'a> = <TantivyDocument as Document>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.document.iter_fields_and_values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_when_all_places_are_taken_waits_until_one_is_given_up() {
        let queue = Queue::default();
        let mut taken: Vec<Queued> = (0..MOST)
            .map(|_| queue.take(TantivyDocument::new()))
            .collect();
        let waiting = {
            let queue = queue.clone();
            std::thread::spawn(move || drop(queue.take(TantivyDocument::new())))
        };
        assert!(!waiting.is_finished());
        assert_eq!(*queue.waiting(), MOST);
        taken.pop();
        waiting.join().unwrap();
        assert_eq!(*queue.waiting(), MOST - 1);
    }
}
