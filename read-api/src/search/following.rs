//! One index that is filled from the title pages and kept true by the change feeds.
//!
//! First the places in the feeds, then the documents: whatever changes meanwhile comes again. Never shown to a reader
//! before it is whole; whoever fills it does that.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use accession_read_store::{ModelRef, ReadStore};
use tokio::time::sleep_until;

use super::checkpoint::Checkpoint;
use super::finder::{Finder, Reach};
use super::home::Kept;
use super::seen::Seen;
use super::tail::{AT_ONCE, Batch, Lane, Tail};
use super::trouble::Trouble;
use super::writing::{Page, Writing};

/// Documents that are in memory at once.
const PAGE: usize = 500;
/// Between two writes that are not behind: each makes a piece of index, and many small ones cost more than few.
const BETWEEN_WRITES: Duration = Duration::from_millis(150);
/// The same when somebody waits for a position.
const BETWEEN_AWAITED: Duration = Duration::from_millis(10);
/// Changes of other things after which the checkpoint is written although no entry changed: the feed keeps ten thousand.
const UNWRITTEN: usize = 4 * AT_ONCE;
/// The same when they come slowly.
const UNWRITTEN_FOR: Duration = Duration::from_secs(30);

/// An index, its writer, and where it stands.
pub(super) struct Following {
    reference: ModelRef,
    kept: Kept,
    lanes: Vec<Lane>,
    tail: Tail,
    writing: Writing,
    /// Changes that the last commit does not tell of, and when that was.
    unwritten: usize,
    written: Instant,
    /// More waits to be read.
    is_behind: bool,
}

impl Following {
    /// An index with nothing in it, at the end of the feeds.
    pub(super) async fn begun(
        store: &Arc<dyn ReadStore>,
        reference: ModelRef,
        kept: Kept,
        lanes: u16,
    ) -> Result<Self, Trouble> {
        let mut at = Vec::new();
        for number in 0..lanes.max(1) {
            at.push(Lane {
                place: store.newest_change(number).await?,
                position: store.checkpoint(&reference, number).await?.position,
                proof: None,
            });
        }
        Ok(Self::of(store, reference, kept, at))
    }

    /// An index that goes on from its last commit; none when the feeds do not bear out what it says.
    pub(super) async fn resumed(
        store: &Arc<dyn ReadStore>,
        reference: ModelRef,
        kept: Kept,
        checkpoint: &Checkpoint,
        lanes: u16,
    ) -> Result<Option<Self>, Trouble> {
        if checkpoint.lanes.len() != usize::from(lanes.max(1)) {
            return Ok(None);
        }
        let mut at = Vec::new();
        for (number, mark) in (0..).zip(&checkpoint.lanes) {
            match Lane::resumed(store, number, &reference, mark).await? {
                Some(lane) => at.push(lane),
                None => return Ok(None),
            }
        }
        Ok(Some(Self::of(store, reference, kept, at)))
    }

    fn of(store: &Arc<dyn ReadStore>, reference: ModelRef, kept: Kept, lanes: Vec<Lane>) -> Self {
        Self {
            tail: Tail::of(store, &lanes),
            writing: Writing::of(kept.index.clone()),
            reference,
            kept,
            lanes,
            unwritten: 0,
            written: Instant::now(),
            is_behind: true,
        }
    }

    /// The index itself.
    pub(super) fn kept(&self) -> &Kept {
        &self.kept
    }

    /// What it is made from.
    pub(super) fn reference(&self) -> &ModelRef {
        &self.reference
    }

    /// How far it reaches: as far as its slowest lane.
    pub(super) fn reach(&self) -> Reach {
        let positions = self.lanes.iter().map(|lane| lane.position);
        Reach {
            generation: self.reference.generation,
            position: positions.min().unwrap_or_default(),
            since: Instant::now(),
        }
    }

