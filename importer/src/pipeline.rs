//! From records to answers: chunks are sent side by side and come back in the input's order.
//!
//! Within a chunk titles go first, because editions and episodes refer to them. What is waiting is bounded.

use accession_events::Position;
use accession_events::ids::ImportRunId;
use accession_events::ingestion::RejectedItem;
use accession_events::ingestion::items::{Batch, BatchResult, ItemResult, ItemStatus, MAX_ITEMS};
use serde::Serialize;

use crate::client::{Client, ClientError};
use crate::record::{Items, Note, Record, Reject};

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
                self.status = ItemStatus::Accepted
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
    async fn send(
        self,
        client: &Client,
        run: ImportRunId,
        chunk: &mut ChunkAnswers,
    ) -> Result<(), ClientError> {
        let mut items = self.items.into_iter();
        let mut owners = self.owners.into_iter();
        loop {
            let part: Vec<I> = items.by_ref().take(MAX_ITEMS).collect();
            if part.is_empty() {
                return Ok(());
            }
            let part_owners: Vec<usize> = owners.by_ref().take(MAX_ITEMS).collect();
            let result: BatchResult = client
                .send(
                    self.kind,
                    &Batch {
                        run_id: Some(run),
                        items: part,
                    },
                )
                .await?;
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

/// Sends a chunk of records and waits for all answers.
pub(crate) async fn send(
    client: Client,
    run: ImportRunId,
    records: Vec<Record>,
) -> Result<ChunkAnswers, ClientError> {
    let mut chunk = ChunkAnswers {
        answers: Vec::with_capacity(records.len()),
        position: Position::START,
    };
    let (mut titles, mut editions, mut episodes) = (
        Lot::new("titles"),
        Lot::new("editions"),
        Lot::new("episodes"),
    );
    for record in records {
        let owner = chunk.answers.len();
        let reject = match record.items {
            Ok(Items {
                title,
                editions: own_editions,
                episodes: own_episodes,
            }) => {
                titles.push(owner, title);
                for item in own_editions {
                    editions.push(owner, item);
                }
                for item in own_episodes {
                    episodes.push(owner, item);
                }
                None
            }
            Err(reject) => Some(reject),
        };
        chunk.answers.push(Answer {
            number: record.number,
            name: record.name,
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
    titles.send(&client, run, &mut chunk).await?;
    editions.send(&client, run, &mut chunk).await?;
    episodes.send(&client, run, &mut chunk).await?;
    Ok(chunk)
}
