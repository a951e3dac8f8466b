//! One index that is filled from documents and kept true by the change feeds.
//!
//! First the places in the feeds, then the documents: whatever changes meanwhile comes again. What is joined with a document is
//! looked up in the index by what its entries were made of, so that is done only with what is committed. Never shown to a
//! reader before it is whole; whoever fills it does that.

mod filling;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use accession_read_store::ReadStore;
use tokio::time::sleep_until;

use super::checkpoint::Checkpoint;
use super::finder::{Finder, Reach};
use super::home::Kept;
use super::joining::{joined, touched};
use super::tail::{AT_ONCE, Batch, Lane, Tail};
use super::topic::Made;
use super::trouble::Trouble;
use super::writing::Writing;

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
    made: Made,
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
        made: Made,
        kept: Kept,
        lanes: u16,
    ) -> Result<Self, Trouble> {
        let mut at = Vec::new();
        for number in 0..lanes.max(1) {
            at.push(Lane {
                place: store.newest_change(number).await?,
                position: store.checkpoint(&made.of, number).await?.position,
                joined: made.positions(store.as_ref(), number).await?,
                proof: None,
            });
        }
        Ok(Self::of(store, made, kept, at))
    }

    /// An index that goes on from its last commit; none when the feeds do not bear out what it says.
    pub(super) async fn resumed(
        store: &Arc<dyn ReadStore>,
        made: Made,
        kept: Kept,
        checkpoint: &Checkpoint,
        lanes: u16,
    ) -> Result<Option<Self>, Trouble> {
        if checkpoint.lanes.len() != usize::from(lanes.max(1)) || checkpoint.joined != made.beside()
        {
            return Ok(None);
        }
        let mut at = Vec::new();
        for (number, mark) in (0..).zip(&checkpoint.lanes) {
            match Lane::resumed(store, number, &made, mark).await? {
                Some(lane) => at.push(lane),
                None => return Ok(None),
            }
        }
        Ok(Some(Self::of(store, made, kept, at)))
    }

    fn of(store: &Arc<dyn ReadStore>, made: Made, kept: Kept, lanes: Vec<Lane>) -> Self {
        Self {
            tail: Tail::of(store, &lanes),
            writing: Writing::of(kept.index.clone()),
            made,
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
    pub(super) fn made(&self) -> &Made {
        &self.made
    }

    /// How far it reaches: as far as its slowest lane.
    pub(super) fn reach(&self) -> Reach {
        let positions = self.lanes.iter().map(Lane::reaches);
        Reach {
            generation: self.made.of.generation,
            position: positions.min().unwrap_or_default(),
            since: Instant::now(),
        }
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
            batch.take(&mut self.lanes, next, &self.made)?;
            heard = match batch.keys.len() + batch.joined.len() {
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
        mut batch: Batch,
        finder: &Finder,
    ) -> Result<(), Trouble> {
        self.is_behind = batch.is_behind;
        self.unwritten += batch.changes;
        let keys = self.all_of(store, &mut batch).await?;
        if keys.is_empty() {
            // Nothing that can be found has changed: only the position moves on.
            let is_due = self.unwritten >= UNWRITTEN || self.written.elapsed() >= UNWRITTEN_FOR;
            if self.unwritten > 0 && is_due {
                self.commit().await?;
            } else if batch.changes == 0 {
                self.writing.rest().await?;
            }
        } else {
            self.put_changed(store, keys).await?;
            self.commit().await?;
        }
        if batch.steps > 0 {
            finder.publish(self.reach());
        }
        finder.told.follows(!self.is_behind);
        Ok(())
    }

    /// The documents of a batch that are put in again: those that changed, and those that are joined with what changed.
    async fn all_of(
        &self,
        store: &Arc<dyn ReadStore>,
        batch: &mut Batch,
    ) -> Result<BTreeSet<String>, Trouble> {
        let mut keys = std::mem::take(&mut batch.keys);
        let joined = std::mem::take(&mut batch.joined);
        if !joined.is_empty() {
            keys.extend(touched(store, &self.made, &self.kept.index, joined).await?);
        }
        Ok(keys)
    }

    async fn put_changed(
        &mut self,
        store: &Arc<dyn ReadStore>,
        keys: BTreeSet<String>,
    ) -> Result<(), Trouble> {
        let keys: Vec<String> = keys.into_iter().collect();
        for keys in keys.chunks(PAGE) {
            let documents = store.documents(&self.made.of, keys).await?;
            let pages = keys.iter().cloned().zip(documents).collect();
            let pages = joined(store, &self.made, pages).await?;
            self.writing.put(pages).await?;
        }
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), Trouble> {
        let marks = self.lanes.iter().map(Lane::mark).collect();
        let checkpoint = Checkpoint::new(self.made.of.generation.0, self.made.beside(), marks);
        self.writing.commit(&checkpoint).await?;
        (self.unwritten, self.written) = (0, Instant::now());
        Ok(())
    }
}