    /// Puts every document in, and what changes meanwhile; then it is whole.
    pub(super) async fn fill(
        &mut self,
        store: &Arc<dyn ReadStore>,
        finder: &Finder,
    ) -> Result<(), Trouble> {
        let (mut seen, mut entries) = (Seen::new(), 0);
        finder.told.builds(self.reference.generation, entries);
        for lane in 0..u16::try_from(self.lanes.len()).unwrap_or(u16::MAX) {
            let mut after = None;
            loop {
                let page = store.walk(&self.reference, lane, after.as_deref(), PAGE);
                let page = page.await?;
                entries += page.documents.len() as u64;
                let pages = page.documents.into_iter();
                let pages = pages.map(|(key, document)| (key, Some(document)));
                let (new, again): (Vec<Page>, _) = pages.partition(|(key, _)| seen.is_new(key));
                self.writing.add(new).await?;
                self.writing.put(again).await?;
                finder.told.builds(self.reference.generation, entries);
                self.catch_up(store, &mut seen).await?;
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        if entries > 0 {
            self.commit().await?;
        }
        if self.kept.folder.is_some() {
            self.writing.merge().await?;
        }
        if self.catch_up(store, &mut seen).await? > 0 {
            self.commit().await?;
        }
        Ok(())
    }

    /// Puts in what the feeds have said so far, which is committed with the rest: so many changes.
    async fn catch_up(
        &mut self,
        store: &Arc<dyn ReadStore>,
        seen: &mut Seen,
    ) -> Result<usize, Trouble> {
        let mut batch = Batch::default();
        while let Some(heard) = self.tail.at_hand() {
            batch.take(&mut self.lanes, heard, &self.reference)?;
        }
        if batch.is_lost {
            return Err(Trouble::Overtaken);
        }
        for key in &batch.keys {
            seen.is_new(key);
        }
        self.put_changed(store, batch.keys).await?;
        Ok(batch.changes)
    }

    /// What the feeds say next, which may be that nothing came. Nothing is lost when this is given up.
    pub(super) async fn heard(&mut self, finder: &Finder) -> Result<Batch, Trouble> {
        if !self.is_behind {
            sleep_until((self.written + BETWEEN_AWAITED).into()).await;
            tokio::select! {
                () = finder.is_awaited() => {}
                () = sleep_until((self.written + BETWEEN_WRITES).into()) => {}
            }
        }
        let mut heard = Some(self.tail.next().await?);
        let mut batch = Batch::default();
        while let Some(next) = heard {
            batch.take(&mut self.lanes, next, &self.reference)?;
            heard = match batch.keys.len() {
                0..PAGE => self.tail.at_hand(),
                _ => None,
            };
        }
        Ok(batch)
    }

    /// Writes and shows what the feeds said.
    pub(super) async fn take(
        &mut self,
        store: &Arc<dyn ReadStore>,
        batch: Batch,
        finder: &Finder,
    ) -> Result<(), Trouble> {
        self.is_behind = batch.is_behind;
        self.unwritten += batch.changes;
        if batch.keys.is_empty() {
            // Nothing that can be found has changed: only the position moves on.
            let is_due = self.unwritten >= UNWRITTEN || self.written.elapsed() >= UNWRITTEN_FOR;
            if self.unwritten > 0 && is_due {
                self.commit().await?;
            } else if batch.changes == 0 {
                self.writing.rest().await?;
            }
        } else {
            self.put_changed(store, batch.keys).await?;
            self.commit().await?;
        }
        if batch.steps > 0 {
            finder.publish(self.reach());
        }
        finder.told.follows(!self.is_behind);
        Ok(())
    }

    async fn put_changed(
        &mut self,
        store: &Arc<dyn ReadStore>,
        keys: BTreeSet<String>,
    ) -> Result<(), Trouble> {
        let keys: Vec<String> = keys.into_iter().collect();
        for keys in keys.chunks(PAGE) {
            let documents = store.documents(&self.reference, keys).await?;
            let pages = keys.iter().cloned().zip(documents).collect();
            self.writing.put(pages).await?;
        }
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), Trouble> {
        let marks = self.lanes.iter().map(Lane::mark).collect();
        let checkpoint = Checkpoint::new(self.reference.generation.0, marks);
        self.writing.commit(&checkpoint).await?;
        (self.unwritten, self.written) = (0, Instant::now());
        Ok(())
    }
}
