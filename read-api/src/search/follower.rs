//! Fills a search index from the title pages and keeps it true by the change feed.
//!
//! First a place in the feed, then the documents: whatever changes meanwhile comes again. After any doubt (a lost
//! place, another live generation) it builds a new index beside the old one and flips when that has caught up.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use accession_events::Position;
use accession_projector::catalog::TitlePageDocument;
use accession_read_store::{
    Change, ChangeCursor, ChangeRead, Document, ModelRef, ReadStore, ReadStoreError,
};
use accession_search::{EntryKind, IndexWriter, SearchError, SearchIndex};
use accession_service::shutdown::Shutdown;
use uuid::Uuid;

use super::entries::entry_of;
use super::finder::{Finder, Reach};
use crate::models::Model;

const PATIENCE: Duration = Duration::from_secs(2);
/// While several lanes take turns, each waits only so long: how old a change may become.
const TURN: Duration = Duration::from_millis(50);
const AT_ONCE: usize = 256;
const PAGE: usize = 1000;
const PAUSE: Duration = Duration::from_secs(1);
/// Between two writes that are not behind: each makes a piece of index, and many small ones cost more than few.
const BETWEEN_WRITES: Duration = Duration::from_millis(100);
/// Bytes of entries that are collected before they are written.
const BUDGET: usize = 16_000_000;

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Store(#[from] ReadStoreError),
    #[error(transparent)]
    Index(#[from] SearchError),
    #[error("a task that writes the search index ended early")]
    Ended,
}

/// Follows until the signal to stop.
pub(crate) async fn follow(
    store: Arc<dyn ReadStore>,
    finder: Arc<Finder>,
    lanes: u16,
    mut shutdown: Shutdown,
) {
    let following = async {
        loop {
            if let Err(trouble) = (build(&store, &finder, lanes)).await {
                finder.troubled(trouble.to_string());
                tracing::warn!(error = %trouble, "the search index does not follow the documents; it is built anew");
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::select! {
        () = shutdown.wait() => {}
        () = following => {}
    }
}

/// Where the feed of each lane is followed from, and how far the index reaches there.
struct Lane {
    number: u16,
    place: ChangeCursor,
    position: Position,
}

struct Following {
    reference: ModelRef,
    lanes: Vec<Lane>,
    index: SearchIndex,
    writer: Option<IndexWriter>,
    /// When the next changes may be written.
    next_write: Instant,
}

/// Builds an index, shows it, and follows; ends without trouble when it has to be built anew.
async fn build(store: &Arc<dyn ReadStore>, finder: &Finder, lanes: u16) -> Result<(), Trouble> {
    let mut lanes_at = Vec::new();
    for number in 0..lanes.max(1) {
        lanes_at.push((number, store.newest_change(number).await?));
    }
    let Some(generation) = store.model(Model::TitlePage.name()).await?.live else {
        return Ok(());
    };
    let reference = ModelRef {
        name: Model::TitlePage.name().to_owned(),
        generation,
    };
    let index = SearchIndex::in_memory()?;
    let mut following = Following {
        writer: Some(index.writer(BUDGET)?),
        lanes: Vec::new(),
        next_write: Instant::now(),
        reference,
        index,
    };
    for (number, place) in lanes_at {
        let position = store
            .checkpoint(&following.reference, number)
            .await?
            .position;
        following.lanes.push(Lane {
            number,
            place,
            position,
        });
        following.fill(store, number).await?;
    }
    following.write(Vec::new()).await?;
    finder.flip(following.index.clone(), following.reach());
    while following.step(store, finder).await? {}
    Ok(())
}

impl Following {
    fn reach(&self) -> Reach {
        let positions = self.lanes.iter().map(|lane| lane.position);
        Reach {
            generation: self.reference.generation,
            position: positions.min().unwrap_or_default(),
            since: Instant::now(),
        }
    }

    /// Every document of a lane.
    async fn fill(&mut self, store: &Arc<dyn ReadStore>, lane: u16) -> Result<(), Trouble> {
        let mut after = None;
        loop {
            let page = store
                .walk(&self.reference, lane, after.as_deref(), PAGE)
                .await?;
            let documents = page
                .documents
                .into_iter()
                .map(|(key, document)| (key, Some(document)));
            self.put(documents.collect(), None).await?;
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// The next changes of all lanes; whether it can go on from there.
    async fn step(&mut self, store: &Arc<dyn ReadStore>, finder: &Finder) -> Result<bool, Trouble> {
        tokio::time::sleep_until(self.next_write.into()).await;
        let patience = if self.lanes.len() > 1 { TURN } else { PATIENCE };
        let mut keys = BTreeSet::new();
        let (mut moved, mut is_behind, mut others) = (false, false, false);
        for lane in &mut self.lanes {
            let changes = match store
                .changes(lane.number, &lane.place, AT_ONCE, patience)
                .await?
            {
                ChangeRead::Changes(changes) => changes,
                ChangeRead::Lost { .. } => return Ok(false),
            };
            is_behind |= changes.len() >= AT_ONCE;
            for change in changes {
                let (ours, other) = lane.take(change, &self.reference, &mut keys);
                moved |= ours;
                others |= other;
            }
        }
        // Another generation of title pages is being built, or has been sent readers to: asked once for all its changes.
        if others
            && store.model(&self.reference.name).await?.live != Some(self.reference.generation)
        {
            return Ok(false);
        }
        if moved {
            if keys.is_empty() {
                // Nothing that can be found has changed: only the position moves on.
                finder.publish(self.reach());
                return Ok(true);
            }
            let keys: Vec<String> = keys.into_iter().collect();
            if !is_behind {
                self.next_write = Instant::now() + BETWEEN_WRITES;
            }
            let documents = store.documents(&self.reference, &keys).await?;
            self.write(keys.into_iter().zip(documents).collect())
                .await?;
            finder.publish(self.reach());
        }
        Ok(true)
    }

    /// Writes and shows changes, with how far they reach.
    async fn write(&mut self, documents: Vec<(String, Option<Document>)>) -> Result<(), Trouble> {
        let reach = self.reach();
        let checkpoint = format!(
            "{{\"generation\":{},\"position\":{}}}",
            reach.generation.0, reach.position
        );
        self.put(documents, Some(checkpoint)).await
    }

    async fn put(
        &mut self,
        documents: Vec<(String, Option<Document>)>,
        commit: Option<String>,
    ) -> Result<(), Trouble> {
        let mut writer = self.writer.take().ok_or(Trouble::Ended)?;
        let written = tokio::task::spawn_blocking(move || {
            for (key, document) in documents {
                put(&mut writer, &key, document.as_ref())?;
            }
            if let Some(checkpoint) = commit {
                writer.commit(&checkpoint)?;
            }
            Ok::<_, SearchError>(writer)
        });
        self.writer = Some(written.await.map_err(|_| Trouble::Ended)??);
        Ok(())
    }
}

impl Lane {
    /// Takes a change in: whether the index moves on by it, and whether it is about another generation of its model.
    fn take(
        &mut self,
        change: Change,
        ours: &ModelRef,
        keys: &mut BTreeSet<String>,
    ) -> (bool, bool) {
        self.place = change.cursor;
        let (mut moved, mut other) = (false, false);
        for (reference, position, changed) in change.models {
            if reference == *ours {
                moved = true;
                self.position = self.position.max(position);
                keys.extend(changed);
            } else if reference.name == ours.name {
                other = true;
            }
        }
        (moved, other)
    }
}

/// Puts a page in the place of what was known of it; takes it out when it is gone or hidden.
fn put(
    writer: &mut IndexWriter,
    key: &str,
    document: Option<&Document>,
) -> Result<(), SearchError> {
    let Ok(id) = key.parse::<Uuid>() else {
        return Ok(());
    };
    let page = document
        .filter(|document| !document.hidden)
        .and_then(|document| serde_json::from_slice::<TitlePageDocument>(&document.body).ok());
    let Some(page) = page else {
        writer.remove(EntryKind::Title, id.as_u128());
        return Ok(());
    };
    writer.put(&entry_of(&page))
}
