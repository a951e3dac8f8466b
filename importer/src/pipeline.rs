//! From records to answers: chunks go through titles, editions, episodes and video sources, one behind the other.
//!
//! Titles are sent strictly in the input's order, and so are editions: who comes first gets the slug or the ISBN, so
//! an import that was interrupted ends with the same catalog as one that was not. Episodes belong to one title each
//! and are sent side by side. What is waiting is bounded.

use accession_events::Position;
use accession_events::ingestion::RejectedItem;
use accession_events::ingestion::items::{
    EditionItem, EpisodeItem, ItemResult, ItemStatus, MAX_ITEMS, SourceItem, TitleItem,
};
use serde::Serialize;

use crate::client::ClientError;
use crate::record::{Note, Record, Reject};
use crate::run::Opening;

/// What became of one record.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The record's number in the input.
    pub(crate) number: u64,
    /// How a person finds it.
    pub(crate) name: String,
    /// Its fields as they came.
    pub(crate) raw: Vec<String>,
    /// What its owner should know.
    pub(crate) notes: Vec<Note>,
    /// The worst that happened to any of its items: a rejection wins, then a change.
    pub(crate) status: ItemStatus,
    /// Why it was rejected.
    pub(crate) reject: Option<Reject>,
    /// The byte of the input behind it, when a later attempt may go on there.
    pub(crate) end: Option<u64>,
    /// Whether the server has never seen it.
    pub(crate) unsent: bool,
}

impl Answer {
    /// The rejection in the form that the run's report keeps.
    pub(crate) fn rejected_item(&self) -> Option<RejectedItem> {
        let reject = self.reject.as_ref()?;
        Some(RejectedItem {
            record: self.name.clone(),
            code: reject.code.clone(),
            detail: reject.detail.clone(),
        })
    }

    fn take(&mut self, result: &ItemResult) {
        match result.status {
            ItemStatus::Rejected => {
                self.status = ItemStatus::Rejected;
                self.reject.get_or_insert_with(|| {
                    let code = result.code.clone().unwrap_or_else(|| "rejected".into());
                    Reject::new(code, result.detail.clone().unwrap_or_default())
                });
            }
            ItemStatus::Accepted if self.status == ItemStatus::Unchanged => {
                self.status = ItemStatus::Accepted;
            }
            ItemStatus::Accepted | ItemStatus::Unchanged => {}
        }
    }
}

/// The answers to one chunk, in order.
#[derive(Debug)]
pub(crate) struct ChunkAnswers {
    pub(crate) answers: Vec<Answer>,
    pub(crate) position: Position,
}

/// Items of one kind, each with the place of its record in the chunk.
struct Lot<I> {
    kind: &'static str,
    items: Vec<I>,
    owners: Vec<usize>,
}

impl<I: Serialize + Sync> Lot<I> {
    fn new(kind: &'static str) -> Self {
        Self {
            kind,
            items: Vec::new(),
            owners: Vec::new(),
        }
    }

    fn push(&mut self, owner: usize, item: I) {
        self.items.push(item);
        self.owners.push(owner);
    }

    /// Sends all of it, at most [`MAX_ITEMS`] at a time, and tells each record what became of its items.
    async fn send(&mut self, run: &Opening, chunk: &mut ChunkAnswers) -> Result<(), ClientError> {
        let mut items = std::mem::take(&mut self.items).into_iter();
        let mut owners = std::mem::take(&mut self.owners).into_iter();
        loop {
            let part: Vec<I> = items.by_ref().take(MAX_ITEMS).collect();
            if part.is_empty() {
                return Ok(());
            }
            let part_owners: Vec<usize> = owners.by_ref().take(MAX_ITEMS).collect();
            let result = run.send(self.kind, part).await?;
            chunk.position = chunk.position.max(result.position);
            for item in &result.results {
                let answer = part_owners
                    .get(item.index)
                    .and_then(|owner| chunk.answers.get_mut(*owner));
                if let Some(answer) = answer {
                    answer.take(item);
                }
            }
        }
    }
}

/// A chunk on its way.
pub(crate) struct Work {
    chunk: ChunkAnswers,
    titles: Lot<TitleItem>,
    editions: Lot<EditionItem>,
    episodes: Lot<EpisodeItem>,
    sources: Lot<SourceItem>,
}

impl Work {
    /// Sorts the items of some records by kind.
    pub(crate) fn of(records: Vec<Record>) -> Self {
        let mut work = Self {
            chunk: ChunkAnswers {
                answers: Vec::with_capacity(records.len()),
                position: Position::START,
            },
            titles: Lot::new("titles"),
            editions: Lot::new("editions"),
            episodes: Lot::new("episodes"),
            sources: Lot::new("sources"),
        };
        for record in records {
            work.take(record);
        }
        work
    }

    fn take(&mut self, record: Record) {
        let owner = self.chunk.answers.len();
        let reject = match record.items {
            Ok(items) => {
                if let Some(title) = items.title {
                    self.titles.push(owner, title);
                }
                for item in items.editions {
                    self.editions.push(owner, item);
                }
                for item in items.episodes {
                    self.episodes.push(owner, item);
                }
                for item in items.sources {
                    self.sources.push(owner, item);
                }
                None
            }
            Err(reject) => Some(reject),
        };
        self.chunk.answers.push(Answer {
            number: record.number,
            name: record.name,
            end: record.end,
            raw: record.raw,
            notes: record.notes,
            status: if reject.is_some() {
                ItemStatus::Rejected
            } else {
                ItemStatus::Unchanged
            },
            unsent: reject.is_some(),
            reject,
        });
    }

    /// First the titles.
    pub(crate) async fn send_titles(&mut self, run: &Opening) -> Result<(), ClientError> {
        self.titles.send(run, &mut self.chunk).await
    }

    /// Then the editions.
    pub(crate) async fn send_editions(&mut self, run: &Opening) -> Result<(), ClientError> {
        self.editions.send(run, &mut self.chunk).await
    }

    /// Then the episodes, and where they can be watched; that is all.
    pub(crate) async fn finish(mut self, run: &Opening) -> Result<ChunkAnswers, ClientError> {
        self.episodes.send(run, &mut self.chunk).await?;
        self.sources.send(run, &mut self.chunk).await?;
        Ok(self.chunk)
    }
}
