//! The index that answers now, and how far it reaches.
//!
//! Never answers from an index that has not caught up: until then there is none.

use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use accession_events::Position;
use accession_read_store::Generation;
use accession_search::SearchIndex;
use accession_service::health::{Condition, PartStatus};
use serde_json::json;
use tokio::sync::watch;

/// Where the index stands: everything up to the position can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach {
    /// The generation of title pages that it was made from.
    pub(crate) generation: Generation,
    /// The last event that is in it.
    pub(crate) position: Position,
    /// When that was told to the index.
    pub(crate) since: Instant,
}

/// The index, shared by all who ask.
pub(crate) struct Finder {
    index: RwLock<Option<SearchIndex>>,
    reach: watch::Sender<Option<Reach>>,
    trouble: RwLock<Option<String>>,
}

impl Finder {
    /// Without an index yet.
    pub(crate) fn new() -> Self {
        Self {
            index: RwLock::new(None),
            reach: watch::Sender::new(None),
            trouble: RwLock::new(None),
        }
    }

    /// The index with how far it reaches; none until it has caught up once.
    pub(crate) fn now(&self) -> Option<(SearchIndex, Reach)> {
        let reach = (*self.reach.borrow())?;
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        index.clone().map(|index| (index, reach))
    }

    /// The same, once it contains a position; none when the patience ends before.
    pub(crate) async fn at_least(
        &self,
        position: Position,
        patience: Duration,
    ) -> Option<(SearchIndex, Reach)> {
        let mut reach = self.reach.subscribe();
        let there = |reach: &Option<Reach>| reach.is_some_and(|reach| reach.position >= position);
        tokio::time::timeout(patience, reach.wait_for(there))
            .await
            .ok()?
            .ok()?;
        self.now()
    }

    /// Answers come from this index from now on.
    pub(super) fn flip(&self, index: SearchIndex, reach: Reach) {
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = Some(index);
        *self.trouble.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.publish(reach);
    }

    /// The index contains more.
    pub(super) fn publish(&self, reach: Reach) {
        metrics::gauge!("accession_search_position").set(float(reach.position.get()));
        self.reach.send_replace(Some(reach));
    }

    /// The follower cannot go on; what is there stays and is told to be old.
    pub(super) fn troubled(&self, trouble: String) {
        *self.trouble.write().unwrap_or_else(PoisonError::into_inner) = Some(trouble);
    }

    /// How it does, beside where the title pages stand.
    pub(crate) fn health(&self, pages: Option<Position>) -> PartStatus {
        let trouble = self
            .trouble
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let now = self.now();
        let (condition, message) = match (&now, &trouble) {
            (Some(_), None) => (Condition::Ok, String::new()),
            (None, None) => (
                Condition::Degraded,
                "the search index is being filled; searching is refused until it has caught up"
                    .to_owned(),
            ),
            (_, Some(trouble)) => (
                Condition::Degraded,
                format!("the search index does not follow the documents: {trouble}"),
            ),
        };
        let position = now.as_ref().map(|(_, reach)| reach.position.get());
        let lag = pages
            .zip(position)
            .map(|(pages, position)| pages.get().saturating_sub(position));
        PartStatus {
            name: "search".to_owned(),
            condition,
            message,
            details: json!({
                "position": position,
                "generation": now.as_ref().map(|(_, reach)| reach.generation.0),
                "lag_events": lag,
                "age_seconds": now.as_ref().map(|(_, reach)| reach.since.elapsed().as_secs_f64()),
                "entries": now.as_ref().map(|(index, _)| index.count()),
            }),
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; exact to 2^53"
)]
fn float(number: u64) -> f64 {
    number as f64
}
