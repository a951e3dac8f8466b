//! Parked events as an operator sees them: what waits, why, and what becomes of it.
//!
//! Nothing is ever skipped silently: an event that is given up stays on record, with who gave it up and why.

pub(crate) mod http;
pub(crate) mod orders;

use std::time::Duration;

use accession_events::Position;
use accession_projector::{Discarded, ParkedKey, discard, discards_of, parked_of};
use accession_read_store::{ModelRef, ReadStoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::read_models::{Asker, ReadModels, Refused};
use orders::Order;

/// How long an operator waits for the projector to carry an order out.
const PATIENCE: Duration = Duration::from_secs(15);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// All that waits, and all that was given up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ParkedList {
    /// Keys whose events wait.
    pub items: Vec<ParkedReport>,
    /// Events that were given up.
    pub discarded: Vec<DiscardedReport>,
}

/// A key whose events wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ParkedReport {
    /// The model.
    pub model: String,
    /// In which generation.
    pub generation: u32,
    /// Whether readers are sent to that generation.
    pub live: bool,
    /// The document's key, or `stream:<aggregate type>/<id>` when an event of that stream could not be read.
    pub key: String,
    /// What is wrong with the first event.
    pub reason: String,
    /// When the first was recorded.
    #[schema(value_type = String)]
    pub since: Timestamp,
    /// The events that wait, in order; the first is the one that failed.
    pub positions: Vec<u64>,
}

/// An event that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiscardedReport {
    /// The model.
    pub model: String,
    /// The document's key.
    pub key: String,
    /// Which event.
    pub position: u64,
    /// What was wrong with it.
    pub problem: String,
    /// Why it was given up.
    pub reason: String,
    /// Who did.
    pub by: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
}

/// What became of parked events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakenIn {
    /// How many events are in the documents now.
    pub taken_in: usize,
    /// The event that was given up before, if one was.
    pub discarded: Option<u64>,
}

/// Why parked events were not taken in.
#[derive(Debug, thiserror::Error)]
pub enum ParkedRefused {
    /// Nothing waits there.
    #[error("nothing is parked under `{key}` in {model}; see `parked list`")]
    NotParked {
        /// The model.
        model: String,
        /// The key.
        key: String,
    },
    /// A reason has to be given.
    #[error("say why with a reason of 1 to 500 characters: it stays on record")]
    NoReason,
    /// It failed again.
    #[error("{problem}")]
    StillFailing {
        /// What was said.
        problem: String,
    },
    /// Nobody has carried it out yet.
    #[error(
        "no projector has carried this out within {} s; it is on record and will be when one runs",
        PATIENCE.as_secs()
    )]
    NobodyThere,
    /// As with any read model.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl From<ReadStoreError> for ParkedRefused {
    fn from(error: ReadStoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl ReadModels {
    /// What is parked, and what was given up, in one model or in all.
    pub async fn parked(&self, only: Option<&str>) -> Result<ParkedList, Refused> {
        let mut list = ParkedList::default();
        if let Some(name) = only {
            self.named(name)?;
        }
        for model in self.all() {
            if only.is_some_and(|only| only != model.name()) {
                continue;
            }
            let info = self.store().model(model.name()).await?;
            for (generation, _) in &info.generations {
                let reference = ModelRef {
                    name: info.name.clone(),
                    generation: *generation,
                };
                let live = info.live == Some(*generation);
                let parked = parked_of(self.store(), &reference, self.lanes()).await?;
                let report = |parked| report(&reference, live, parked);
                list.items.extend(parked.into_iter().map(report));
            }
            let given_up = discards_of(self.store(), model.name()).await?;
            let given_up = given_up
                .into_iter()
                .map(|discarded| given_up_report(model.name(), discarded));
            list.discarded.extend(given_up);
        }
        Ok(list)
    }

    /// Has the parked events of a key taken in again, in order, and waits until that is done.
    pub async fn retry_parked(
        &self,
        name: &str,
        key: &str,
        asker: Asker,
    ) -> Result<TakenIn, ParkedRefused> {
        self.waiting(name, key).await?;
        self.order(name, key, None, asker).await
    }

    /// Gives up the first parked event of a key, for good and on record, and has the others taken in.
    pub async fn discard_parked(
        &self,
        name: &str,
        key: &str,
        reason: &str,
        asker: Asker,
    ) -> Result<TakenIn, ParkedRefused> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 500 {
            return Err(ParkedRefused::NoReason);
        }
        let waiting = self.waiting(name, key).await?;
        let position = waiting.positions.first().copied().unwrap_or_default();
        let discarded = Discarded {
            key: key.to_owned(),
            position,
            problem: waiting.reason,
            reason: reason.to_owned(),
            by: asker.by.clone(),
            at: asker.at,
        };
        tracing::warn!(
            model = name,
            key,
            position = position.get(),
            reason,
            by = asker.by,
            "parked.discarded"
        );
        discard(self.store(), name, discarded).await?;
        self.order(name, key, Some(position), asker).await
    }

    /// What waits under a key of the live generation.
    async fn waiting(&self, name: &str, key: &str) -> Result<ParkedKey, ParkedRefused> {
        self.named(name)?;
        let not_parked = || ParkedRefused::NotParked {
            model: name.to_owned(),
            key: key.to_owned(),
        };
        let info = self.store().model(name).await?;
        let reference = ModelRef {
            name: name.to_owned(),
            generation: info.live.ok_or_else(not_parked)?,
        };
        let parked = parked_of(self.store(), &reference, self.lanes()).await?;
        let found = parked.into_iter().find(|parked| parked.key == key);
        found.ok_or_else(not_parked)
    }

    async fn order(
        &self,
        name: &str,
        key: &str,
        discarded: Option<Position>,
        asker: Asker,
    ) -> Result<TakenIn, ParkedRefused> {
        let order = Order::new(key, &asker);
        orders::put(self.store(), name, order.clone()).await?;
        let mut waited = Duration::ZERO;
        while waited < PATIENCE {
            if let Some(done) = orders::done(self.store(), name, &order).await? {
                return match done {
                    Ok(taken_in) => Ok(TakenIn {
                        taken_in,
                        discarded: discarded.map(Position::get),
                    }),
                    Err(problem) => Err(ParkedRefused::StillFailing { problem }),
                };
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
            waited += BETWEEN_LOOKS;
        }
        Err(ParkedRefused::NobodyThere)
    }
}

fn report(model: &ModelRef, live: bool, parked: ParkedKey) -> ParkedReport {
    ParkedReport {
        model: model.name.clone(),
        generation: model.generation.0,
        live,
        key: parked.key,
        reason: parked.reason,
        since: parked.since,
        positions: parked.positions.iter().map(|at| at.get()).collect(),
    }
}

fn given_up_report(model: &str, discarded: Discarded) -> DiscardedReport {
    DiscardedReport {
        model: model.to_owned(),
        key: discarded.key,
        position: discarded.position.get(),
        problem: discarded.problem,
        reason: discarded.reason,
        by: discarded.by,
        at: discarded.at,
    }
}
