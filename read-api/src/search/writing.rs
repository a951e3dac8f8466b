//! The writing hand of the follower: documents in, entries and checkpoints out, away from the threads that answer.
//!
//! Never holds the engine's writer, which takes some megabytes, longer than there is something to write.

use std::time::{Duration, Instant};

use accession_read_store::Document;
use accession_search::{IndexWriter, SearchError, SearchIndex};

use super::checkpoint::Checkpoint;
use super::joining::Pages;
use super::trouble::Trouble;

/// Bytes of entries that are collected before they are written.
const BUDGET: usize = 16_000_000;
/// After so long without anything to write the writer is let go.
const REST: Duration = Duration::from_secs(5);

/// A page and what it says now; none when it is gone.
pub(super) type Page = (String, Option<Document>);

/// Writes one index.
pub(super) struct Writing {
    index: SearchIndex,
    writer: Option<IndexWriter>,
    used: Instant,
}

impl Writing {
    /// Of an index that nobody else writes.
    pub(super) fn of(index: SearchIndex) -> Self {
        Self {
            index,
            writer: None,
            used: Instant::now(),
        }
    }

    /// Puts documents in the place of what was known of them.
    pub(super) async fn put(&mut self, pages: Pages) -> Result<(), Trouble> {
        if pages.is_empty() {
            return Ok(());
        }
        self.work(move |writer| pages.put(writer)).await
    }

    /// Adds documents of which the index has nothing yet, which costs less.
    pub(super) async fn add(&mut self, pages: Pages) -> Result<(), Trouble> {
        if pages.is_empty() {
            return Ok(());
        }
        self.work(move |writer| pages.add(writer)).await
    }

    /// Makes what was put so far visible to the follower itself, without a word on how far it reaches.
    pub(super) async fn show(&mut self) -> Result<(), Trouble> {
        self.work(|writer| writer.commit("")).await
    }

    /// Makes what was put so far visible, together with how far it reaches.
    pub(super) async fn commit(&mut self, checkpoint: &Checkpoint) -> Result<(), Trouble> {
        let text = checkpoint.text();
        self.work(move |writer| writer.commit(&text)).await
    }

    /// Makes one piece of all, which is searched fastest.
    pub(super) async fn merge(&mut self) -> Result<(), Trouble> {
        let Some(writer) = self.writer.take() else {
            return Ok(());
        };
        let index = self.index.clone();
        let merged = tokio::task::spawn_blocking(move || writer.close_merged(&index));
        Ok(merged.await.map_err(|_| Trouble::Ended)??)
    }

    /// Lets the writer go when it was not needed for some time.
    pub(super) async fn rest(&mut self) -> Result<(), Trouble> {
        if self.used.elapsed() < REST {
            return Ok(());
        }
        let Some(writer) = self.writer.take() else {
            return Ok(());
        };
        // Closing waits for merges under way.
        let closed = tokio::task::spawn_blocking(move || writer.close());
        Ok(closed.await.map_err(|_| Trouble::Ended)??)
    }

    async fn work(
        &mut self,
        work: impl FnOnce(&mut IndexWriter) -> Result<(), SearchError> + Send + 'static,
    ) -> Result<(), Trouble> {
        let (writer, index) = (self.writer.take(), self.index.clone());
        let working = tokio::task::spawn_blocking(move || {
            let mut writer = match writer {
                Some(writer) => writer,
                None => index.writer(BUDGET)?,
            };
            work(&mut writer)?;
            Ok::<_, SearchError>(writer)
        });
        self.writer = Some(working.await.map_err(|_| Trouble::Ended)??);
        self.used = Instant::now();
        Ok(())
    }
}
