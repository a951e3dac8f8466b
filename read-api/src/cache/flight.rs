//! One read for all who want the same document at the same time.
//!
//! Never kept when its key changed after it began, and never left open: who waits for it either hears what it brought
//! or that it was given up.

use std::sync::{Arc, MutexGuard};

use tokio::sync::watch;

use super::shard::{Landing, Shard};
use super::{Fetched, Held, HotDocuments, Standing, TRIES};

/// A read for all who want the same key. Ends when it is dropped, so that a caller who went away holds up nobody.
pub(super) struct Flight<'a> {
    cache: &'a HotDocuments,
    standing: &'a Standing,
    key: &'a str,
    sender: watch::Sender<Option<Fetched>>,
}

impl<'a> Flight<'a> {
    /// The caller is the one who reads this key.
    pub(super) fn new(
        cache: &'a HotDocuments,
        standing: &'a Standing,
        key: &'a str,
        sender: watch::Sender<Option<Fetched>>,
    ) -> Self {
        Self {
            cache,
            standing,
            key,
            sender,
        }
    }

    /// Reads until nothing raced, at most a few times; the last read is as good an answer for the leader, who took
    /// the position before all of them, but not for those who came later.
    pub(super) async fn fly(self) -> Fetched {
        let (model, generation) = (self.standing.model, self.standing.generation());
        let mut held = None;
        for _ in 0..TRIES {
            self.shard().set_out(model, generation, self.key);
            let read = self.cache.read(self.standing, self.key).await;
            let Ok(document) = read else {
                self.sender.send_replace(Some(read.clone()));
                return read;
            };
            if self.land(document.as_ref()) {
                return Ok(document);
            }
            self.cache.numbers.raced();
            held = document;
        }
        Ok(held)
    }

    /// The one read of a batch is back.
    pub(super) fn arrive(self, held: Option<&Arc<Held>>) {
        if !self.land(held) {
            self.cache.numbers.raced();
        }
    }

    fn land(&self, held: Option<&Arc<Held>>) -> bool {
        let landed = self.shard().land(
            self.standing.model,
            self.standing.generation(),
            self.key,
            held,
        );
        if landed {
            self.sender.send_replace(Some(Ok(held.cloned())));
        }
        landed
    }

    fn shard(&self) -> MutexGuard<'_, Shard> {
        self.cache.shard(self.key)
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        // After a landing the key may be somebody else's flight already: only an open one is given up.
        if self.sender.borrow().is_none() || matches!(*self.sender.borrow(), Some(Err(_))) {
            self.shard()
                .give_up(self.standing.model, self.standing.generation(), self.key);
        }
    }
}

/// What a flight brought; none when it was given up.
pub(super) async fn landed(mut landing: Landing) -> Option<Fetched> {
    let fetched = landing.wait_for(Option::is_some).await.ok()?;
    fetched.clone()
}
