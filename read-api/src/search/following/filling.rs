//! Filling an index from the documents, with what changes meanwhile.
//!
//! Never forgets a change of what is joined: it waits until what it is joined with can be looked up.

use std::collections::BTreeSet;
use std::sync::Arc;

use accession_read_store::ReadStore;

use super::{Following, PAGE};
use crate::search::finder::Finder;
use crate::search::joining::{joined, touched};
use crate::search::seen::Seen;
use crate::search::tail::Batch;
use crate::search::trouble::Trouble;
use crate::search::writing::Page;

/// Changes of what is joined that wait while an index is filled.
const MOST_LATER: usize = 20_000;

/// What has to be remembered while an index is filled.
struct Meanwhile {
    /// Documents that were met.
    seen: Seen,
    /// What changed of what they are joined with.
    later: BTreeSet<(usize, String)>,
}

impl Meanwhile {
    fn new() -> Self {
        Self {
            seen: Seen::new(),
            later: BTreeSet::new(),
        }
    }
}

impl Following {
    /// Puts every document in, and what changes meanwhile; then it is whole.
    pub(in crate::search) async fn fill(
        &mut self,
        store: &Arc<dyn ReadStore>,
        finder: &Finder,
    ) -> Result<(), Trouble> {
        let (mut meanwhile, mut entries) = (Meanwhile::new(), 0);
        let generation = self.made.of.generation;
        finder.told.builds(generation, entries);
        for lane in 0..u16::try_from(self.lanes.len()).unwrap_or(u16::MAX) {
            let mut after = None;
            loop {
                let page = store.walk(&self.made.of, lane, after.as_deref(), PAGE);
                let page = page.await?;
                entries += page.documents.len() as u64;
                let pages = page.documents.into_iter();
                let pages = pages.map(|(key, document)| (key, Some(document)));
                let (new, again): (Vec<Page>, _) =
                    pages.partition(|(key, _)| meanwhile.seen.is_new(key));
                let (new, again) = (
                    joined(store, &self.made, new).await?,
                    joined(store, &self.made, again).await?,
                );
                self.writing.add(new).await?;
                self.writing.put(again).await?;
                finder.told.builds(generation, entries);
                self.catch_up(store, &mut meanwhile).await?;
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        if entries > 0 {
            self.settle(store, &mut meanwhile).await?;
        }
        if self.kept.folder.is_some() {
            self.writing.merge().await?;
        }
        if self.catch_up(store, &mut meanwhile).await? > 0 {
            self.settle(store, &mut meanwhile).await?;
        }
        Ok(())
    }

    /// Commits with a word on how far it reaches, which is true only when nothing waits any more.
    async fn settle(
        &mut self,
        store: &Arc<dyn ReadStore>,
        meanwhile: &mut Meanwhile,
    ) -> Result<(), Trouble> {
        self.put_later(store, meanwhile).await?;
        self.commit().await
    }

    /// Puts in what waits; it is looked up in what is committed.
    async fn put_later(
        &mut self,
        store: &Arc<dyn ReadStore>,
        meanwhile: &mut Meanwhile,
    ) -> Result<(), Trouble> {
        let later = std::mem::take(&mut meanwhile.later);
        if later.is_empty() {
            return Ok(());
        }
        // A commit without a checkpoint: whoever finds it knows that the index was not filled to its end.
        self.writing.show().await?;
        let keys = touched(store, &self.made, &self.kept.index, later).await?;
        self.put_changed(store, keys).await
    }

    /// Puts in what the feeds have said so far, which is committed with the rest: so many changes.
    async fn catch_up(
        &mut self,
        store: &Arc<dyn ReadStore>,
        meanwhile: &mut Meanwhile,
    ) -> Result<usize, Trouble> {
        let mut batch = Batch::default();
        while let Some(heard) = self.tail.at_hand() {
            batch.take(&mut self.lanes, heard, &self.made)?;
        }
        if batch.is_lost {
            return Err(Trouble::Overtaken);
        }
        for key in &batch.keys {
            meanwhile.seen.is_new(key);
        }
        self.put_changed(store, batch.keys).await?;
        meanwhile.later.extend(batch.joined);
        if meanwhile.later.len() > MOST_LATER {
            self.put_later(store, meanwhile).await?;
        }
        Ok(batch.changes)
    }
}
